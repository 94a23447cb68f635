/** Whether a file is certainly a server's: it loads or reads what a browser does not have. */
import { oncePerFile } from "../facts/once-per-file.js";
import type { FileFacts } from "../facts/model.js";
import type { FileView } from "../project/file-view.js";
import { builtinModule } from "../project/node-builtins.js";

/** Built-in modules that bundlers do not replace in a browser's code. */
const BUILTIN =
  /^node:(fs|child_process|net|tls|http|https|http2|os|cluster|worker_threads|dns|zlib|async_hooks)(\/|$)/;

/** Packages that run on a server only: frameworks, databases, queues, mail, logs, password hashes. */
const PACKAGE =
  /^(server-only|express|koa|fastify|hono|restify|next\/(server|headers|cache)|node-fetch|got|undici|winston|pino|nodemailer|stripe|posthog-node|jsonwebtoken|bcrypt|bcryptjs|argon2|ioredis|redis|bull|bullmq|amqplib|kafkajs|pg|postgres|mysql2?|mongodb|mongoose|sequelize|typeorm|knex|kysely|objection|slonik|better-sqlite3)$|^(@nestjs|@mikro-orm|@fastify|@koa|@apollo\/server|@hono\/node-server|@remix-run\/(node|server-runtime|express)|@aws-sdk|drizzle-orm|firebase-admin|fastify-plugin|sequelize-typescript)(\/|$)/;

/** Parts of the program that are called a server's: `@server/lib/settings`, `~/server/db`, `@acme/server-core`, `./stripe.server`. */
const OWN_PART = /(^|[@~/-])(server|backend)([/-]|$)|\.server$/;
const SHARED_PART = /^(@trpc\/server|react-dom\/server)/;

/** Variables of the environment that bundlers put into a browser's code. */
const PUBLIC = /^(NODE_ENV|CI|DEBUG|PUBLIC_URL)$|^(NEXT_PUBLIC|VITE|REACT_APP|NUXT_PUBLIC|PUBLIC|EXPO_PUBLIC|GATSBY)_/;

export function isServerCode({ facts, path }: FileView): boolean {
  // Components share files with what renders them on a server.
  return !/\.[jt]sx$/.test(path) && needsServer(facts);
}

const needsServer = oncePerFile(
  (facts) => facts.directives.includes("use server") || loadsServerModules(facts) || readsPrivateEnvironment(facts),
);

function loadsServerModules({ imports }: FileFacts): boolean {
  return imports.some(
    ({ module, typeOnly, imported }) =>
      typeOnly !== true &&
      (BUILTIN.test(builtinModule(module) ?? "") ||
        PACKAGE.test(module) ||
        (OWN_PART.test(module) && !SHARED_PART.test(module)) ||
        // Its enums are for everybody.
        (module === "@prisma/client" && imported === "PrismaClient")),
  );
}

/** `process.env.API_TOKEN`, and `env.API_TOKEN` of a module that has checked it. */
function readsPrivateEnvironment({ exprs, bindings }: FileFacts): boolean {
  return exprs.some((expr) => {
    if (expr.kind !== "member" || PUBLIC.test(expr.name)) return false;
    const env = exprs[expr.object];
    if (env?.kind === "ref")
      return env.name === "env" && isVariable(expr.name) && bindings[env.binding]?.kind === "import";
    if (env?.kind !== "member" || env.name !== "env") return false;
    const process = exprs[env.object];
    return process?.kind === "ref" && process.name === "process";
  });
}

function isVariable(name: string): boolean {
  return /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/.test(name);
}

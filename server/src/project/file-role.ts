/** What a file is for, by its path, its first line and its directives. Rules stay silent in most roles other than `source`. */
import type { FilePath, FileRole } from "./model.js";

/** Folder names, of any depth, that decide by themselves. */
const FOLDERS: readonly (readonly [RegExp, FileRole])[] = [
  [
    /^(__tests__|__e2e__|__mocks__|__fixtures__|tests?|specs?|e2e|e2e[-_]?tests?|cypress|playwright|fixtures|mocks?|testing|test-utils|test-helpers|integration-tests?|unit-tests?|benchmarks?|bench|perf|load-tests?|k6)$/i,
    "test",
  ],
  [/^(migrations?|migrate|upgrades|db-migrations|data-migrations|knex-migrations)$/i, "migration"],
  [/^(seeds?|seeders?|seeding)$/i, "seed"],
  [
    /^(scripts?|bin|cli|tools?|tooling|devtools|dev-tools|codegen|generators?|commands|\.github|\.storybook|docs?|docs-site|www)$/i,
    "script",
  ],
  // Packages that are a program for the command line: `packages/cli-v3`, `packages/hotpath-cli`.
  [/^(cli-v?\d+|[a-z][a-z0-9]*(-[a-z0-9]+)*-cli|create-[a-z0-9-]+-app)$/i, "script"],
  [/^(examples?|samples?|demos?|templates?|starters?|playground|sandbox)$/i, "example"],
  [/^(stories|storybook)$/i, "client-side"],
  [/^(generated|__generated__|gen)$/i, "generated"],
  [/^webpack$/i, "config"],
];

const FILES: readonly (readonly [RegExp, FileRole])[] = [
  [/\.d\.[cm]?ts$/, "declaration"],
  [/\.(test|spec|e2e|e2e-spec|integration|bench|perf|cy|it|mock|fixture)\.[cm]?[jt]sx?$/i, "test"],
  [/[-_.](test|spec|mock)s?\.[cm]?[jt]sx?$/i, "test"],
  // `installCypressServerCommand.ts`: what a server does for Cypress alone.
  [/(^|[^a-z])cypress|[a-z]Cypress/, "test"],
  [/^(service-?worker|sw)\.[cm]?[jt]s$/i, "client-side"],
  [/\.stor(y|ies)\.[cm]?[jt]sx?$/i, "client-side"],
  [/^(seed|seeds|seeder)([-_.].*)?\.[cm]?[jt]s$|[-_.]seed(er)?\.[cm]?[jt]s$/i, "seed"],
  [
    /\.config\.[cm]?[jt]s$|^(gulpfile|gruntfile|webpack|rollup|vite|jest|vitest|babel|eslint|tailwind|postcss|next|nuxt|metro|prettier)[.-].*[cm]?[jt]s$|^(gulpfile|gruntfile)\.[cm]?[jt]s$/i,
    "config",
  ],
  [/\.(generated|gen|pb|g)\.[cm]?[jt]sx?$/i, "generated"],
  [/^(migrate|migration|migrations)([-_.].*)?\.[cm]?[jt]s$/i, "migration"],
  // A moment in the name, in seconds or as a date and time, orders changes that are applied once.
  [/(^|[-_.])\d{10,17}(\.\d+)?[-_][\w.-]+\.[cm]?[jt]s$/, "migration"],
  [/[-_.](script|cli)\.[cm]?[jt]s$|^(cli|script)\.[cm]?[jt]s$/i, "script"],
];

/** Folders under which `commands`, `tools`, `cli`, `docs` or `templates` are parts of a running program, not helpers beside it. */
const RUNTIME_PARENTS = /^(src|server|app|apps|api|lib|modules|core|features|services|backend)$/i;
const AMBIGUOUS =
  /^(commands|tools?|cli|generators?|docs?|templates?|testing|perf|gen|samples?|demos?|playground|sandbox|migrate|www)$/i;

/** Alone, `testing` may be what the program is about. */
const HELPERS_OF_TESTS = /\/(utils?|helpers?|common|shared|support)\/testing\//i;

/** What of a file's contents tells its role; facts have it, and so has a glance at a text. */
export interface RoleEvidence {
  readonly directives: readonly string[];
  readonly imports: readonly { readonly module: string }[];
}

/** @param roots Folders of the workspace; only what lies below them counts. */
export function roleOf(
  path: FilePath,
  facts: RoleEvidence,
  roots: readonly string[],
  isQuiet: (path: FilePath) => boolean,
): FileRole {
  if (isQuiet(path)) return "script";
  const byPath = pathRole(path, roots);
  if (byPath !== undefined) return byPath;
  if (facts.directives.includes("use client")) return "client-side";
  if (/\.[jt]sx$/.test(path) && !isServerComponentPath(belowRoot(path, roots)))
    return looksServerSide(facts) ? "source" : "client-side";
  return "source";
}

/** The role that a path decides by itself; undefined where the contents must tell. */
export function pathRole(path: FilePath, roots: readonly string[]): FileRole | undefined {
  const segments = belowRoot(path, roots).split("/");
  const name = segments.pop() ?? "";
  if (HELPERS_OF_TESTS.test(`/${segments.join("/")}/`)) return "test";
  for (const [pattern, role] of FILES) if (pattern.test(name)) return role;
  for (const [i, segment] of segments.entries()) {
    const above = segments.slice(0, i);
    if (AMBIGUOUS.test(segment) && above.some((parent) => RUNTIME_PARENTS.test(parent) && parent !== "apps")) continue;
    for (const [pattern, role] of FOLDERS) if (pattern.test(segment)) return role;
  }
  return undefined;
}

function belowRoot(path: FilePath, roots: readonly string[]): string {
  const root = roots.find((one) => path.startsWith(one.endsWith("/") ? one : `${one}/`));
  return root === undefined ? path : path.slice(root.length).replace(/^\//, "");
}

/** Files of React's server side: app-router pages and layouts, Remix routes, e-mail templates rendered on a server. */
function isServerComponentPath(path: string): boolean {
  return /(^|\/)app\/(.*\/)?(page|layout|template|default|loading|error|not-found)\.[jt]sx$|(^|\/)routes\/|\+(page|layout)\./.test(
    path,
  );
}

/** A component file that also reads databases or files is server code. */
function looksServerSide(facts: RoleEvidence): boolean {
  if (facts.directives.includes("use server")) return true;
  return facts.imports.some(({ module }) =>
    /^(node:|fs$|fs\/|path$|crypto$|child_process$|server-only$|@prisma\/|pg$|drizzle-orm|typeorm|knex|mongoose|mongodb|sequelize|kysely|objection|slonik|postgres$|ioredis|redis$|better-sqlite3|@mikro-orm\/)/.test(
      module,
    ),
  );
}

/**
 * Compiles every fixed block of the case files, and the block before its fix, against the types of the real libraries, which are installed beside this file.
 * A fix may not bring a type error. Ends with `N passed, N failed`; the exit status is 1 when there is one. Run by `.ci/run`; needs `npm ci` in this folder.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseCaseFile, type Case } from "../../server/src/evaluation/case-file.js";

const here = __dirname;
const repository = path.resolve(here, "../..");
const rules = path.join(repository, "test/rules");
const work = path.join(repository, "build/fix-types");

/** Strict, and lenient about what cases leave out on purpose. */
const OPTIONS = {
  strict: true,
  strictPropertyInitialization: false,
  noEmit: true,
  target: "ES2022",
  lib: ["ES2023", "DOM"],
  module: "ESNext",
  moduleResolution: "bundler",
  moduleDetection: "force",
  allowJs: true,
  skipLibCheck: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  types: ["node"],
};

interface Subject {
  readonly title: string;
  readonly folder: string;
}

function main(): number {
  if (!existsSync(path.join(here, "node_modules"))) {
    say("the libraries are not installed: run npm ci in test/types");
    return 2;
  }
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  symlinkSync(path.join(here, "node_modules"), path.join(work, "node_modules"), "junction");
  const subjects = caseFiles().flatMap((file) => writeCases(file));
  writeFileSync(
    path.join(work, "tsconfig.json"),
    JSON.stringify({ compilerOptions: OPTIONS, include: ["*/before/**/*", "*/after/**/*"] }),
  );
  const errors = compile();
  const faults = subjects.flatMap(({ title, folder }) => {
    const before = errorsIn(errors, path.join(folder, "before"));
    const after = errorsIn(errors, path.join(folder, "after"));
    const fresh = after.filter((error) => !before.includes(error));
    return fresh.length === 0 ? [] : [`${title}\n${fresh.map((error) => `    ${error}`).join("\n")}`];
  });
  const clean = subjects.filter(({ folder }) => errorsIn(errors, path.join(folder, "after")).length === 0);
  for (const fault of faults) say(fault);
  say(`${clean.length} of ${subjects.length} fixed blocks have no type error at all`);
  say(`${subjects.length - faults.length} passed, ${faults.length} failed`);
  return faults.length === 0 ? 0 : 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function caseFiles(): readonly string[] {
  return readdirSync(rules, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .sort();
}

function writeCases(file: string): readonly Subject[] {
  const cases = parseCaseFile(readFileSync(path.join(rules, file), "utf8")).filter((one) => one.fixed.length > 0);
  return cases.flatMap((one) => [...new Set(one.fixed.map(({ fix }) => fix))].map((fix) => writeCase(file, one, fix)));
}

function writeCase(file: string, one: Case, fix: string | undefined): Subject {
  const title = `${file}:${one.line} ${one.title}${fix === undefined ? "" : ` (${fix})`}`;
  const folder = path.join(work, createHash("sha1").update(title).digest("hex").slice(0, 10));
  const before = new Map(one.blocks.map((block) => [block.path, block.text]));
  const after = new Map([
    ...before,
    ...one.fixed.filter((block) => block.fix === fix).map((block) => [block.path, block.text] as const),
  ]);
  for (const [name, files] of [
    ["before", before],
    ["after", after],
  ] as const)
    writeFiles(path.join(folder, name), files);
  return { title, folder };
}

function writeFiles(folder: string, files: ReadonlyMap<string, string>): void {
  for (const [name, text] of files) {
    if (name.endsWith(".json")) continue;
    const target = path.join(folder, name);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
  const usesPrisma = [...files.values()].some((text) => text.includes("@prisma/client"));
  if (!usesPrisma) return;
  const schema = [...files].find(([name]) => name.endsWith(".prisma"))?.[1] ?? COMMON_SCHEMA;
  const client = path.join(folder, "node_modules/@prisma/client");
  mkdirSync(client, { recursive: true });
  const generated = path.relative(client, prismaClient(schema));
  writeFileSync(path.join(client, "package.json"), '{ "name": "@prisma/client", "types": "index.d.ts" }');
  writeFileSync(path.join(client, "index.d.ts"), `export * from ${JSON.stringify(generated)};\n`);
}

/** For cases that show code alone. */
const COMMON_SCHEMA = `
model Customer {
  id   String @id
  name String
}
`;

const generated = new Map<string, string>();

/** Cases leave out of a schema what the analyzer does not look at. */
function withUrl(schema: string): string {
  const provider = /provider\s*=\s*"(postgresql|mysql|sqlite|mongodb)"/.exec(schema)?.[1] ?? "postgresql";
  const models = schema.replace(/(generator|datasource) \w+ \{[^}]*\}/g, "");
  return `datasource db {\n  provider = "${provider}"\n  url      = "file:none"\n}\n${models}`;
}

/** Folder of the client Prisma makes for a schema. */
function prismaClient(schema: string): string {
  const known = generated.get(schema);
  if (known !== undefined) return known;
  const folder = path.join(work, "prisma", createHash("sha1").update(schema).digest("hex").slice(0, 10));
  mkdirSync(folder, { recursive: true });
  const generator = 'generator client {\n  provider = "prisma-client-js"\n  output   = "./client"\n}\n';
  writeFileSync(path.join(folder, "schema.prisma"), generator + withUrl(schema));
  const command = path.join(here, "node_modules/.bin/prisma");
  // Types take no engine: nothing is downloaded for them.
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: "/bin/true", PRISMA_QUERY_ENGINE_LIBRARY: "/bin/true" };
  const args = ["generate", "--no-engine", "--schema", path.join(folder, "schema.prisma")];
  const run = spawnSync(command, args, { env, encoding: "utf8" });
  const client = path.join(folder, "client");
  if (run.status !== 0) {
    say(`no Prisma client for a schema, whose types stay unknown:\n${schema}\n${run.stderr}`);
    mkdirSync(client, { recursive: true });
    writeFileSync(
      path.join(client, "index.d.ts"),
      "export declare const PrismaClient: any;\nexport type PrismaClient = any;\n",
    );
  }
  generated.set(schema, client);
  return client;
}

interface TypeError {
  readonly file: string;
  readonly text: string;
}

function compile(): readonly TypeError[] {
  const tsc = path.join(repository, "node_modules/typescript-native/bin/tsc");
  const { stdout } = spawnSync(process.execPath, [tsc, "-p", work, "--pretty", "false"], {
    encoding: "utf8",
    cwd: work,
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout.split("\n").flatMap((line) => {
    const found = /^(.+?)\(\d+,\d+\): error (TS\d+: .*)$/.exec(line);
    return found === null ? [] : [{ file: path.resolve(work, found[1] ?? ""), text: found[2] ?? "" }];
  });
}

function errorsIn(errors: readonly TypeError[], folder: string): readonly string[] {
  return errors.filter(({ file }) => file.startsWith(`${folder}${path.sep}`)).map(({ text }) => text);
}

process.exitCode = main();

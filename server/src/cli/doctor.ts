/** `hotpath doctor`: tries each part for real and says what works, what does not, and what to do about it. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { version } from "../base/version.js";
import { daemonStatus } from "../daemon/lifecycle.js";
import { defaultCacheFolder } from "../workspace/cache-folder.js";
import { analyze } from "./analyze.js";
import type { ParsedCommand } from "./command-line.js";
import { paletteFor } from "./palette.js";
import { slashes } from "./project-root.js";
import { EXIT, type Terminal } from "./terminal.js";

/** `absent` is fine: the part is optional or not in this version. */
type PartState = "works" | "degraded" | "absent";

interface Part {
  readonly name: string;
  readonly state: PartState;
  readonly detail: string;
}

/** Smallest program with a finding that needs two files: if it is found, parsing, linking and the rules work. */
const SAMPLE: Readonly<Record<string, string>> = {
  "package.json": '{ "name": "sample", "dependencies": { "pg": "8", "express": "4" } }',
  "users.ts":
    'import { Pool } from "pg";\nconst pool = new Pool();\nexport async function loadUser(id: string) {\n  return pool.query("select * from users where id = $1", [id]);\n}\n',
  "app.ts":
    'import express from "express";\nimport { loadUser } from "./users";\nconst app = express();\napp.get("/users", async (req, res) => {\n  const ids: string[] = req.body.ids;\n  const users = [];\n  for (const id of ids) users.push(await loadUser(id));\n  res.json(users);\n});\n',
};

export async function doctor(command: ParsedCommand, terminal: Terminal): Promise<number> {
  const parts = [
    nodePart(),
    await enginePart(),
    await cachePart(),
    gitPart(),
    await plannerPart(),
    await daemonPart(),
    ...laterParts(),
  ];
  if (command.flags.has("json")) {
    terminal.stdout.write(`${JSON.stringify({ version, parts }, undefined, 2)}\n`);
  } else {
    const palette = paletteFor(terminal.stdout, terminal.env);
    const label: Readonly<Record<PartState, string>> = {
      works: palette.green("works   "),
      degraded: palette.red("degraded"),
      absent: palette.dim("absent  "),
    };
    const width = Math.max(...parts.map((part) => part.name.length)) + 2;
    const rows = parts.map((part) => `${label[part.state]}  ${part.name.padEnd(width)}${part.detail}\n`);
    terminal.stdout.write(`hotpath ${version}\n${rows.join("")}`);
  }
  return parts.some((part) => part.state === "degraded") ? EXIT.findings : EXIT.clean;
}

function nodePart(): Part {
  const major = Number(process.versions.node.split(".")[0]);
  const detail = `node ${process.versions.node}, ${process.platform}-${process.arch}`;
  return major >= 20
    ? { name: "node", state: "works", detail }
    : { name: "node", state: "degraded", detail: `${detail}: install node 20 or later` };
}

async function enginePart(): Promise<Part> {
  return await withSample<Part>(async (folder) => {
    const started = performance.now();
    const { findings } = await analyze(
      { roots: [slashes(folder)], cacheFolder: undefined, overrides: {}, workers: 0 },
      () => undefined,
    );
    const ms = Math.round(performance.now() - started);
    if (findings.some((finding) => finding.family === "n-plus-one"))
      return {
        name: "engine",
        state: "works",
        detail: `found the planted query in a loop across two files in ${ms} ms`,
      };
    return { name: "engine", state: "degraded", detail: "did not find the planted query: reinstall Hotpath" };
  }).catch((error: unknown) => failed("engine", error, "reinstall Hotpath"));
}

/** A table and a query that no index of it serves: PostgreSQL's planner confirms that, or says why it cannot. */
const PLANNER_SAMPLE: Readonly<Record<string, string>> = {
  "package.json": '{ "name": "sample", "dependencies": { "pg": "8", "express": "4" } }',
  "schema.sql": "CREATE TABLE users (id bigserial PRIMARY KEY, email text);\n",
  "app.ts":
    'import express from "express";\nimport { Pool } from "pg";\nconst pool = new Pool();\nconst app = express();\napp.get("/users", async (req, res) => {\n  res.json(await pool.query("select * from users where email = $1", [req.query.email]));\n});\n',
};

async function plannerPart(): Promise<Part> {
  return await withSample<Part>(async (folder) => {
    const started = performance.now();
    const { findings } = await analyze(
      {
        roots: [slashes(folder)],
        cacheFolder: defaultCacheFolder(),
        plannerFile: join(__dirname, "planner-process.js"),
        overrides: { rules: ["unindexed-filter"] },
        workers: 0,
      },
      () => undefined,
    );
    const ms = Math.round(performance.now() - started);
    const [finding] = findings;
    if (finding?.severity === "warning")
      return { name: "planner", state: "works", detail: `confirmed the planted missing index in ${ms} ms` };
    const reason = finding?.message ?? "the planted missing index was not found";
    return { name: "planner", state: "degraded", detail: `${reason}: findings about indexes stay information` };
  }, PLANNER_SAMPLE).catch((error: unknown) => failed("planner", error, "findings about indexes stay information"));
}

async function cachePart(): Promise<Part> {
  const folder = defaultCacheFolder();
  return await withSample<Part>(async (sample) => {
    const options = { roots: [slashes(sample)], cacheFolder: folder, overrides: {}, workers: 0 };
    await analyze(options, () => undefined);
    const { stats } = await analyze(options, () => undefined);
    if (stats.cacheHits > 0)
      return { name: "fact cache", state: "works", detail: `${folder}, read back what was written` };
    return {
      name: "fact cache",
      state: "degraded",
      detail: `nothing written to ${folder} could be read back: check that you may write there`,
    };
  }).catch((error: unknown) => failed("fact cache", error, `check that you may write to ${folder}`));
}

function gitPart(): Part {
  try {
    const detail = execFileSync("git", ["--version"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 5000,
    }).trim();
    return { name: "git", state: "works", detail };
  } catch {
    return { name: "git", state: "absent", detail: "not found; only check --changed-since needs it" };
  }
}

async function daemonPart(): Promise<Part> {
  try {
    const state = await daemonStatus(version);
    if (state.kind === "running")
      return {
        name: "daemon",
        state: "works",
        detail: `process ${state.info.pid}, ${state.info.clients} clients, ${state.info.memoryMb} MB`,
      };
    if (state.kind === "stopped")
      return { name: "daemon", state: "absent", detail: "not running; hotpath daemon start starts it" };
    return { name: "daemon", state: "degraded", detail: state.reason };
  } catch (error) {
    return failed("daemon", error, "see hotpath daemon status");
  }
}

/** Named so that nobody searches for a switch that does not exist. */
function laterParts(): Part[] {
  return ["model", "Redis"].map((name) => ({
    name,
    state: "absent" as const,
    detail: "not in this version; nothing depends on it",
  }));
}

function failed(name: string, error: unknown, wayOut: string): Part {
  const reason = error instanceof Error ? error.message : String(error);
  return { name, state: "degraded", detail: `${reason}: ${wayOut}` };
}

async function withSample<T>(use: (folder: string) => Promise<T>, files = SAMPLE): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "hotpath-doctor-"));
  try {
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

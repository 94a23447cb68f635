/** Two editor windows, the command line and Neovim at one daemon, editing by script: what they see, how long it takes, what the daemon holds. */
import { execFile, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { connectDaemon } from "../../server/src/daemon/connect.js";
import { bindClient, initializeClient, PULL, type ScriptedClient } from "./scripted-client.js";

export interface LoadOptions {
  /** The built files. */
  readonly dist: string;
  /** A project with some code in it; it is edited in memory only, but for one file that the load adds. */
  readonly folder: string;
  /** For the daemon's socket and cache. */
  readonly scratch: string;
  readonly seconds: number;
}

export interface LoadFigures {
  readonly edits: number;
  /** From a keystroke to the diagnostics of its text, in milliseconds. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly slowestMs: number;
  /** Answers that showed another client's unsaved text, or not one's own. */
  readonly wrong: readonly string[];
  readonly checks: number;
  /** Edits that Neovim made and saw answered; undefined without Neovim. */
  readonly neovimEdits: number | undefined;
  /** Resident memory of the daemon in MB, in the order it was read. */
  readonly memoryMb: readonly number[];
}

export const hasNeovim = spawnSync("nvim", ["--version"]).status === 0;

const EDITED = "hotpath-load.ts";
const textWith = (queries: number, salt: string): string =>
  `import { Pool } from "pg";\nconst pool = new Pool();\n${Array.from(
    { length: queries },
    (_, n) =>
      `export async function load${n}${salt}(ids: string[]) {\n  for (const id of ids) await pool.query("select ${n}", [id]);\n}\n`,
  ).join("")}`;

/** A person types some letters a second. */
const BETWEEN_EDITS_MS = 120;
const BETWEEN_CHECKS_MS = 8_000;
const BETWEEN_READINGS_MS = 2_000;
/** How long a window that has just been opened may take to see all of its first edit. */
const SETTLES_MS = 20_000;

export async function loadDaemon(options: LoadOptions): Promise<LoadFigures> {
  const { dist, folder, scratch, seconds } = options;
  const env = {
    ...process.env,
    HOME: scratch,
    XDG_RUNTIME_DIR: path.join(scratch, "run"),
    HOTPATH_CACHE_DIR: path.join(scratch, "cache"),
  };
  mkdirSync(path.join(scratch, "run"), { recursive: true, mode: 0o700 });
  writeFileSync(path.join(folder, EDITED), textWith(1, "s"));
  const cli = (...args: string[]): string =>
    spawnSync(process.execPath, [path.join(dist, "cli.js"), ...args], { env, encoding: "utf8" }).stdout;
  const daemon = JSON.parse(cli("daemon", "start", "--json")) as {
    readonly path: string;
    readonly info: { readonly version: string };
  };
  const until = Date.now() + 1000 * seconds;
  const times: number[] = [];
  const wrong: string[] = [];
  const memoryMb: number[] = [];
  const clients: ScriptedClient[] = [];
  const tally = { checks: 0 };
  try {
    for (let n = 0; n < 2; n++) clients.push(await connect(daemon.path, daemon.info.version, folder));
    const neovim = hasNeovim ? startNeovim(options, env, daemon.path, daemon.info.version) : undefined;
    await Promise.all([
      ...clients.map((client, n) => edit(client, n, folder, until, times, wrong)),
      every(BETWEEN_CHECKS_MS, until, async () => {
        const found = await checked(dist, folder, env);
        // What is on disk has one finding in the edited file, whatever anybody types.
        if (found !== 1) wrong.push(`the command line saw ${found} findings of unsaved text`);
        tally.checks++;
      }),
      every(BETWEEN_READINGS_MS, until, async () => {
        const reply = await connectDaemon(daemon.path, daemon.info.version, "status");
        if (reply.kind !== "connected") return;
        memoryMb.push(reply.info.memoryMb);
        reply.socket.destroy();
      }),
    ]);
    const neovimEdits = await neovim;
    const sorted = times.sort((a, b) => a - b);
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    return {
      edits: times.length,
      p50Ms: at(0.5),
      p95Ms: at(0.95),
      slowestMs: at(1),
      wrong,
      ...tally,
      neovimEdits,
      memoryMb,
    };
  } finally {
    for (const client of clients) client.connection.dispose();
    cli("daemon", "stop");
  }
}

async function connect(socketPath: string, version: string, folder: string): Promise<ScriptedClient> {
  const result = await connectDaemon(socketPath, version, "lsp");
  if (result.kind !== "connected") throw new Error(`not connected: ${JSON.stringify(result)}`);
  const client = bindClient(result.socket, result.socket, undefined);
  result.socket.resume();
  await initializeClient(client, [folder], PULL);
  for (const limit = Date.now() + 120_000; client.statuses.at(-1)?.state !== "ready";) {
    if (limit < Date.now()) throw new Error("the daemon did not scan in time");
    await pause(50);
  }
  return client;
}

/** Types texts with ever other numbers of findings, and expects exactly as many. */
async function edit(
  client: ScriptedClient,
  who: number,
  folder: string,
  until: number,
  times: number[],
  wrong: string[],
): Promise<void> {
  const file = path.join(folder, EDITED);
  client.open(file, textWith(1, "s"));
  for (let version = 2; Date.now() < until; version++) {
    // One window has odd numbers, the other even ones: an answer meant for the other is seen at once.
    const queries = 2 * ((version % 5) + 1) + who;
    const started = performance.now();
    client.change(file, version, textWith(queries, `w${who}v${version}`));
    let found = await findingsIn(client, file);
    // A window that has just been opened is answered with what was remembered of the text that stayed, until its analyzer is ready.
    for (
      const limit = Date.now() + SETTLES_MS;
      found < queries && Date.now() < limit;
      found = await findingsIn(client, file)
    )
      await pause(50);
    times.push(performance.now() - started);
    if (found !== queries) wrong.push(`window ${who} typed ${queries} and saw ${found}`);
    await pause(BETWEEN_EDITS_MS);
  }
}

async function findingsIn(client: ScriptedClient, file: string): Promise<number> {
  const { items = [] } = await client.pull(file);
  return items.filter(({ code }) => code === "query-in-loop").length;
}

/** In a format that leaves the analysis to the daemon. */
function checked(dist: string, folder: string, env: NodeJS.ProcessEnv): Promise<number> {
  const args = [path.join(dist, "cli.js"), "check", folder, "--format", "sarif", "--fail-on", "never"];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { env, maxBuffer: 2 ** 28 }, (error, stdout) => {
      if (error !== null) {
        reject(new Error(error.message));
        return;
      }
      const { runs } = JSON.parse(stdout) as { readonly runs: readonly { readonly results: readonly SarifResult[] }[] };
      const results = runs.flatMap((run) => run.results).filter(({ ruleId }) => ruleId === "query-in-loop");
      const files = results.map(({ locations }) => locations[0]?.physicalLocation.artifactLocation.uri ?? "");
      resolve(files.filter((file) => file.endsWith(EDITED)).length);
    });
  });
}

interface SarifResult {
  readonly ruleId: string;
  readonly locations: readonly { readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } } }[];
}

/** Neovim changes a buffer of its own and waits for what is pushed; resolves with how often that went well. */
function startNeovim(
  { folder, scratch, seconds }: LoadOptions,
  env: NodeJS.ProcessEnv,
  socketPath: string,
  version: string,
): Promise<number> {
  const bridge = path.join(__dirname, "daemon-bridge.mjs");
  const script = path.join(scratch, "load.lua");
  const file = path.join(folder, EDITED);
  writeFileSync(
    script,
    `vim.cmd("edit ${file}")
local buffer = vim.api.nvim_get_current_buf()
local id = vim.lsp.start_client({ name = "hotpath", cmd = { ${[process.execPath, bridge, socketPath, version].map((one) => JSON.stringify(one)).join(", ")} },
  root_dir = ${JSON.stringify(folder)}, workspaceFolders = { { uri = vim.uri_from_fname(${JSON.stringify(folder)}), name = "load" } } })
vim.lsp.buf_attach_client(buffer, id)
local function count()
  return #vim.tbl_filter(function(d) return d.source == "hotpath" and d.code == "query-in-loop" end, vim.diagnostic.get(buffer))
end
vim.wait(60000, function() return count() == 1 end, 50)
local one = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
local done, started = 0, vim.loop.now()
while vim.loop.now() - started < ${1000 * Math.max(2, seconds - 6)} do
  local more = vim.deepcopy(one)
  for n = 1, done % 3 do
    vim.list_extend(more, { "export async function nvim" .. n .. "(ids: string[]) {", '  for (const id of ids) await pool.query("select " + id);', "}" })
  end
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, more)
  if not vim.wait(15000, function() return count() == 1 + done % 3 end, 20) then done = -1000000 break end
  done = done + 1
  vim.wait(400)
end
io.stdout:write("\\nEDITS " .. done .. "\\n")
vim.cmd("qa!")
`,
  );
  return new Promise((resolve) => {
    const child: ChildProcess = spawn("nvim", ["--clean", "--headless", "-c", `luafile ${script}`], { env });
    const output: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => output.push(chunk));
    child.on("exit", () => resolve(Number(/EDITS (-?\d+)/.exec(Buffer.concat(output).toString())?.[1] ?? -1)));
  });
}

async function every(gapMs: number, until: number, act: () => Promise<void>): Promise<void> {
  while (Date.now() < until) {
    await act();
    await pause(Math.min(gapMs, Math.max(0, until - Date.now())));
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Share by which the last fifth of the readings lies above the second: the first is the scan. */
export function memoryGrowth(memoryMb: readonly number[]): number {
  const fifth = Math.max(1, Math.floor(memoryMb.length / 5));
  const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
  const [early, late] = [median(memoryMb.slice(fifth, 2 * fifth)), median(memoryMb.slice(-fifth))];
  return early === 0 ? 0 : late / early - 1;
}

/** A file's text, for a report. */
export const logOf = (scratch: string): string => {
  try {
    return readFileSync(path.join(scratch, "run/hotpath/daemon.log"), "utf8");
  } catch {
    return "";
  }
};

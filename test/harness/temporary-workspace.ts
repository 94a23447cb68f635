/** A folder with files for one test, and services over it. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { RefreshResult } from "../../server/src/analysis/host.js";
import { createService } from "../../server/src/service/create-service.js";
import { drain } from "../../server/src/service/slices.js";
import type { ScanStats, ServiceOptions, WorkspaceService } from "../../server/src/service/workspace-service.js";

export interface TemporaryWorkspace {
  readonly root: string;
  /** Outside `root`, empty at first. */
  readonly cache: string;
  readonly at: (name: string) => string;
  readonly write: (files: Readonly<Record<string, string | Buffer>>) => void;
  /** A service that has scanned and refreshed. */
  open(options?: Partial<ServiceOptions>): Promise<OpenedService>;
  /** Closes what was opened and removes the folder. */
  dispose(): Promise<void>;
}

export interface OpenedService {
  readonly service: WorkspaceService;
  readonly stats: ScanStats;
  /** Of the first refresh. */
  readonly first: RefreshResult;
  /** `file:line rule` for every finding. */
  readonly lines: () => readonly string[];
}

export const PACKAGE = '{ "name": "sample", "dependencies": { "pg": "8", "express": "4" } }';

/** A query in a loop, at line 4. */
export const FLAWED = `import { Pool } from "pg";
const pool = new Pool();
export async function load(ids: string[]) {
  for (const id of ids) await pool.query("select * from users where id = $1", [id]);
}
`;

/** A helper that queries, for others to call in loops. */
export const HELPER = `import { Pool } from "pg";
const pool = new Pool();
export async function loadUser(id: string) {
  return pool.query("select * from users where id = $1", [id]);
}
`;

/** A handler that asks for each id of the body: one `query-in-loop`, told by its name. */
export const handlerText = (name: string): string => `import express from "express";
import { pool } from "./db";
const app = express();
app.get("/${name}", async (req, res) => {
  const ${name} = [];
  for (const id of req.body.ids) ${name}.push(await pool.query("select * from ${name} where id = $1", [id]));
  res.json(${name});
});
`;

export function temporaryWorkspace(files: Readonly<Record<string, string | Buffer>> = {}): TemporaryWorkspace {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "hotpath-test-")));
  const root = path.join(folder, "root");
  const services: WorkspaceService[] = [];
  mkdirSync(root);
  const workspace: TemporaryWorkspace = {
    root,
    cache: path.join(folder, "cache"),
    at: (name) => path.join(root, name),
    write(entries) {
      for (const [name, content] of Object.entries(entries)) {
        mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
        writeFileSync(path.join(root, name), content);
      }
    },
    async open(options = {}) {
      const service = await createService({
        roots: [root],
        cacheFolder: undefined,
        overrides: {},
        workers: 0,
        ...options,
      });
      services.push(service);
      const stats = await drain(service.scan());
      return { service, stats, first: service.refresh(), lines: () => findingLines(service, root) };
    },
    async dispose() {
      for (const service of services) await service.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  workspace.write({ "package.json": PACKAGE, ...files });
  return workspace;
}

function findingLines(service: WorkspaceService, root: string): readonly string[] {
  return service
    .allFindings()
    .map((finding) => `${path.relative(root, finding.path)}:${finding.range.start.line} ${finding.rule}`)
    .sort();
}

/** One opened workspace: scans, edits, events on disk, configuration, what is parsed and what is remembered. */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { Cancelled } from "../server/src/base/cancellation.js";
import { createService } from "../server/src/service/create-service.js";
import { drain } from "../server/src/service/slices.js";
import type { ServiceOptions, WorkspaceService } from "../server/src/service/workspace-service.js";
import {
  FLAWED,
  HELPER,
  temporaryWorkspace,
  type OpenedService,
  type TemporaryWorkspace,
} from "./harness/temporary-workspace.js";

const CALLER = `import { loadUser } from "./helper";
export async function all(ids: string[]) {
  for (const id of ids) await loadUser(id);
}
`;
const FIXED = FLAWED.replace("for (const id of ids) await", "await").replace("[id]", "[ids]");

const made: TemporaryWorkspace[] = [];
afterEach(async () => {
  for (const workspace of made.splice(0)) await workspace.dispose();
});

function workspaceOf(files: Readonly<Record<string, string | Buffer>>): TemporaryWorkspace {
  const workspace = temporaryWorkspace(files);
  made.push(workspace);
  return workspace;
}

function changedNames(workspace: TemporaryWorkspace, service: WorkspaceService): readonly string[] {
  return service.refresh().changed.map((file) => path.relative(workspace.root, file));
}

test("unsaved text hides the file on disk until it is taken away", async () => {
  const workspace = workspaceOf({ "src/a.ts": FLAWED, "src/b.ts": "export const b = 1;\n" });
  const { service, lines } = await workspace.open();
  expect(lines()).toEqual(["src/a.ts:4 query-in-loop"]);

  service.setOverlay(workspace.at("src/a.ts"), FIXED);
  expect(changedNames(workspace, service)).toEqual(["src/a.ts"]);
  expect(lines()).toEqual([]);

  // What happens on disk below unsaved text does not show.
  await service.fileEvents([{ path: workspace.at("src/a.ts"), kind: "changed" }]);
  expect(changedNames(workspace, service)).toEqual([]);

  service.setOverlay(workspace.at("src/a.ts"), undefined);
  expect(changedNames(workspace, service)).toEqual(["src/a.ts"]);
  expect(lines()).toEqual(["src/a.ts:4 query-in-loop"]);

  service.setOverlay(workspace.at("src/new.ts"), FLAWED);
  service.refresh();
  expect(lines()).toEqual(["src/a.ts:4 query-in-loop", "src/new.ts:4 query-in-loop"]);
  service.setOverlay(workspace.at("src/new.ts"), undefined);
  service.refresh();
  expect(lines()).toEqual(["src/a.ts:4 query-in-loop"]);
});

test("unsaved text given before the first scan is what the scan sees", async () => {
  const workspace = workspaceOf({ "src/a.ts": FIXED, "src/helper.ts": HELPER });
  const service = await createService({ roots: [workspace.root], cacheFolder: undefined, overrides: {}, workers: 0 });
  service.setOverlay(workspace.at("src/a.ts"), CALLER);
  await drain(service.scan());
  service.refresh();
  expect(service.findings(workspace.at("src/a.ts")).map(({ rule }) => rule)).toEqual(["query-in-loop"]);
  await service.close();
});

test("files that come, change and go on disk", async () => {
  const workspace = workspaceOf({ "src/caller.ts": CALLER, ".gitignore": "ignored/\n" });
  const { service, lines } = await workspace.open();
  expect(lines()).toEqual([]);

  const event = async (name: string, kind: "created" | "changed" | "deleted"): Promise<readonly string[]> => {
    await service.fileEvents([{ path: workspace.at(name), kind }]);
    return changedNames(workspace, service);
  };
  workspace.write({ "src/helper.ts": HELPER, "ignored/a.ts": FLAWED, "node_modules/x/a.ts": FLAWED });
  expect(await event("ignored/a.ts", "created")).toEqual([]);
  expect(await event("node_modules/x/a.ts", "created")).toEqual([]);
  expect(await event("src/helper.ts", "created")).toEqual(["src/caller.ts"]);
  expect(lines()).toEqual(["src/caller.ts:3 query-in-loop"]);

  workspace.write({
    "src/caller.ts": CALLER.replace("for (const id of ids) await loadUser(id)", "await loadUser('1')"),
  });
  expect(await event("src/caller.ts", "changed")).toEqual(["src/caller.ts"]);
  workspace.write({ "src/caller.ts": CALLER });
  expect(await event("src/caller.ts", "changed")).toEqual(["src/caller.ts"]);

  rmSync(workspace.at("src/helper.ts"));
  expect(await event("src/helper.ts", "deleted")).toEqual(expect.arrayContaining(["src/caller.ts"]));
  expect(lines()).toEqual([]);

  workspace.write({ ".gitignore": "" });
  await event(".gitignore", "changed");
  expect(lines()).toEqual(["ignored/a.ts:4 query-in-loop"]);
});

test("an alias that appears in tsconfig.json connects files", async () => {
  const workspace = workspaceOf({
    "src/lib/helper.ts": HELPER,
    "src/caller.ts": CALLER.replace("./helper", "~lib/helper"),
  });
  const { service, lines } = await workspace.open();
  expect(lines()).toEqual([]);
  workspace.write({ "tsconfig.json": '{ "compilerOptions": { "paths": { "~lib/*": ["./src/lib/*"] } } }' });
  await service.fileEvents([{ path: workspace.at("tsconfig.json"), kind: "created" }]);
  service.refresh();
  expect(lines()).toEqual(["src/caller.ts:3 query-in-loop"]);
});

test("the configuration file is taken up when it changes, and a mistake in it is a problem, not an end", async () => {
  const workspace = workspaceOf({ "src/a.ts": FLAWED, "legacy/b.ts": FLAWED });
  const { service, lines } = await workspace.open();
  const config = async (text: string): Promise<readonly string[]> => {
    workspace.write({ "hotpath.config.json": text });
    await service.fileEvents([{ path: workspace.at("hotpath.config.json"), kind: "changed" }]);
    service.refresh();
    return lines();
  };
  expect(lines()).toHaveLength(2);
  expect(await config('{ "exclude": ["legacy/"] }')).toEqual(["src/a.ts:4 query-in-loop"]);
  expect(await config('{ "quietPaths": ["src/"] }')).toEqual(["legacy/b.ts:4 query-in-loop"]);
  expect(await config('{ "rules": { "n-plus-one": "off" } }')).toEqual([]);
  expect(await config('{ "enable": false }')).toEqual([]);
  expect(service.files()).toEqual([]);
  expect(await config('{ "ruels": {} }')).toHaveLength(2);
  expect(service.problems().map(({ message }) => message)).toEqual([
    expect.stringMatching(/hotpath\.config\.json:1:3: there is no setting ruels: did you mean rules\?/),
  ]);
  rmSync(workspace.at("hotpath.config.json"));
  await service.fileEvents([{ path: workspace.at("hotpath.config.json"), kind: "deleted" }]);
  expect(service.problems()).toEqual([]);
});

test("settings that change at run time win over the configuration file", async () => {
  const workspace = workspaceOf({
    "src/a.ts": FLAWED,
    "hotpath.config.json": '{ "rules": { "query-in-loop": "error" } }',
  });
  const { service, lines } = await workspace.open();
  const severity = (): string | undefined => service.allFindings()[0]?.severity;
  expect(severity()).toBe("error");
  service.reconfigure({ severities: { "query-in-loop": "hint" } });
  service.refresh();
  expect(severity()).toBe("hint");
  service.reconfigure({ quietPaths: ["src/"] });
  service.refresh();
  expect(lines()).toEqual([]);
  service.reconfigure({});
  service.refresh();
  expect(severity()).toBe("error");
});

test("a configuration that cannot be used keeps the workspace from opening", async () => {
  const workspace = workspaceOf({ "hotpath.config.json": "{" });
  await expect(workspace.open()).rejects.toThrow(/hotpath\.config\.json:1:2: not valid JSON/);
  await expect(workspace.open({ configFile: workspace.at("other.json") })).rejects.toThrow(/cannot read .*other\.json/);
});

test("a cancelled scan can be run again", async () => {
  const workspace = workspaceOf({ "src/a.ts": FLAWED });
  const service = await createService({ roots: [workspace.root], cacheFolder: undefined, overrides: {}, workers: 0 });
  const cancel = {
    throwIfCancelled: () => {
      throw new Cancelled();
    },
  };
  await expect(drain(service.scan(cancel))).rejects.toThrow(Cancelled);
  await drain(service.scan());
  service.refresh();
  expect(service.allFindings()).toHaveLength(1);
  await service.close();
  await service.close();
});

test("several roots are one program, each with its own ignore file and configuration", async () => {
  const one = workspaceOf({ "src/a.ts": FLAWED, "out-of-bounds/b.ts": FLAWED, ".gitignore": "out-of-bounds\n" });
  const two = workspaceOf({ "src/a.ts": FLAWED, "out-of-bounds/b.ts": FLAWED });
  const { service, stats } = await one.open({ roots: [one.root, two.root] });
  expect(service.allFindings().map((finding) => finding.path)).toEqual(
    [one.at("src/a.ts"), two.at("out-of-bounds/b.ts"), two.at("src/a.ts")].sort(),
  );
  expect(stats.files).toBe(3);
});

test("an exclude pattern and a size limit of the caller", async () => {
  const workspace = workspaceOf({ "src/a.ts": FLAWED, "src/b.ts": `${FLAWED}// ${"x".repeat(2000)}\n` });
  const { service, lines, stats } = await workspace.open({ maxFileBytes: 1024 });
  expect(lines()).toEqual(["src/a.ts:4 query-in-loop"]);
  expect(stats.skipped).toBe(1);
  expect(service.problems()[0]?.message).toMatch(/over the limit of 0\.0 MiB|over the limit of 1/);
  expect((await workspace.open({ exclude: ["b.ts"] })).lines()).toEqual(["src/a.ts:4 query-in-loop"]);
});

// ------------------------------------------------------------------------------------------------ what is parsed

const parsed = (workspace: TemporaryWorkspace, { service }: OpenedService): readonly string[] =>
  service
    .files()
    .map((file) => path.relative(workspace.root, file))
    .sort();

test("tests, scripts and browser code are parsed only where the program or a finding needs them", async () => {
  const workspace = workspaceOf({
    "src/a.ts": 'import { LIMIT } from "../scripts/limits";\nexport const a = LIMIT;\n',
    "scripts/limits.ts": "export const LIMIT = 3;\n",
    "scripts/other.ts": "export const other = 3;\n",
    "src/a.test.ts": FLAWED,
    "src/view.tsx": "export const View = () => <p>hello</p>;\n",
    "scripts/noted.ts": "// hotpath-ignore-next-line query-in-loop -- nothing here\nexport const noted = 1;\n",
  });
  const opened = await workspace.open();
  expect(parsed(workspace, opened)).toEqual(["scripts/limits.ts", "scripts/noted.ts", "src/a.ts"]);
  expect(opened.lines()).toEqual(["scripts/noted.ts:1 stale-suppression"]);
  expect(opened.stats.files).toBe(6);

  // An edit brings a script in.
  opened.service.setOverlay(workspace.at("src/a.ts"), 'export { other } from "../scripts/other";\n');
  expect(parsed(workspace, opened)).toContain("scripts/other.ts");
});

test("what only a script calls is not reported, though scripts are not part of the program", async () => {
  const tidy = `import { loadUser } from "./helper";
export async function tidy(ids: string[]) {
  for (const id of ids) await loadUser(id);
}
`;
  const script = 'import { tidy } from "../src/tidy";\nvoid tidy(process.argv);\n';
  const called = workspaceOf({ "src/helper.ts": HELPER, "src/tidy.ts": tidy, "scripts/run.ts": script });
  const opened = await called.open();
  expect(opened.lines()).toEqual([]);
  expect(parsed(called, opened)).toEqual(["scripts/run.ts", "src/helper.ts", "src/tidy.ts"]);

  const uncalled = workspaceOf({ "src/helper.ts": HELPER, "src/tidy.ts": tidy });
  expect((await uncalled.open()).lines()).toEqual(["src/tidy.ts:3 query-in-loop"]);
});

// ------------------------------------------------------------------------------------------------ what is remembered

const REMEMBERED = {
  "src/a.ts": FLAWED,
  "src/caller.ts": CALLER,
  "src/helper.ts": HELPER,
  "src/broken.ts": "const = ;\n",
};
const kept = (workspace: TemporaryWorkspace, build = "1"): Partial<ServiceOptions> => ({
  cacheFolder: workspace.cache,
  build,
});

test("results of an unchanged workspace are taken from the last run", async () => {
  const workspace = workspaceOf(REMEMBERED);
  const first = await workspace.open(kept(workspace));
  expect(first.stats.cacheHits).toBe(0);
  await first.service.close();

  const second = await workspace.open(kept(workspace));
  expect(second.stats.cacheHits).toBe(4);
  expect(second.first.work.linked).toEqual([]);
  expect(second.first.changed).toEqual(first.first.changed);
  expect(second.service.allFindings()).toEqual(first.service.allFindings());
  expect(second.service.findings(workspace.at("src/a.ts"))).toEqual(first.service.findings(workspace.at("src/a.ts")));
  expect(second.service.problems()).toEqual(first.service.problems());
  expect(second.service.problems()).toHaveLength(1);
  expect(second.service.refresh().changed).toEqual([]);
});

test("an edit after remembered results is answered as if everything had been analyzed", async () => {
  const workspace = workspaceOf(REMEMBERED);
  await (await workspace.open(kept(workspace))).service.close();
  const { service, lines } = await workspace.open(kept(workspace));
  // Opening a file as it is on disk changes nothing.
  service.setOverlay(workspace.at("src/caller.ts"), CALLER);
  expect(service.refresh().work.linked).toEqual([]);

  service.setOverlay(workspace.at("src/helper.ts"), HELPER.replace("return pool.query", "return String"));
  expect(changedNames(workspace, service)).toContain("src/caller.ts");
  expect(lines()).toEqual(["src/a.ts:4 query-in-loop"]);
  service.setOverlay(workspace.at("src/helper.ts"), undefined);
  service.refresh();
  expect(lines()).toEqual(["src/a.ts:4 query-in-loop", "src/caller.ts:3 query-in-loop"]);
});

test("behind remembered results the analyzer gets ready by itself", async () => {
  const workspace = workspaceOf(REMEMBERED);
  await (await workspace.open(kept(workspace))).service.close();
  const { service } = await workspace.open(kept(workspace));
  await service.warmed();
  expect(service.refresh()).toMatchObject({ changed: [], work: { linked: [] } });
  service.setOverlay(workspace.at("src/a.ts"), FIXED);
  const { changed, work } = service.refresh();
  expect(work.linked).toEqual([workspace.at("src/a.ts")]);
  expect(changed).toEqual([workspace.at("src/a.ts")]);
});

test("a hover after remembered results finds what it needs", async () => {
  const workspace = workspaceOf(REMEMBERED);
  const first = await workspace.open(kept(workspace));
  const offset = FLAWED.indexOf("query(");
  const expected = first.service.hover(workspace.at("src/a.ts"), offset);
  expect(expected?.markdown).toContain("query");
  await first.service.close();
  const { service } = await workspace.open(kept(workspace));
  expect(service.hover(workspace.at("src/a.ts"), offset)).toEqual(expected);
});

test("remembered results are not believed when anything they depend on is different", async () => {
  const workspace = workspaceOf(REMEMBERED);
  await (await workspace.open(kept(workspace))).service.close();
  const hits = async (options: Partial<ServiceOptions>): Promise<boolean> => {
    const { service, first } = await workspace.open(options);
    await service.close();
    return first.work.linked.length === 0;
  };
  expect(await hits(kept(workspace))).toBe(true);
  expect(await hits(kept(workspace, "2"))).toBe(false);
  expect(await hits({ ...kept(workspace), overrides: { smallLoopBound: 3 } })).toBe(false);
  workspace.write({ "package.json": '{ "name": "other", "dependencies": { "pg": "7" } }' });
  expect(await hits(kept(workspace))).toBe(false);
  expect(await hits(kept(workspace))).toBe(true);
  workspace.write({ "src/added.ts": "export const added = 1;\n" });
  expect(await hits(kept(workspace))).toBe(false);
  rmSync(workspace.at("src/added.ts"));
  expect(await hits({ ...kept(workspace), cacheFolder: undefined })).toBe(false);
});

test("facts of unchanged files come from the cache, and two processes may share it", async () => {
  const workspace = workspaceOf(REMEMBERED);
  const cacheFolder = workspace.cache;
  const first = await workspace.open({ cacheFolder });
  expect(first.stats.cacheHits).toBe(0);
  const beside = await workspace.open({ cacheFolder });
  await first.service.close();
  await beside.service.close();
  workspace.write({ "src/a.ts": FIXED });
  const { stats, lines } = await workspace.open({ cacheFolder });
  expect(stats.cacheHits).toBe(3);
  expect(lines()).toEqual(["src/caller.ts:3 query-in-loop"]);
  expect(readdirSync(cacheFolder).filter((name) => name.endsWith(".mdb"))).toHaveLength(1);
});

test("a folder in place of the cache, and a cache nobody may write, cost nothing but time", async () => {
  const workspace = workspaceOf({ "src/a.ts": FLAWED });
  const cacheFolder = workspace.cache;
  await (await workspace.open({ cacheFolder })).service.close();
  for (const name of readdirSync(cacheFolder)) {
    rmSync(path.join(cacheFolder, name));
    mkdirSync(path.join(cacheFolder, name));
  }
  expect((await workspace.open({ cacheFolder })).lines()).toEqual(["src/a.ts:4 query-in-loop"]);
});

// ------------------------------------------------------------------------------------------------ histories

const TEXTS: Readonly<Record<string, readonly string[]>> = {
  "src/helper.ts": [HELPER, HELPER.replace("return pool.query", "return String"), "export {};\n", "export const = ;\n"],
  "src/caller.ts": [CALLER, CALLER.replace("./helper", "./middle"), FLAWED, 'export * from "../scripts/run";\n'],
  "src/middle.ts": ['export * from "./helper";\n', 'export { loadUser } from "./caller";\n', HELPER],
  "scripts/run.ts": ['import { all } from "../src/caller";\nvoid all([]);\n', HELPER, "export const run = 1;\n"],
  "src/view.tsx": [
    'import { all } from "./caller";\nexport const View = async () => <p>{await all([])}</p>;\n',
    "export const v = 1;\n",
  ],
  "src/caller.test.ts": ['import { all } from "./caller";\nvoid all([]);\n', "// hotpath-ignore-file -- none\n"],
  ".gitignore": ["", "src/middle.ts\n", "scripts/\n"],
  "hotpath.config.json": ["{}", '{ "quietPaths": ["src/caller.ts"] }', '{ "exclude": ["scripts/"] }', "{"],
  "tsconfig.json": ["{}", '{ "compilerOptions": { "baseUrl": "src" } }'],
};

interface Step {
  readonly name: string;
  readonly text: number;
  readonly act: "write" | "delete" | "overlay" | "close";
}

const step: fc.Arbitrary<Step> = fc.record({
  name: fc.constantFrom(...Object.keys(TEXTS)),
  text: fc.nat(3),
  act: fc.constantFrom("write", "write", "write", "delete", "overlay", "close"),
});

async function play(
  { name, text, act }: Step,
  workspace: TemporaryWorkspace,
  service: WorkspaceService,
): Promise<void> {
  const file = workspace.at(name);
  const content = TEXTS[name]?.[text] ?? "";
  if (act === "overlay" || act === "close") {
    service.setOverlay(file, act === "overlay" ? content : undefined);
    return;
  }
  if (act === "write") workspace.write({ [name]: content });
  else rmSync(file, { force: true });
  await service.fileEvents([{ path: file, kind: act === "write" ? "changed" : "deleted" }]);
}

test("any history of edits and events ends where a fresh start with the same texts begins", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.boolean(), async (steps, refreshBetween) => {
      const workspace = temporaryWorkspace({ "src/helper.ts": HELPER, "src/caller.ts": CALLER });
      try {
        const { service, lines } = await workspace.open();
        const overlays = new Map<string, string>();
        for (const one of steps) {
          await play(one, workspace, service);
          if (refreshBetween) service.refresh();
          if (one.act === "overlay") overlays.set(one.name, TEXTS[one.name]?.[one.text] ?? "");
          if (one.act === "close") overlays.delete(one.name);
        }
        service.refresh();
        // A configuration that cannot be used keeps a workspace from opening; one that is open goes on without it.
        await service.fileEvents([{ path: workspace.at("hotpath.config.json"), kind: "deleted" }]);
        rmSync(workspace.at("hotpath.config.json"), { force: true });
        await service.fileEvents([{ path: workspace.at("hotpath.config.json"), kind: "deleted" }]);
        service.refresh();
        const fresh = await workspace.open();
        for (const [name, text] of overlays) fresh.service.setOverlay(workspace.at(name), text);
        fresh.service.refresh();
        expect(lines()).toEqual(fresh.lines());
        expect(service.problems()).toEqual(expect.arrayContaining([...fresh.service.problems()]));
      } finally {
        await workspace.dispose();
      }
    }),
    { numRuns: 120 },
  );
}, 120_000);

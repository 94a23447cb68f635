/**
 * Labels findings by what happened to them: those of a year-old snapshot of a repository that its programmers have made go away since, and those they left.
 *
 *     npx tsx scripts/ranking/collect.ts GIT_DIR [--months 12] >> build/findings.jsonl
 *
 * A finding is `closed` when its function still stands in the same file today and has no finding of that rule any more, `open` when it still has one. Where the
 * file or the function is gone nothing is known of it, and it is left out: code that was thrown away says nothing of the finding. What is written of a finding
 * is known on the day of the old snapshot; nothing is derived from what came later but the label. Copies (the same function text twice) are left out.
 *
 * With `--labels FILE --repos FOLDER`, findings of the commits of hand-checked places instead: `closed` where a programmer fixed the very place, `open` for all
 * others of that commit, which nobody has judged.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { codeUnits } from "../../server/src/analysis/code-units.js";
import type { Finding } from "../../server/src/analysis/finding.js";
import { contentHash } from "../../server/src/base/content-hash.js";
import { evidenceOf } from "../../server/src/ranking/evidence.js";
import { createService } from "../../server/src/service/create-service.js";
import { drain } from "../../server/src/service/slices.js";

const SOURCES =
  /(?:\.(?:[cm]?[jt]sx?|sql|prisma)|package\.json|tsconfig[^/]*\.json|pnpm-workspace\.yaml|(?:package-lock|yarn|pnpm-lock)\.\w+)$/;

interface Placed {
  readonly finding: Finding;
  readonly file: string;
  /** Name of the function around it; undefined at module level. */
  readonly owner: string | undefined;
  readonly code: string;
}

interface Snapshot {
  /** Commits of the year before that changed a file, by its path. */
  readonly churn: ReadonlyMap<string, number>;
  readonly findings: readonly Placed[];
  /** `file#function` of everything that stands. */
  readonly functions: ReadonlySet<string>;
}

function git(directory: string, args: readonly string[], env: NodeJS.ProcessEnv = {}, input?: string): string {
  const options = {
    env: { ...process.env, GIT_DIR: directory, ...env },
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    input,
  } as const;
  const { status, stdout, stderr } = spawnSync("git", args, options);
  if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr.slice(0, 300)}`);
  return stdout;
}

async function snapshotAt(directory: string, commit: string): Promise<Snapshot> {
  const tree = mkdtempSync(path.join(tmpdir(), "ranking-"));
  try {
    const env = { GIT_WORK_TREE: tree, GIT_INDEX_FILE: `${tree}.index` };
    git(directory, ["read-tree", commit], env);
    const names = git(directory, ["ls-files", "-z"], env)
      .split("\0")
      .filter((name) => SOURCES.test(name));
    spawnSync("git", ["checkout-index", "-z", "--stdin"], {
      cwd: tree,
      input: names.join("\0"),
      env: { ...process.env, GIT_DIR: directory, ...env },
    });
    return { ...(await analyzed(tree)), churn: churnBefore(directory, commit) };
  } finally {
    rmSync(tree, { recursive: true, force: true });
    rmSync(`${tree}.index`, { force: true });
  }
}

function churnBefore(directory: string, commit: string): ReadonlyMap<string, number> {
  const time = Number(git(directory, ["log", "-1", "--format=%ct", commit]));
  const since = `--since=${time - 365 * 86_400}`;
  const counts = new Map<string, number>();
  for (const file of git(directory, ["log", since, "--no-merges", "--name-only", "--format=", commit]).split("\n"))
    if (file !== "") counts.set(file, (counts.get(file) ?? 0) + 1);
  return counts;
}

async function analyzed(tree: string): Promise<Omit<Snapshot, "churn">> {
  const service = await createService({ roots: [tree], cacheFolder: undefined, overrides: {}, workers: 0 });
  await drain(service.scan());
  service.refresh();
  const functions = new Set<string>();
  const findings: Placed[] = [];
  service.ask((inspection) => {
    for (const at of inspection.files) {
      const facts = inspection.factsOf(at);
      const view = inspection.viewOf(at);
      if (facts === undefined || view === undefined) continue;
      const file = path.relative(tree, at);
      const units = codeUnits(facts, view.calls).filter((unit) => unit.kind === "function");
      for (const { name } of units) functions.add(`${file}#${name}`);
      const text = readFileSync(at, "utf8");
      for (const finding of inspection.findings(at)) {
        const { start } = finding.range;
        const offset = (facts.lineStarts[start.line - 1] ?? 0) + start.column - 1;
        const owner = units.filter(({ span }) => span.start <= offset && offset < span.end).at(-1);
        const code = owner === undefined ? "" : text.slice(owner.span.start, owner.span.end);
        findings.push({ finding, file, owner: owner?.name, code });
      }
    }
  });
  await service.close();
  return { findings, functions };
}

interface LabelledPlace {
  readonly repo: string;
  readonly commit: string;
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly rule: string;
  readonly accept_rules?: readonly string[];
  readonly kind: "positive" | "negative";
}

async function fromLabels(file: string, repositories: string): Promise<void> {
  const places = JSON.parse(readFileSync(file, "utf8")) as readonly LabelledPlace[];
  const commits = new Map(places.map(({ repo, commit }) => [`${repo} ${commit}`, { repo, commit }]));
  for (const { repo, commit } of commits.values()) {
    const project = repo.replace("/", "+");
    const defects = places.filter((one) => one.commit === commit && one.repo === repo && one.kind === "positive");
    const { findings, churn } = await snapshotAt(path.join(repositories, project), commit);
    for (const placed of findings) {
      const { finding, file: at } = placed;
      const fixed = defects.some(
        (one) =>
          at === one.path &&
          [one.rule, ...(one.accept_rules ?? [])].includes(finding.family) &&
          finding.range.start.line <= one.end &&
          one.start <= finding.range.end.line,
      );
      write(`${project}@${commit.slice(0, 8)}`, fixed ? "closed" : "open", placed, churn);
    }
  }
}

function write(
  project: string,
  label: "open" | "closed",
  { finding, file, code }: Placed,
  churn: Snapshot["churn"],
): void {
  const { rule, message } = finding;
  const evidence = evidenceOf(finding);
  const line = { project, label, rule, message, evidence, churn: churn.get(file) ?? 0, code: code.slice(0, 2000) };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      months: { type: "string", default: "12" },
      labels: { type: "string" },
      repos: { type: "string", default: "." },
    },
  });
  if (values.labels !== undefined) await fromLabels(values.labels, values.repos);
  for (const directory of positionals) {
    const project = path.basename(directory);
    const [head = "", time = ""] = git(directory, ["log", "-1", "--format=%H %ct"]).trim().split(" ");
    const before = Number(time) - Number(values.months) * 30 * 86_400;
    const old = git(directory, ["rev-list", "-1", `--before=${before}`, "HEAD"]).trim();
    const [then, now] = [await snapshotAt(directory, old), await snapshotAt(directory, head)];
    const still = new Set(now.findings.map(({ finding, file, owner }) => `${finding.rule}#${file}#${owner ?? ""}`));
    const seen = new Set<string>();
    for (const placed of then.findings) {
      const { finding, file, owner, code } = placed;
      const copy = contentHash(`${finding.rule}\0${code}`);
      if (owner === undefined || !now.functions.has(`${file}#${owner}`) || seen.has(copy)) continue;
      seen.add(copy);
      const label = still.has(`${finding.rule}#${file}#${owner}`) ? "open" : "closed";
      write(project, label, placed, then.churn);
    }
    process.stderr.write(`${project}: ${then.findings.length} findings then, ${now.findings.length} now\n`);
  }
}

void main();

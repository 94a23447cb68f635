/** `hotpath check --fix` and `--fix-review`: what an editor does one at a time, for all findings. */
import { applyEdits } from "../fixes/edits.js";
import type { FileEdit, FixSources } from "../fixes/fix.js";
import { unifiedDiff } from "../fixes/unified-diff.js";
import type { Finding } from "../analysis/finding.js";
import { fixRound, type FixedFinding } from "../service/fixes.js";
import type { WorkspaceService } from "../service/workspace-service.js";
import { writeWhole } from "../workspace/write-file.js";
import { UsageError } from "./command-line.js";
import { relativeTo } from "./report.js";
import type { Terminal } from "./terminal.js";

/** Fixes that touch the same text follow one another; more rounds than this would be fixes that undo each other. */
const MAX_ROUNDS = 10;

/** Writes every safe fix of these findings to disk, brings the analysis up to date, and says on stderr what was done. */
export async function applySafeFixes(
  service: WorkspaceService,
  root: string,
  isMeant: (finding: Finding) => boolean,
  { stderr }: Terminal,
): Promise<void> {
  const refused = new Map<string, string>();
  const changed = new Set<string>();
  let count = 0;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const isLeft = (finding: Finding): boolean => isMeant(finding) && !refused.has(finding.path);
    const { edits, sources, fixed } = fixRound(service, isLeft, ({ safety }) => safety === "safe");
    if (edits.length === 0) break;
    const failures = writeAll(edits, sources);
    for (const [path, reason] of failures) refused.set(path, reason);
    const done = fixed.filter(({ path }) => !failures.has(path));
    for (const one of done) stderr.write(`fixed ${lineOf(root, one)}\n`);
    count += done.length;
    const written = edits.filter(({ path }) => !failures.has(path));
    for (const { path } of written) changed.add(path);
    await service.fileEvents(
      written.map(({ path, createText }) => ({ path, kind: createText === undefined ? "changed" : "created" })),
    );
    service.refresh();
  }
  for (const [path, reason] of refused) stderr.write(`${relativeTo(root, path)} cannot be changed: ${reason}\n`);
  stderr.write(
    count === 0
      ? "no safe fixes to apply\n"
      : `${plural(count, "fix", "fixes")} in ${plural(changed.size, "file", "files")}\n`,
  );
}

/** Files that were not written, with the reason. */
function writeAll(edits: readonly FileEdit[], sources: FixSources): ReadonlyMap<string, string> {
  const failures = new Map<string, string>();
  for (const { path, edits: own, createText } of edits) {
    const text = createText ?? applyEdits(sources.textOf(path) ?? "", own);
    const reason = writeWhole(path, text);
    if (reason !== undefined) failures.set(path, reason);
  }
  return failures;
}

/** Writes the first fix of each finding to one patch, those left out that touch the same text as another. */
export function writePatch(
  service: WorkspaceService,
  root: string,
  isMeant: (finding: Finding) => boolean,
  file: string,
  { stderr }: Terminal,
): void {
  const { edits, sources, fixed, waiting } = fixRound(service, isMeant, () => true);
  const diffs = edits.map((edit) => unifiedDiff(relativeTo(root, edit.path), sources.textOf(edit.path) ?? "", edit));
  const notes = new Map<string, FixedFinding[]>();
  for (const one of fixed) notes.set(one.note ?? "", [...(notes.get(one.note ?? "") ?? []), one]);
  const preamble = [...notes].flatMap(([note, own]) => [
    ...own.map((one) => `# ${lineOf(root, one)}`),
    ...(note === "" ? [] : [`#   ${note}`]),
  ]);
  const reason = writeWhole(file, [...preamble, ...(preamble.length > 0 ? [""] : []), ...diffs].join("\n"));
  if (reason !== undefined) throw new UsageError(`the patch ${file} was not written: ${reason}`);
  const left =
    waiting.length === 0 ? "" : `; ${waiting.length} more touch the same lines: run again once it is applied`;
  stderr.write(`${plural(fixed.length, "fix", "fixes")} written to ${file}${left}\n`);
}

function lineOf(root: string, { path, line, rule, title }: FixedFinding): string {
  return `${relativeTo(root, path)}:${line} ${rule}: ${title}`;
}

function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

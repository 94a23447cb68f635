/** Whether a library merges an operation with others of the same tick by itself: by the version installed, and by what the call asks for. */
import { type ExprId, NONE } from "../facts/model.js";
import { type LibraryBatching } from "./dialects/define-dialect.js";
import { isBelow } from "./installed-versions.js";
import { exprOf, type ProjectFile } from "./project-file.js";
import { type Provenance } from "./provenance.js";

/** Object literals inside object literals, at most. */
const maxNesting = 6;

/** A sentence that says what is merged, naming the version; undefined when the installed version or the arguments keep the library from it. */
export function batchedText(
  ctx: Provenance,
  file: ProjectFile,
  id: ExprId,
  title: string,
  batching: LibraryBatching,
): string | undefined {
  const installed = ctx.dialects.versionOf(batching.package, file.path);
  if (isDefeated(file, id, batching)) return undefined;
  if (installed === undefined) return `${title} ${batching.text} (since ${batching.since})`;
  const { version, declared } = installed;
  // A range tells the lowest version only; a newer one is likely.
  if (isBelow(version, batching.since)) return undefined;
  const [from, before] = batching.except ?? [];
  if (from !== undefined && before !== undefined && !isBelow(version, from) && isBelow(version, before))
    return undefined;
  return `${title} ${declared ?? version} ${batching.text}`;
}

function isDefeated(file: ProjectFile, id: ExprId, { defeatedBy }: LibraryBatching): boolean {
  const call = exprOf(file, id);
  if (defeatedBy === undefined || call?.kind !== "call") return false;
  const given = exprOf(file, call.args[defeatedBy.arg] ?? NONE);
  if (given?.kind !== "object") return false;
  const where = given.props.find(({ name }) => name === defeatedBy.at)?.value;
  return where !== undefined && names(file, where, new Set(defeatedBy.names), 0);
}

/** Whether an object literal, or one inside it, has a property of one of these names. */
function names(file: ProjectFile, id: ExprId, wanted: ReadonlySet<string>, depth: number): boolean {
  const expr = exprOf(file, id);
  if (expr?.kind !== "object" || maxNesting < depth) return false;
  return expr.props.some(
    ({ name, value }) => (name !== undefined && wanted.has(name)) || names(file, value, wanted, depth + 1),
  );
}

/** Which files import, mock or pass on what another file exports. */
import { NONE, type FileFacts } from "../../facts/model.js";
import type { FixProgram, FixSources } from "../../fixes/fix.js";
import type { FilePath } from "../../project/model.js";

const importers = new WeakMap<FixSources, ReadonlyMap<FilePath, ReadonlySet<FilePath>>>();

/** Files that import, mock or pass on a file's exports; found out once for each request. */
export function importersOf(sources: FixSources, program: FixProgram, file: FilePath): Iterable<FilePath> {
  let map = importers.get(sources);
  if (map === undefined) {
    map = findImporters(program);
    importers.set(sources, map);
  }
  return map.get(file) ?? [];
}

function findImporters(program: FixProgram): ReadonlyMap<FilePath, ReadonlySet<FilePath>> {
  const map = new Map<FilePath, Set<FilePath>>();
  for (const path of program.files()) {
    const facts = program.factsOf(path);
    if (facts === undefined) continue;
    const imported = facts.imports.map(({ module }) => module);
    const passedOn = facts.exports.flatMap(({ module }) => module ?? []);
    const mocked = IS_TEST.test(path) ? mockedModules(facts) : [];
    for (const module of new Set([...imported, ...passedOn, ...mocked])) {
      const target = program.fileOf(path, module);
      if (target !== undefined) map.set(target, (map.get(target) ?? new Set()).add(path));
    }
  }
  return map;
}

/** Paths of files that may mock others. */
export const IS_TEST = /test|spec|mock/i;

/** `jest.mock("./terms")`: tests put something else in its place, which gives no promise. */
export function mockedModules(facts: FileFacts): readonly string[] {
  return facts.exprs.flatMap((expr) => {
    const callee = expr.kind === "call" ? facts.exprs[expr.callee] : undefined;
    if (expr.kind !== "call" || callee?.kind !== "member") return [];
    if (!/^(mock|doMock|unstable_mockModule|requireMock)$/.test(callee.name)) return [];
    const module = facts.exprs[expr.args[0] ?? NONE];
    return module?.kind === "literal" && typeof module.value === "string" ? [module.value] : [];
  });
}

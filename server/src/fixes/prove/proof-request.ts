/** Everything a proof of one fix needs, put together from the texts before and after it. */
import type { Catalog } from "../../catalog/model.js";
import type { ArgumentSpec, ProofProgram, ProofRequest, ProofTrial } from "../../proving/proof-case.js";
import { parseWithParents, ts } from "../../syntax/typescript.js";
import { applyEdits } from "../edits.js";
import type { FileEdit, TextEdit } from "../fix.js";
import { parameterSpec, type SpecContext } from "./argument-specs.js";
import { programOf, type Program, type ProgramSources, type Translated } from "./program.js";
import { proofTables } from "./proof-tables.js";
import { reachedEdits } from "./reached.js";
import { classOf, markEdits, nameOf, sameFunction, targetAround, type FunctionNode } from "./target-function.js";

export interface ProofQuestion {
  /** File and offset of the finding. */
  readonly path: string;
  readonly offset: number;
  readonly edits: readonly FileEdit[];
  readonly catalog: Catalog;
  readonly sources: ProgramSources;
  /** The fix lets things run at once: calls to the outside may come in another order. */
  readonly anyOrder?: boolean;
  /** 10, 100 and 1,000 rows when left out. */
  readonly trials?: readonly ProofTrial[];
}

export type PreparedProof = { readonly request: ProofRequest } | { readonly reason: string };

const TRIALS: readonly ProofTrial[] = [10, 100, 1_000].map((rows) => ({ rows, seed: 1 }));

export function prepareProof(question: ProofQuestion): PreparedProof {
  const { path, offset, edits, catalog } = question;
  const sources = { translated: new Map<string, Translated>(), ...question.sources };
  const text = sources.textOf(path);
  const tree = text === undefined ? undefined : parseWithParents(path, text);
  if (text === undefined || tree === undefined) return { reason: "the file cannot be read" };
  const fn = targetAround(tree, offset);
  if (fn === undefined) return { reason: "the code is not inside a function that can be called" };
  const after = afterSources(sources, edits);
  const changed = after.textOf(path) ?? "";
  const own = edits.filter((edit) => edit.path === path).flatMap((edit) => edit.edits);
  const changedTree = parseWithParents(path, changed);
  const sameFn = changedTree === undefined ? undefined : sameFunction(fn, changedTree, own);
  if (changedTree === undefined || sameFn === undefined)
    return { reason: "the function is not found again in the changed file" };
  const before = marked(fn, tree, path, sources, reachedEdits(tree, offset, fn));
  const fixed = marked(sameFn, changedTree, path, after, []);
  if (before === undefined || fixed === undefined)
    return { reason: "the function has no name by which it could be run" };
  const { tables, first } = proofTables(catalog, [...before.texts, ...fixed.texts], path);
  if (tables.length === 0) return { reason: "the schema of the tables it reads is not known" };
  const context = specContext(tree, path, catalog, sources);
  const cls = classOf(fn);
  return {
    request: {
      before: programData(before),
      after: programData(fixed),
      target: {
        name: nameOf(fn),
        params: fn.parameters.map((parameter, index) => parameterSpec(parameter, index, context)),
        ...(cls === undefined ? {} : { construct: constructorSpecs(cls, context) }),
      },
      tables,
      first,
      ...(question.anyOrder === true ? { anyOrder: true } : {}),
      trials: question.trials ?? TRIALS,
    },
  };
}

function programData({ modules, entry }: Program): ProofProgram {
  return { modules, entry };
}

function afterSources(sources: ProgramSources, edits: readonly FileEdit[]): ProgramSources {
  const texts = new Map(
    edits.map((edit) => [edit.path, edit.createText ?? applyEdits(sources.textOf(edit.path) ?? "", edit.edits)]),
  );
  return { ...sources, textOf: (path) => texts.get(path) ?? sources.textOf(path) };
}

/** The program whose entry hands the function out. */
function marked(
  fn: FunctionNode,
  tree: ts.SourceFile,
  path: string,
  sources: ProgramSources,
  more: readonly TextEdit[],
): Program | undefined {
  const edits = markEdits(fn, tree);
  if (edits === undefined) return undefined;
  const text = applyEdits(tree.text, [...edits, ...more]);
  return programOf(path, { ...sources, textOf: (other) => (other === path ? text : sources.textOf(other)) });
}

function constructorSpecs(cls: ts.ClassLikeDeclaration, context: SpecContext): readonly ArgumentSpec[] {
  const made = cls.members.find((member) => ts.isConstructorDeclaration(member));
  return made?.parameters.map((parameter) => parameterSpec(parameter, 2, context)) ?? [];
}

const LIBRARIES = ["@prisma/client", "drizzle-orm", "kysely", "knex", "postgres", "typeorm", "mysql2", "pg"];

/** @param depth How many instances stand inside each other: a service needs a repository, which needs a client. */
function specContext(
  tree: ts.SourceFile,
  path: string,
  catalog: Catalog,
  sources: ProgramSources,
  depth = 0,
): SpecContext {
  const imports = tree.statements.filter(ts.isImportDeclaration);
  const modules = imports.map(({ moduleSpecifier }) =>
    ts.isStringLiteral(moduleSpecifier) ? moduleSpecifier.text : "",
  );
  const library = LIBRARIES.find((name) => modules.some((one) => one === name || one.startsWith(`${name}/`)));
  const models = new Set(catalog.tables.flatMap(({ names }) => names.map(({ source }) => source)));
  const exportOf = (local: string): { readonly module: string; readonly name: string } | undefined => {
    for (const one of imports) {
      const bindings = one.importClause?.namedBindings;
      const element =
        bindings !== undefined && ts.isNamedImports(bindings)
          ? bindings.elements.find(({ name }) => name.text === local)
          : undefined;
      if (element === undefined || !ts.isStringLiteral(one.moduleSpecifier)) continue;
      const module = sources.resolve(path, one.moduleSpecifier.text);
      return module === undefined ? undefined : { module, name: (element.propertyName ?? element.name).text };
    }
    return undefined;
  };
  return {
    tree,
    catalog,
    library: library ?? (models.has("prisma") ? "@prisma/client" : models.has("drizzle") ? "drizzle-orm" : "pg"),
    exportOf,
    instanceOf: (local) => {
      const found = 3 < depth ? undefined : exportOf(local);
      return found === undefined ? undefined : instanceSpec(found.module, found.name, catalog, sources, depth);
    },
  };
}

function instanceSpec(
  path: string,
  name: string,
  catalog: Catalog,
  sources: ProgramSources,
  depth: number,
): ArgumentSpec | undefined {
  const found = classIn(path, name, sources, new Set());
  if (found === undefined) return undefined;
  return {
    kind: "instance",
    module: found.path,
    name: found.cls.name?.text ?? name,
    construct: constructorSpecs(found.cls, specContext(found.tree, found.path, catalog, sources, depth + 1)),
  };
}

interface FoundClass {
  readonly path: string;
  readonly tree: ts.SourceFile;
  readonly cls: ts.ClassDeclaration;
}

/** More files than hand one class on to each other. */
const MAX_HOPS = 200;

/** The class a file exports under a name, or hands on from another one. */
function classIn(path: string, name: string, sources: ProgramSources, seen: Set<string>): FoundClass | undefined {
  const text = seen.has(path) || MAX_HOPS < seen.size ? undefined : sources.textOf(path);
  seen.add(path);
  const tree = text === undefined ? undefined : parseWithParents(path, text);
  if (tree === undefined) return undefined;
  const cls = tree.statements.find(
    (one): one is ts.ClassDeclaration => ts.isClassDeclaration(one) && one.name?.text === name,
  );
  if (cls !== undefined) return { path, tree, cls };
  for (const one of tree.statements) {
    if (!ts.isExportDeclaration(one) || one.moduleSpecifier === undefined) continue;
    if (!ts.isStringLiteral(one.moduleSpecifier)) continue;
    const named = one.exportClause !== undefined && ts.isNamedExports(one.exportClause) ? one.exportClause : undefined;
    const element = named?.elements.find((element) => element.name.text === name);
    if (one.exportClause !== undefined && element === undefined) continue;
    const target = sources.resolve(path, one.moduleSpecifier.text);
    const inner = (element?.propertyName ?? element?.name)?.text ?? name;
    const found = target === undefined ? undefined : classIn(target, inner, sources, seen);
    if (found !== undefined) return found;
  }
  return undefined;
}

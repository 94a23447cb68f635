/** What runs a few tasks at a time: a package of the project, or a function the fix adds. */
import { ts } from "../../syntax/typescript.js";
import type { TextEdit } from "../fix.js";
import { importEdits } from "../imports.js";
import { freshName } from "../names.js";
import { around, isListed } from "../nodes.js";
import { indentAt, layOut, styleOf } from "../style.js";

export interface Helper {
  /** What comes before the task's body. @param head The task's parameter and arrow. */
  readonly begin: (over: string, head: string) => string;
  /** What comes behind it. */
  readonly end: string;
  /** Imports and helpers. */
  readonly edits: readonly TextEdit[];
  readonly note: string;
}

export interface HelperChoice {
  readonly concurrency: number;
  readonly packages: { readonly pMap: boolean; readonly pLimit: boolean };
}

const NOTE = "Elements are no longer done one after another, and when one fails, others may have begun.";

/** `p-map` or `p-limit` where they are at hand; else a helper that stands in the file for everybody to see. */
export function helperFor(tree: ts.SourceFile, node: ts.Node, { concurrency, packages }: HelperChoice): Helper {
  if (packages.pMap || isImported(tree, "p-map")) {
    const { local, edits } = importEdits(tree, { module: "p-map", name: "default", as: "pMap" });
    const end = `, { concurrency: ${concurrency} })`;
    return { begin: (over, head) => `${local}(${over}, async ${head} `, end, edits, note: NOTE };
  }
  const limit = packages.pLimit || isImported(tree, "p-limit") ? withLimit(tree, node, concurrency) : undefined;
  if (limit !== undefined) return limit;
  const known = tree.statements.some((one) => ts.isFunctionDeclaration(one) && one.name?.text === HELPER);
  const name = known ? HELPER : freshName(tree, [HELPER]);
  return {
    begin: (over, head) => `${name}(${over}, async ${head} `,
    end: `, ${concurrency})`,
    edits: known ? [] : [helperText(tree, node, name)],
    note: NOTE,
  };
}

function isImported(tree: ts.SourceFile, module: string): boolean {
  return tree.statements.some(
    (one) =>
      ts.isImportDeclaration(one) && ts.isStringLiteral(one.moduleSpecifier) && one.moduleSpecifier.text === module,
  );
}

/** `const limit = pLimit(8)` before the loop, and `Promise.all` over tasks that go through it. */
function withLimit(tree: ts.SourceFile, node: ts.Node, concurrency: number): Helper | undefined {
  if (!isListed(node)) return undefined;
  const { local, edits } = importEdits(tree, { module: "p-limit", name: "default", as: "pLimit" });
  const style = styleOf(tree);
  const name = freshName(tree, ["limit"], new Set([local]));
  const start = node.getStart(tree);
  const line = `const ${name} = ${local}(${concurrency})${style.semicolon}`;
  return {
    begin: (over, head) => `Promise.all(Array.from(${over}, ${head} ${name}(async () => `,
    end: ")))",
    edits: [...edits, { start, end: start, newText: `${line}${style.newline}${indentAt(tree.text, start)}` }],
    note: "Elements are no longer done one after another, and when one fails, the others are done all the same.",
  };
}

const HELPER = "mapLimited";

function helperText(tree: ts.SourceFile, node: ts.Node, name: string): TextEdit {
  const style = styleOf(tree);
  const top = outermost(node);
  const end = style.semicolon;
  const typed = /\.[cm]?tsx?$/.test(tree.fileName);
  const type = (text: string): string => (typed ? text : "");
  const parameters = [
    `items${type(": Iterable<T>")}`,
    `task${type(": (item: T) => Promise<R>")}`,
    `most${type(": number")}`,
  ];
  const begin = `async function ${name}${type("<T, R>")}(`;
  const finish = `)${type(": Promise<R[]>")} {`;
  const line = `${begin}${parameters.join(", ")}${finish}`;
  const spread = parameters.map((one, index) => `\t${one}${index < 2 ? "," : style.trailingComma}`);
  const signature = line.length <= style.width ? [line] : [begin, ...spread, finish];
  const lines = [
    "",
    "/** Runs a task for each item, no more than so many at a time; results in order. After an error no further one is begun. */",
    ...signature,
    `\tconst results${type(": R[]")} = []${end}`,
    `\tconst rest = [...items].entries()${end}`,
    `\tlet failed = false${end}`,
    `\tconst work = async () => {`,
    `\t\tfor (let next = rest.next(); !next.done && !failed; next = rest.next()) {`,
    `\t\t\tconst [index, item] = next.value${end}`,
    `\t\t\ttry {`,
    `\t\t\t\tresults[index] = await task(item)${end}`,
    `\t\t\t} catch (error) {`,
    `\t\t\t\tfailed = true${end}`,
    `\t\t\t\tthrow error${end}`,
    `\t\t\t}`,
    `\t\t}`,
    `\t}${end}`,
    `\tawait Promise.all(Array.from({ length: most }, work))${end}`,
    `\treturn results${end}`,
    "}",
  ];
  return { start: top.end, end: top.end, newText: `${style.newline}${layOut(lines, "", style)}` };
}

/** The statement of the file a node stands in. */
function outermost(node: ts.Node): ts.Node {
  return around(node, (one): one is ts.Node => ts.isSourceFile(one.parent)) ?? node;
}

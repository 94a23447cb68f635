/** A loop that awaits one element after another, turned into a few at a time. */
import type { Span } from "../../base/span.js";
import { ts } from "../../syntax/typescript.js";
import type { Fix, FixSources, TextEdit } from "../fix.js";
import { importEdits } from "../imports.js";
import { freshName } from "../names.js";
import { around, isFunction, nodeAt } from "../nodes.js";
import { arrow, layOut, styleOf } from "../style.js";

export interface LoopToLimit {
  readonly path: string;
  /** The `for … of` statement. */
  readonly loop: Span;
  readonly concurrency: number;
}

export function limitedLoop(sources: FixSources, { path, loop, concurrency }: LoopToLimit): readonly Fix[] {
  const tree = sources.treeOf(path);
  const node = tree === undefined ? undefined : nodeAt(tree, loop, ts.isForOfStatement);
  if (tree === undefined || node === undefined || node.awaitModifier !== undefined || !ts.isBlock(node.statement))
    return [];
  const element = elementOf(node);
  const leaves = leavesOf(node.statement);
  if (element === undefined || leaves === undefined || ts.isLabeledStatement(node.parent)) return [];
  const kept = resultOf(node.statement);
  if (kept === "unordered" || (kept !== undefined && 0 < leaves.length)) return [];
  const helper = helperOf(tree, node);
  const { semicolon } = styleOf(tree);
  const begun = `await ${helper.call(node.expression.getText(tree))}async ${arrow(element, styleOf(tree))} `;
  const part = freshName(tree, ["result"]);
  const head = kept === undefined ? begun : `for (const ${part} of ${begun}`;
  const end = kept === undefined ? semicolon : `) ${kept.list}.push(${part})${semicolon}`;
  const edits: TextEdit[] = [
    ...helper.edits,
    { start: node.getStart(tree), end: node.statement.getStart(tree), newText: head },
    ...leaves.map((leave) => ({
      start: leave.getStart(tree),
      end: leave.getStart(tree) + "continue".length,
      newText: "return",
    })),
    ...(kept?.edits ?? []),
    { start: node.end, end: node.end, newText: `${helper.end(concurrency)}${end}` },
  ];
  return [
    {
      id: "limited-loop",
      title: `Do ${concurrency} elements at a time`,
      safety: "review",
      edits: [{ path, edits }],
      note: "Elements are no longer done one after another, and when one fails, others may have begun.",
    },
  ];
}

interface KeptResult {
  /** What each pass puts its result into. */
  readonly list: string;
  readonly edits: readonly TextEdit[];
}

/** `list.push(result)` at the end of each pass, kept in order; `unordered` where the order of passes shows in another way. */
function resultOf(body: ts.Block): KeptResult | "unordered" | undefined {
  const pushes = ordersOf(body);
  const [push] = pushes;
  if (push === undefined) return undefined;
  const last = body.statements.at(-1);
  const isLast = last !== undefined && ts.isExpressionStatement(last) && last.expression === push;
  const target = push.expression as ts.PropertyAccessExpression;
  const [value] = push.arguments;
  if (1 < pushes.length || !isLast || target.name.text !== "push" || value === undefined || 1 < push.arguments.length)
    return "unordered";
  if (!ts.isIdentifier(target.expression) || ts.isSpreadElement(value)) return "unordered";
  const list = target.expression.text;
  // Looked at in between, the list would be seen as it never was.
  if (body.getText().split(new RegExp(`\\b${list}\\b`)).length !== 2) return "unordered";
  return {
    list,
    edits: [
      { start: push.getStart(), end: value.getStart(), newText: "return " },
      { start: value.end, end: push.end, newText: "" },
    ],
  };
}

/** Calls that put things one behind the other. */
function ordersOf(body: ts.Block): readonly ts.CallExpression[] {
  const found: ts.CallExpression[] = [];
  const visit = (node: ts.Node): void => {
    const callee = ts.isCallExpression(node) ? node.expression : undefined;
    if (ts.isCallExpression(node) && callee !== undefined && ts.isPropertyAccessExpression(callee)) {
      if (/^(push|unshift|splice|write|append|enqueue)$/.test(callee.name.text)) found.push(node);
    }
    ts.forEachChild(node, visit);
  };
  visit(body);
  return found;
}

function elementOf({ initializer }: ts.ForOfStatement): string | undefined {
  if (!ts.isVariableDeclarationList(initializer)) return undefined;
  const [declaration] = initializer.declarations;
  return declaration === undefined ? undefined : declaration.name.getText();
}

/** `continue`s that belong to the loop; undefined when its body leaves in a way a callback cannot. */
function leavesOf(body: ts.Block): readonly ts.ContinueStatement[] | undefined {
  const found: ts.ContinueStatement[] = [];
  const visit = (node: ts.Node, inLoop: boolean): boolean => {
    if (isFunction(node) || ts.isClassLike(node)) return true;
    if (ts.isReturnStatement(node) || ts.isYieldExpression(node)) return false;
    if (ts.isBreakStatement(node) && (node.label !== undefined || !inLoop)) return false;
    if (ts.isContinueStatement(node)) {
      if (node.label !== undefined) return false;
      if (!inLoop) found.push(node);
      return true;
    }
    if (ts.isIdentifier(node) && node.text === "arguments") return false;
    if (ts.isSwitchStatement(node)) return !ts.forEachChild(node, (child) => !visitSwitch(child, inLoop));
    const inner = inLoop || ts.isIterationStatement(node, false);
    return !ts.forEachChild(node, (child) => !visit(child, inner));
  };
  // `break` of a `switch` stays; `continue` in it is the loop's.
  const visitSwitch = (node: ts.Node, inLoop: boolean): boolean => {
    if (ts.isBreakStatement(node)) return node.label === undefined;
    if (ts.isCaseBlock(node) || ts.isCaseOrDefaultClause(node) || ts.isBlock(node) || ts.isIfStatement(node)) {
      return !ts.forEachChild(node, (child) => !visitSwitch(child, inLoop));
    }
    return visit(node, inLoop);
  };
  return visit(body, false) ? found : undefined;
}

interface Helper {
  /** What comes before the callback and after it. */
  readonly call: (over: string) => string;
  readonly end: (concurrency: number) => string;
  readonly edits: readonly TextEdit[];
}

/** `p-map` and `p-limit` where the file has them; else a helper that stands in the file for everybody to see. */
function helperOf(tree: ts.SourceFile, node: ts.Node): Helper {
  const imported = (module: string): string | undefined =>
    tree.statements.some(
      (one) =>
        ts.isImportDeclaration(one) && ts.isStringLiteral(one.moduleSpecifier) && one.moduleSpecifier.text === module,
    )
      ? importEdits(tree, { module, name: "default" }).local
      : undefined;
  const map = imported("p-map");
  if (map !== undefined) {
    return {
      call: (over) => `${map}(${over}, `,
      end: (concurrency) => `, { concurrency: ${concurrency} })`,
      edits: [],
    };
  }
  const known = tree.statements.some((one) => ts.isFunctionDeclaration(one) && one.name?.text === HELPER);
  const name = known ? HELPER : freshName(tree, [HELPER]);
  return {
    call: (over) => `${name}(${over}, `,
    end: (concurrency) => `, ${concurrency})`,
    edits: known ? [] : [helperText(tree, node, name)],
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

/**
 * Commands to a cache that wait for one another, once per element. Clients send those that are started together in one go, so all of them are asked before the
 * loop and each pass finds its own answer. The commands stay what they are (`mget` would give `null` for what is no text, and fail across a cluster's slots), and
 * so do their types and errors.
 */
import type { Span } from "../../base/span.js";
import { ts } from "../../syntax/typescript.js";
import type { Fix, FixSources } from "../fix.js";
import { capitalized, freshName } from "../names.js";
import { nodeAt } from "../nodes.js";
import { arrow, indentAt, quoted, type Style, styleOf } from "../style.js";
import { guardsOf } from "./guards.js";
import { chainOf, replace, rewritten } from "./keyed-read.js";
import { listAt, type ListText } from "./list-text.js";
import { contains, loopScope, type LoopScope } from "./loop-scope.js";
import { loopShape, type LoopShape } from "./loop-shape.js";
import { dedented } from "./moved-text.js";
import { isOperand } from "./use.js";

export interface CommandQuestion {
  readonly path: string;
  /** The command, whole. */
  readonly query: Span;
  readonly loop: Span;
  readonly isArray: boolean;
}

/** What a command answers for a key that is not there, which is also what its answers look like. */
const NOTHING: Readonly<Record<string, string>> = {
  get: "null",
  hget: "null",
  lindex: "null",
  zscore: "null",
  llen: "0",
  scard: "0",
  zcard: "0",
  hlen: "0",
  strlen: "0",
  xlen: "0",
  exists: "0",
  ttl: "-2",
  pttl: "-2",
  type: "none",
  lrange: "[]",
  smembers: "[]",
  zrange: "[]",
  hkeys: "[]",
  hvals: "[]",
  hgetall: "{}",
};

/** Functions by whose name they put a key together. */
export const MAKES_KEYS = /key|prefix|slug|hash$/i;

const NOTE =
  "All answers are there before the first pass: an error of the server now comes before anything the loop does, and for a very long list they all are in memory at once.";

/** Undefined where anything is unclear. */
export function askTogether(question: CommandQuestion, sources: FixSources): Fix | undefined {
  const tree = sources.treeOf(question.path);
  const loop = tree === undefined ? undefined : loopShape(tree, question.loop);
  const node = tree === undefined ? undefined : nodeAt(tree, question.query, ts.isCallExpression);
  if (tree === undefined || loop === undefined || node === undefined || loop.callback !== undefined) return undefined;
  if (!ts.isIdentifier(loop.element) || !ts.isAwaitExpression(node.parent) || leavesEarly(loop)) return undefined;
  const [link, ...others] = chainOf(node).filter(({ call }) => call === node);
  const missing = link === undefined ? undefined : NOTHING[link.name.toLowerCase()];
  const element = loop.element.text;
  const scope = loopScope(loop, element);
  const command = link === undefined ? undefined : commandOf(node, scope);
  const list = listAt(loop, scope, question.isArray);
  const guards = guardsOf(node, loop, scope);
  if (missing === undefined || others.length > 0 || command === undefined || list === undefined) return undefined;
  if (guards === undefined || guards.unclear) return undefined;
  const name = freshName(tree, [`${answerName(node.parent)}By${capitalized(element)}`]);
  const style = styleOf(tree);
  const array =
    guards.tests.length === 0 ? list : filtered(list, `${arrow(element, style)} ${guards.tests.join(" && ")}`);
  const empty = missing === "none" ? quoted("none", style) : missing;
  const found = `${name}.get(${element}) ?? ${empty}`;
  const answer = isOperand(node.parent) ? `(${found})` : found;
  const lines = [...list.lines, ...linesFor(tree, node, array, element, command, name, style)];
  return {
    id: "ask-together",
    title: "Ask for all answers together before the loop",
    safety: "review",
    edits: [
      { path: question.path, edits: [...loop.before.insert(lines), ...list.edits, replace(node.parent, answer)] },
    ],
    note: NOTE,
  };
}

/** The command as it reads for any element; undefined where more than the element decides what is asked. */
export function commandOf(node: ts.CallExpression, scope: LoopScope): string | undefined {
  if (scope.isVariant(node.expression) || contains(node.expression, ts.isCallExpression)) return undefined;
  const edits = [];
  for (const arg of node.arguments) {
    if (!scope.isVariant(arg)) {
      if (!scope.isPlain(arg, MAKES_KEYS)) return undefined;
      continue;
    }
    const made = scope.ofElement(arg, MAKES_KEYS);
    if (made === undefined) return undefined;
    edits.push(replace(arg, made.body));
  }
  return edits.length === 0 ? undefined : rewritten(node, edits);
}

/** A loop that looks for something does not ask for all. */
function leavesEarly({ body, node }: LoopShape): boolean {
  return contains(body, (at) => (ts.isBreakStatement(at) || ts.isReturnStatement(at)) && !isInsideFunction(at, node));
}

function isInsideFunction(node: ts.Node, loop: ts.Node): boolean {
  for (let at = node.parent; at !== loop; at = at.parent) if (ts.isFunctionLike(at)) return true;
  return false;
}

function answerName({ parent }: ts.AwaitExpression): string {
  const at = ts.isParenthesizedExpression(parent) ? parent.parent : parent;
  return ts.isVariableDeclaration(at) && ts.isIdentifier(at.name) ? at.name.text : "answer";
}

function filtered(list: ListText, test: string): ListText {
  return { ...list, mapped: (fn) => `${list.array}.filter(${test}).map(${fn})` };
}

function linesFor(
  tree: ts.SourceFile,
  node: ts.CallExpression,
  list: ListText,
  element: string,
  command: string,
  name: string,
  style: Style,
): readonly string[] {
  const { semicolon, trailingComma } = style;
  const isTyped = /\.[cm]?tsx?$/.test(tree.fileName);
  const pair = `[${element}, await ${command}]${isTyped ? " as const" : ""}`;
  const answers = dedented(list.mapped(`async ${arrow(element, style)} ${pair}`), node).map((line, i) =>
    i === 0 ? line : `\t${line}`,
  );
  const [first = "", ...rest] = answers;
  const open = `\tawait Promise.all(${first}`;
  const close = `)${trailingComma}`;
  const room = style.width - indentAt(tree.text, node.getStart(tree)).length;
  if (rest.length === 0 && room < open.length + close.length)
    return [
      `const ${name} = new Map(`,
      "\tawait Promise.all(",
      `\t\t${first}${trailingComma}`,
      `\t${close}`,
      `)${semicolon}`,
    ];
  const inner = rest.length === 0 ? [`${open}${close}`] : [open, ...rest.slice(0, -1), `${rest.at(-1) ?? ""}${close}`];
  return [`const ${name} = new Map(`, ...inner, `)${semicolon}`];
}

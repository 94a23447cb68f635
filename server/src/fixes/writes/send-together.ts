/**
 * Commands to a cache that change something, one per element and each waiting for the last: they are started in the same order, and awaited together. Clients
 * send what is started together in one go. Only loops that do nothing else are rewritten.
 */
import { ts } from "../../syntax/typescript.js";
import type { Fix, FixSources } from "../fix.js";
import type { CommandQuestion } from "../load/ask-together.js";
import { listAt } from "../load/list-text.js";
import { contains, loopScope } from "../load/loop-scope.js";
import { loopShape } from "../load/loop-shape.js";
import { dedented } from "../load/moved-text.js";
import { nodeAt } from "../nodes.js";
import { arrow, indentAt, layOut, styleOf } from "../style.js";
import { bodyOf, isPreparation } from "./write-together.js";

const NOTE =
  "All commands are sent before the first answer: after one that fails, those behind it are carried out all the same.";

/** Undefined where anything is unclear. */
export function sendTogether(question: CommandQuestion, sources: FixSources): Fix | undefined {
  const tree = sources.treeOf(question.path);
  const loop = tree === undefined ? undefined : loopShape(tree, question.loop);
  const node = tree === undefined ? undefined : nodeAt(tree, question.query, ts.isCallExpression);
  if (tree === undefined || loop === undefined || node === undefined) return undefined;
  if (loop.callback !== undefined || loop.indexed !== undefined) return undefined;
  const body = bodyOf(loop, node);
  const name = ts.isIdentifier(loop.element) ? loop.element.text : "item";
  const list = listAt(loop, loopScope(loop, name), question.isArray);
  if (body === undefined || list === undefined || !isPreparation(body) || contains(node, isOther)) return undefined;
  const { preparation, last } = body;
  const style = styleOf(tree);
  const { semicolon, trailingComma } = style;
  const element = loop.element.getText(tree);
  const comments = (at: ts.Node): readonly string[] => {
    const text = tree.text.slice(at.getFullStart(), at.getStart(tree)).trim();
    return text === "" || ts.isExpression(at) ? [] : dedented(text, at);
  };
  const command = dedented(node.getText(tree), node);
  const [open = "", close = ""] = list.mapped("\0").split("\0");
  const start = `${open}${arrow(element, style)}`;
  const lines =
    preparation.length === 0
      ? [...comments(last), ...oneByOne(start, command, close, semicolon, trailingComma)]
      : [
          "await Promise.all(",
          `\t${start} {`,
          ...preparation
            .flatMap((one) => [...comments(one), ...dedented(one.getText(tree), one)])
            .map((line) => `\t\t${line}`),
          ...[...comments(last), ...withReturn(command, semicolon)].map((line) => `\t\t${line}`),
          `\t}${close}${trailingComma}`,
          `)${semicolon}`,
        ];
  const from = loop.node.getStart(tree);
  const newText = layOut([...list.lines, ...lines], indentAt(tree.text, from), style);
  return {
    id: "send-together",
    title: "Send all commands together",
    safety: "review",
    edits: [{ path: question.path, edits: [{ start: from, end: loop.node.end, newText }] }],
    note: NOTE,
  };
}

function isOther(node: ts.Node): boolean {
  return ts.isAwaitExpression(node) || ts.isYieldExpression(node);
}

function oneByOne(start: string, command: readonly string[], close: string, semicolon: string, comma: string) {
  const [first = "", ...rest] = command;
  if (rest.length === 0) return [`await Promise.all(${start} ${first}${close})${semicolon}`];
  const inner = [...rest.slice(0, -1), `${rest.at(-1) ?? ""}${close}${comma}`].map((line) => `\t${line}`);
  return ["await Promise.all(", `\t${start} ${first}`, ...inner, `)${semicolon}`];
}

function withReturn(command: readonly string[], semicolon: string): readonly string[] {
  const [first = "", ...rest] = command;
  const lines = [`return ${first}`, ...rest];
  return [...lines.slice(0, -1), `${lines.at(-1) ?? ""}${semicolon}`];
}

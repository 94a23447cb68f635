/** The statement that asks a sibling before a loop, and what looks up in its answer. */
import type { ts } from "../../syntax/typescript.js";
import type { ListText } from "../load/list-text.js";
import { keysText } from "../load/load-lines.js";
import { camelCase, freshName, pluralOf } from "../names.js";
import { styleOf } from "../style.js";
import { type KeyedArgument, KEYS } from "./keyed-argument.js";
import type { Reached } from "./reach-sibling.js";
import type { Sibling } from "./write-sibling.js";

export interface CallParts {
  readonly tree: ts.SourceFile;
  readonly call: ts.CallExpression;
  readonly list: ListText;
  readonly keyed: KeyedArgument;
  /** Condition under which an element's key is wanted; empty for always. */
  readonly filter: string;
  readonly sibling: Sibling;
  readonly reached: Reached;
  /** What keeps the answer. */
  readonly variable: string;
  readonly indent: string;
}

export interface CallLines {
  readonly lines: readonly string[];
  readonly found: string;
}

export function callLines({ tree, list, keyed, filter, sibling, reached, variable, indent }: CallParts): CallLines {
  const style = styleOf(tree);
  const room = style.width - indent.length;
  const keys = keysText(list, keyed, filter, style, sibling.unique);
  const statement = (given: string): string => {
    const args = keyed.others.map((arg) => (arg === KEYS ? given : arg)).join(", ");
    return `const ${variable} = await ${reached.callee}(${args})${style.semicolon}`;
  };
  const key = keyed.node.getText();
  const call = `${variable}(${key})`;
  const found = sibling.form === "map" ? `${variable}.get(${key})` : sibling.waits ? `await ${call}` : call;
  const line = statement(keys);
  if (keys === list.array || line.length <= room) return { lines: [...list.lines, line], found };
  const { lastName = "key", parameter } = keyed.key;
  const single = lastName === "id" ? `${parameter}Id` : camelCase(lastName);
  const name = freshName(tree, [pluralOf(single), `${single}List`], new Set([variable]));
  return { lines: [...list.lines, `const ${name} = ${keys}${style.semicolon}`, statement(name)], found };
}

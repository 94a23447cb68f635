/** What a function that loads many is called, after the one that loads one: `getUser(id)` → `getUsersByIds(ids)`. */
import { capitalized, pluralOf, singularOf } from "../names.js";

const VERB =
  /^(get|find|load|fetch|read|retrieve|query|select|lookup|lookUp|list|resolve|require|ensure|expect)(One|Many|All|First|Unique)?(?=[A-Z]|$)/;

export interface SiblingName {
  /** In order of preference. */
  readonly wanted: readonly string[];
  /** What one of the things loaded is called, as the start of a variable's name; empty where the function does not say. */
  readonly thing: string;
}

/** @param key What the function calls its key. */
export function siblingName(name: string, key: string): SiblingName {
  const [, head = name, by = ""] = /^(\w*?)[Bb]y([A-Z]\w*)$/.exec(name) ?? [];
  const verb = VERB.exec(head);
  const noun = (verb === null ? head : head.slice(verb[0].length)).replace(/(Of|For|From)$/, "");
  const keys = capitalized(pluralOf(shortKey(by !== "" && sameWord(by, key) ? by : key, noun)));
  const lead = verb === null ? "" : verb[1] === "list" ? "list" : (verb[1] ?? "");
  const many = noun === "" ? "" : verb === null ? pluralOf(noun) : capitalized(pluralOf(noun));
  const generic = verb?.[2] === undefined ? "" : noun === "" ? "Many" : verb[2] === "All" ? "All" : "";
  const before = `${lead}${generic}${many}`;
  const best = before === "" ? `by${keys}` : `${before}By${keys}`;
  const others = [`load${many === "" ? "Many" : capitalized(many)}By${keys}`, `${name}ForMany`];
  return { wanted: [best, ...others], thing: noun === "" ? "" : lowered(singularOf(noun) ?? noun) };
}

/** `userId` of `getUser` is its `Id`. */
function shortKey(key: string, noun: string): string {
  const start = noun.toLowerCase();
  return start !== "" && key.toLowerCase().startsWith(start) && key.length > start.length
    ? key.slice(start.length)
    : key;
}

function sameWord(by: string, key: string): boolean {
  const [a, b] = [by.toLowerCase(), key.toLowerCase()];
  return a.endsWith(b) || b.endsWith(a);
}

function lowered(word: string): string {
  return /^[A-Z]{2}/.test(word) ? word : word.charAt(0).toLowerCase() + word.slice(1);
}

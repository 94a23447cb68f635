/**
 * Texts that make a backtracking matcher try everything: what leads to a repetition, then the same few characters over and over, then something that fits
 * nowhere. The patterns are those of Weideman et al., "Analyzing Matching Time Behavior of Backtracking Regular Expression Matchers" (CIAA 2016), found here by
 * trying instead of by automata.
 */
import type { AST } from "@eslint-community/regexpp";
import { createCharTest } from "./char-test.js";

/** `prefix`, `pump` any number of times, `suffix`. */
export interface Attack {
  readonly prefix: string;
  readonly pump: string;
  readonly suffix: string;
}

/** Characters worth trying beside those the pattern names. */
const COMMON = Array.from("a0 -_./@:;,<>\"'=[](){}#&?+*!\t\n\\AZz9é");
/** What hardly any pattern takes, at the end: nothing, a control character, a line of its own. */
const SUFFIXES = ["\u0001", "", "\n\u0001"];
const MAX_PUMPS = 40;

/** Attacks on a pattern, in a fixed order. `flags` as written. */
export function attacksOn(pattern: AST.Pattern, flags: AST.Flags): readonly Attack[] {
  const chars = [...new Set([...literalsOf(pattern), ...COMMON])];
  const sampler = createSampler(chars, flags);
  const places = repetitionsOf(pattern, sampler);
  const pumps = new Map<string, Pick<Attack, "prefix" | "pump">>();
  const add = (prefix: string, pump: string): void => {
    if (pump !== "" && pumps.size < MAX_PUMPS) pumps.set(`${prefix}\u0000${pump}`, { prefix, pump });
  };
  for (const { prefix, quantifier } of places) {
    // A character that several repetitions take can be shared out among them in many ways.
    for (const char of sharedChars(quantifier, places, sampler)) add(prefix, char);
    add(prefix, sampler.word(quantifier.element));
  }
  for (const { prefix, between } of places) for (const text of between) add(prefix, text);
  const whole = places.map(({ prefix }) => prefix).filter((prefix) => prefix !== "");
  for (const text of whole) add("", text);
  return [...pumps.values()].flatMap((one) => SUFFIXES.map((suffix) => ({ ...one, suffix })));
}

interface Repetition {
  readonly quantifier: AST.Quantifier;
  /** A shortest text that leads up to it. */
  readonly prefix: string;
  /** What must stand between it and the next repetitions, alone and together with what comes before. */
  readonly between: readonly string[];
}

interface Sampler {
  /** A short text the element matches; "" where none is found. */
  word(element: AST.Element): string;
  takes(element: AST.Element, char: string): boolean;
  readonly chars: readonly string[];
}

function createSampler(chars: readonly string[], flags: AST.Flags): Sampler {
  const test = createCharTest(flags);
  const takes = (element: AST.Element, char: string): boolean => {
    switch (element.type) {
      case "Character":
      case "CharacterSet":
      case "CharacterClass":
        return test(element, char);
      case "Quantifier":
        return takes(element.element, char);
      case "Group":
      case "CapturingGroup":
        return element.alternatives.some(({ elements }) => elements.some((one) => takes(one, char)));
      default:
        return false;
    }
  };
  const word = (element: AST.Element): string => {
    switch (element.type) {
      case "Character":
        return String.fromCodePoint(element.value);
      case "CharacterSet":
      case "CharacterClass":
        return firstTaken(element);
      case "Quantifier":
        return word(element.element).repeat(Math.min(element.min, 8));
      case "Group":
      case "CapturingGroup":
        return (element.alternatives[0]?.elements ?? []).map(word).join("");
      default:
        return "";
    }
  };
  return {
    chars,
    takes,
    word: (element) => word(element) || (element.type === "Quantifier" ? word(element.element) : firstTaken(element)),
  };

  function firstTaken(element: AST.Element): string {
    return chars.find((char) => takes(element, char)) ?? "";
  }
}

/** Repetitions without an upper limit, with what leads to them. */
function repetitionsOf(pattern: AST.Pattern, sampler: Sampler): readonly Repetition[] {
  const found: Repetition[] = [];
  const visit = (element: AST.Element, prefix: string, rest: readonly AST.Element[]): void => {
    if (element.type === "Quantifier") {
      if (element.max > 9) found.push({ quantifier: element, prefix, between: betweenOf(rest, sampler) });
      visit(element.element, prefix, rest);
    } else if (element.type === "Group" || element.type === "CapturingGroup" || element.type === "Assertion") {
      if ("alternatives" in element) for (const { elements } of element.alternatives) visitAll(elements, prefix);
    }
  };
  const visitAll = (elements: readonly AST.Element[], start: string): void => {
    let prefix = start;
    elements.forEach((element, index) => {
      visit(element, prefix, elements.slice(index + 1));
      prefix += requiredText(element, sampler);
    });
  };
  for (const { elements } of pattern.alternatives) visitAll(elements, "");
  return found;
}

function requiredText(element: AST.Element, sampler: Sampler): string {
  if (element.type === "Quantifier" && element.min === 0) return "";
  return element.type === "Assertion" ? "" : sampler.word(element);
}

/** What must follow a repetition, up to each of the next ones. */
function betweenOf(rest: readonly AST.Element[], sampler: Sampler): readonly string[] {
  const found: string[] = [];
  let text = "";
  for (const element of rest) {
    if (element.type === "Quantifier" && element.max > 9) found.push(text);
    text += requiredText(element, sampler);
  }
  found.push(text);
  return [...new Set(found)].slice(0, 4);
}

/** Characters that a repetition and most others take; those that more of them take come first. */
function sharedChars(quantifier: AST.Quantifier, places: readonly Repetition[], sampler: Sampler): readonly string[] {
  return sampler.chars
    .filter((char) => sampler.takes(quantifier, char))
    .map((char) => ({ char, shared: places.filter((one) => sampler.takes(one.quantifier, char)).length }))
    .sort((a, b) => b.shared - a.shared)
    .slice(0, 3)
    .map(({ char }) => char);
}

function literalsOf(pattern: AST.Pattern): readonly string[] {
  return [...new Set(pattern.raw.replaceAll(/\\./g, ""))].filter((char) => !/[\^$*+?()|]/.test(char));
}

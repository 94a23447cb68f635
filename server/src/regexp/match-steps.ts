/**
 * Counts the steps a backtracking matcher takes on a text: the same choices in the same order as V8's Irregexp without its `--enable-experimental-regexp-engine`
 * (https://tc39.es/ecma262/#sec-pattern-semantics defines the order), so that "how much longer for twice the text" is counted rather than guessed or timed.
 */
import type { AST } from "@eslint-community/regexpp";
import { createCharTest, type CharTest } from "./char-test.js";

/** A matcher in continuation style: whether the rest of the pattern matches from `at` on. */
type Next = (at: number) => boolean;
type Matcher = (at: number, next: Next) => boolean;

interface Run {
  readonly text: readonly string[];
  readonly limit: number;
  readonly captures: Map<AST.CapturingGroup, readonly [number, number]>;
  steps: number;
}

/** Ends a run that has taken its limit of steps; never leaves this file. */
class EnoughSteps extends Error {}

/** Every element of a pattern that the matcher can follow. */
export interface StepCounter {
  /** Steps of a search of the whole text, at most `limit` (which may mean many more). */
  stepsOf(text: string, limit: number): number;
}

/** Makes a counter for a pattern; undefined when it uses what the counter does not follow (looking behind, flag `v` sets). */
export function createStepCounter(pattern: AST.Pattern, flags: AST.Flags): StepCounter | undefined {
  if (flags.unicodeSets || !isFollowed(pattern)) return undefined;
  const takes = createCharTest(flags);
  return {
    stepsOf(text, limit) {
      const run: Run = { text: Array.from(text), limit, captures: new Map(), steps: 0 };
      const matcher = alternatives(pattern.alternatives, { run, flags, takes });
      try {
        for (let start = 0; start <= run.text.length; start++) {
          if (matcher(start, () => true) || flags.sticky) break;
        }
      } catch (error) {
        // A text that is too deep for the stack has cost enough as well.
        if (error instanceof EnoughSteps || error instanceof RangeError) return limit;
        throw error;
      }
      return run.steps;
    },
  };
}

function isFollowed(pattern: AST.Pattern): boolean {
  return (
    !pattern.raw.includes("(?<=") &&
    !pattern.raw.includes("(?<!") &&
    !/\(\?[a-z]*-?[a-z]*:/.test(withoutPlain(pattern.raw))
  );
}

/** `(?:` is followed; groups with flags of their own are not. */
const withoutPlain = (raw: string): string => raw.replaceAll("(?:", "(");

interface Context {
  readonly run: Run;
  readonly flags: AST.Flags;
  readonly takes: CharTest;
}

function alternatives(list: readonly AST.Alternative[], context: Context): Matcher {
  const matchers = list.map((one) => sequence(one.elements, context));
  const [only] = matchers;
  if (only !== undefined && matchers.length === 1) return only;
  return (at, next) => matchers.some((matcher) => matcher(at, next));
}

function sequence(elements: readonly AST.Element[], context: Context): Matcher {
  const matchers = elements.map((element) => matcherOf(element, context));
  return (start, next) => {
    const from = (index: number, at: number): boolean => {
      const matcher = matchers[index];
      return matcher === undefined ? next(at) : matcher(at, (after) => from(index + 1, after));
    };
    return from(0, start);
  };
}

function matcherOf(element: AST.Element, context: Context): Matcher {
  const { run } = context;
  switch (element.type) {
    case "Character":
    case "CharacterSet":
    case "CharacterClass":
    case "ExpressionCharacterClass": {
      return (at, next) => {
        count(run);
        const char = run.text[at];
        return char !== undefined && context.takes(element, char) && next(at + 1);
      };
    }
    case "Group":
      return alternatives(element.alternatives, context);
    case "CapturingGroup":
      return capturing(element, context);
    case "Quantifier":
      return repeated(element, context);
    case "Assertion":
      return asserting(element, context);
    case "Backreference":
      return referring(element, context);
  }
}

function count(run: Run): void {
  if (++run.steps > run.limit) throw new EnoughSteps();
}

function capturing(element: AST.CapturingGroup, context: Context): Matcher {
  const inner = alternatives(element.alternatives, context);
  const { captures } = context.run;
  return (at, next) =>
    inner(at, (after) => {
      const before = captures.get(element);
      captures.set(element, [at, after]);
      if (next(after)) return true;
      if (before === undefined) captures.delete(element);
      else captures.set(element, before);
      return false;
    });
}

function repeated({ element, min, max, greedy }: AST.Quantifier, context: Context): Matcher {
  const inner = matcherOf(element, context);
  return (start, next) => {
    const from = (done: number, at: number): boolean => {
      count(context.run);
      // A pass that takes nothing ends the repetition, as the standard says.
      const more = (): boolean =>
        done < max && inner(at, (after) => (after !== at || done < min) && from(done + 1, after));
      if (done < min) return more();
      return greedy ? more() || next(at) : next(at) || more();
    };
    return from(0, start);
  };
}

function asserting(element: AST.Assertion, context: Context): Matcher {
  const { run, flags } = context;
  const counted =
    (holds: (at: number) => boolean): Matcher =>
    (at, next) => {
      count(run);
      return holds(at) && next(at);
    };
  const wordAt = (at: number): boolean => /\w/.test(run.text[at] ?? "");
  switch (element.kind) {
    case "start":
      return counted((at) => at === 0 || (flags.multiline && isBreak(run.text[at - 1])));
    case "end":
      return counted((at) => at === run.text.length || (flags.multiline && isBreak(run.text[at])));
    case "word":
      return counted((at) => (wordAt(at - 1) !== wordAt(at)) !== element.negate);
    case "lookahead": {
      const inner = alternatives(element.alternatives, context);
      return counted((at) => inner(at, () => true) !== element.negate);
    }
    case "lookbehind":
      return () => false;
  }
}

const isBreak = (char: string | undefined): boolean => char !== undefined && /[\n\r\u2028\u2029]/.test(char);

function referring(element: AST.Backreference, { run }: Context): Matcher {
  const groups = Array.isArray(element.resolved) ? element.resolved : [element.resolved];
  return (at, next) => {
    const [start, end] = groups.map((group) => run.captures.get(group)).find((one) => one !== undefined) ?? [0, 0];
    for (let index = start; index < end; index++) {
      count(run);
      if (run.text[index] !== run.text[at + index - start]) return false;
    }
    return next(at + end - start);
  };
}

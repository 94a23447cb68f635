/** How the time of a regular expression grows with the text it is given, found by counting the steps of a backtracking matcher on texts made to be hard. */
import { RegExpParser } from "@eslint-community/regexpp";
import { attacksOn, type Attack } from "./attacks.js";
import { createStepCounter, type StepCounter } from "./match-steps.js";

export interface Growth {
  /** `exponential`: every few characters double it; else the power of the text's length it grows with, rounded. */
  readonly order: "exponential" | number;
  readonly attack: Attack;
  /** Steps a matcher takes on `length` characters of the attack; at most `ENDLESS`. */
  stepsAt(length: number): number;
}

/** Steps nobody waits for. V8 takes about 300 million a second (measured with Node.js 20: `/<a.*?href="(.+?)".*?>/` on 2,000 characters, 1.3 · 10⁹ steps in 3.9 s). */
const ENDLESS = 1e18;
export const STEPS_PER_SECOND = 3e8;
/** Steps given to one text, and to one expression as a whole. */
const PER_TEXT = 120_000;
const PER_EXPRESSION = 1_500_000;
const SHORT = 20;
/** An expression that needs this many times the steps for four times the text is at least cubic (64), with room for what is added to the power. */
const CUBIC = 40;
const LEAST_ORDER = 2.6;
const MAX_SOURCE = 1_000;

/**
 * The worst growth found; undefined when it is at most quadratic, or the expression cannot be followed. Quadratic ones are everywhere (`/\s+$/`) and take
 * texts of tens of thousands of characters to be felt.
 */
export function growthOf(source: string, flags: string): Growth | undefined {
  if (source.length > MAX_SOURCE) return undefined;
  const key = `${flags}/${source}`;
  const known = memo.get(key);
  if (known !== undefined) return known ?? undefined;
  const found = measure(source, flags);
  if (memo.size >= MAX_KNOWN) memo.clear();
  memo.set(key, found ?? null);
  return found;
}

/** What was found of expressions seen before, so that typing beside one does not measure it again. */
const memo = new Map<string, Growth | null>();
const MAX_KNOWN = 1_000;

function measure(source: string, flags: string): Growth | undefined {
  const parsed = parse(source, flags);
  const counter = parsed === undefined ? undefined : createStepCounter(parsed.pattern, parsed.flags);
  if (parsed === undefined || counter === undefined) return undefined;
  let left = PER_EXPRESSION;
  let worst: Growth | undefined;
  for (const attack of attacksOn(parsed.pattern, parsed.flags)) {
    const { growth, steps } = tried(counter, attack);
    left -= steps;
    if (growth !== undefined && isWorse(growth, worst)) worst = growth;
    if (left < 0 || worst?.order === "exponential") break;
  }
  return worst;
}

function parse(source: string, flags: string): ReturnType<RegExpParser["parseLiteral"]> | undefined {
  try {
    return new RegExpParser().parseLiteral(`/${source}/${flags}`);
  } catch {
    return undefined;
  }
}

function tried(counter: StepCounter, attack: Attack): { readonly growth?: Growth; readonly steps: number } {
  const text = (length: number): string =>
    attack.prefix + attack.pump.repeat(Math.round(length / attack.pump.length)) + attack.suffix;
  // A long pump must come a few times before its growth can be told from what surrounds it.
  const short = Math.max(SHORT, 4 * attack.pump.length);
  const few = counter.stepsOf(text(short), PER_TEXT);
  if (few >= PER_TEXT) return { growth: exponential(attack), steps: few };
  const long = 4 * short;
  const many = counter.stepsOf(text(long), PER_TEXT);
  const steps = few + many;
  if (few < 1 || many < few * CUBIC) return { steps };
  if (many < PER_TEXT) return { growth: power(attack, Math.log2(many / few) / 2, many, long), steps };
  // Steep, but how steep: a cubic expression is still within bounds half way.
  const half = counter.stepsOf(text(2 * short), PER_TEXT);
  const order = Math.log2(half / few);
  if (half >= PER_TEXT) return { growth: exponential(attack), steps: steps + half };
  return order < LEAST_ORDER
    ? { steps: steps + half }
    : { growth: power(attack, order, half, 2 * short), steps: steps + half };
}

function exponential(attack: Attack): Growth {
  return { order: "exponential", attack, stepsAt: (length) => (length < SHORT ? PER_TEXT : ENDLESS) };
}

function power(attack: Attack, order: number, steps: number, length: number): Growth {
  const rounded = Math.round(order);
  return {
    order: rounded,
    attack,
    stepsAt: (wanted) => Math.min(ENDLESS, steps * Math.pow(wanted / length, rounded)),
  };
}

function isWorse(one: Growth, other: Growth | undefined): boolean {
  if (other === undefined) return true;
  if (one.order === "exponential" || other.order === "exponential") return other.order !== "exponential";
  return other.stepsAt(1_000) < one.stepsAt(1_000);
}

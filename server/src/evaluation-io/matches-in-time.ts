/** Regular expressions of suites, stopped when they take too long: a pattern can be written so that it never ends. */
import { createContext, Script } from "node:vm";

const LIMIT_MS = 250;

/** Whether it matches; undefined when it takes too long to say. */
export function matchesInTime(source: string, flags: string, text: string): boolean | undefined {
  // The engine checks for time-outs inside a match only when the match runs inside a script of its own. That script is ours, and fixed.
  const context = createContext({ pattern: new RegExp(source, flags), text, found: false });
  try {
    return new Script("found = pattern.test(text)").runInContext(context, { timeout: LIMIT_MS }) as boolean;
  } catch {
    return undefined;
  }
}

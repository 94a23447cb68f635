/** Regular expressions known to be steep are found with a text that shows it; those known to be harmless, or merely quadratic, are not. */
import { describe, expect, it } from "vitest";
import { growthOf, STEPS_PER_SECOND } from "../server/src/regexp/growth.js";

const exponential: readonly (readonly [string, string])[] = [
  ["^(a+)+$", ""],
  ["^(a|aa)+$", ""],
  ["^(a|a?)+$", ""],
  ["^(.*a){12}$", ""],
  ["^\\w+([.-]?\\w+)*@\\w+([.-]?\\w+)*(\\.\\w{2,3})+$", ""],
  [
    "^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$",
    "",
  ],
  ["^(([a-z])+.)+[A-Z]([a-z])+$", ""],
  ["^(?:(?:\\d+)*,?)*$", ""],
];

const cubic: readonly (readonly [string, string])[] = [
  ["^\\S+@\\S+\\.\\S+$", ""],
  ["<a.*?href=['\"](.+?)['\"].*?>(.*?)<\\/a>", "gi"],
  ["admin\\/(.+?)\\/(.+?)$", ""],
  ["^(.*),(.*),(.*)$", ""],
];

const harmless: readonly (readonly [string, string])[] = [
  ["^[a-z]+-[a-z]+$", ""],
  ["^(\\d+,)*\\d+$", ""],
  ["\\s+$", ""],
  ["^\\s+|\\s+$", "g"],
  ["(?:[ \\t]*[\\n\\r]+[ \\t]*)+", "g"],
  ["\\b[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}\\b", "i"],
  ["^https:\\/\\/trello\\.com\\/(c|b)\\/([^/]*)(.*)?$", ""],
  [
    '^(([^<>()\\[\\]\\\\.,;:\\s@"]+(\\.[^<>()\\[\\]\\\\.,;:\\s@"]+)*)|(".+"))@((\\[[0-9]{1,3}\\])|(([a-zA-Z\\-0-9]+\\.)+[a-zA-Z]{2,}))$',
    "",
  ],
  ["^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", "i"],
];

describe("growth of regular expressions", () => {
  it.each(exponential)("/%s/%s doubles with every few characters", (source, flags) => {
    expect(growthOf(source, flags)?.order).toBe("exponential");
  });

  it.each(cubic)("/%s/%s takes the cube of the length at least", (source, flags) => {
    const growth = growthOf(source, flags);
    expect(growth?.order).toBeGreaterThanOrEqual(3);
    expect(growth?.stepsAt(5_000)).toBeGreaterThan(STEPS_PER_SECOND);
  });

  it.each(harmless)("/%s/%s is left alone", (source, flags) => {
    expect(growthOf(source, flags)).toBeUndefined();
  });

  it("what cannot be read or followed is left alone", () => {
    expect(growthOf("(a+", "")).toBeUndefined();
    expect(growthOf("(?<=a+)+b+c+", "")).toBeUndefined();
    expect(growthOf(`${"(a+)+".repeat(300)}$`, "")).toBeUndefined();
    expect(growthOf("(a+)+$", "zz")).toBeUndefined();
  });
});

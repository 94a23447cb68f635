/**
 * The Test Anything Protocol, versions 12 to 14. The outermost level is what counts: it sums up what is nested. Of a test that failed, the message
 * names what failed inside it, whether its subtests stand before it (as TAP 14 and Node have it) or in braces after it (as Vitest does).
 */
import type { CommandResults, TestResult } from "./test-results.js";

const LINE = /^( *)(not )?ok\b(?:\s+(\d+))?(?:\s+-)?[ \t]*(.*)$/;
const PLAN = /^1\.\.(\d+)/;
const DIRECTIVE = /\s*#\s*(skip|todo)\b.*$/i;
/** Added to a name by tools. */
const TIME = /\s*#\s*time=[\d.]+m?s\s*$/;
const SHOWN = 500;

export function readTap(text: string): CommandResults | string {
  const reading: Reading = { tests: [], failures: [], open: [], block: undefined, planned: undefined };
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith("Bail out!"))
      return { tests: [...testsOf(reading), { name: line, status: "failed", message: line }] };
    readLine(reading, line);
  }
  const tests = testsOf(reading);
  const { planned } = reading;
  if (planned === undefined && tests.length === 0) return "they are no TAP: there is neither a plan nor a test in them";
  if (planned !== undefined && tests.length < planned) {
    tests.push({ name: "the plan", status: "failed", message: `${planned} tests were planned, ${tests.length} ran` });
  }
  return { tests };
}

/** Something that failed, inside or outermost, with what is said about it. */
interface Failure {
  level: number;
  name: string;
  readonly said: { error?: string; expected?: string; actual?: string };
}

interface Outermost {
  readonly name: string;
  readonly status: TestResult["status"];
  failures: readonly Failure[];
}

interface Reading {
  readonly tests: Outermost[];
  /** Not yet given to the test around them. */
  failures: Failure[];
  /** Tests whose subtests follow in braces. */
  readonly open: { readonly level: number; readonly name: string; readonly failed: boolean; readonly from: number }[];
  /** Whose details the present lines are, and whether they are YAML. */
  block: { readonly of: Failure | undefined; yaml: boolean } | undefined;
  planned: number | undefined;
}

function readLine(reading: Reading, line: string): void {
  const { block } = reading;
  if (block?.yaml === true) {
    if (/^\s*\.\.\.\s*$/.test(line)) reading.block = undefined;
    else if (block.of !== undefined) readDetail(block.of, line);
    return;
  }
  if (/^\s*---\s*$/.test(line) && block !== undefined) {
    block.yaml = true;
    return;
  }
  const plan = PLAN.exec(line);
  if (plan !== null) reading.planned = Number(plan[1]);
  const brace = /^( *)\}\s*$/.exec(line);
  if (brace !== null) closeBrace(reading, brace[1]?.length ?? 0);
  const test = LINE.exec(line);
  if (test !== null) readTest(reading, test);
  else if (/^\s+\S/.test(line) && block?.of !== undefined && !/^\s*#/.test(line)) block.of.said.error ??= line.trim();
}

function readTest(reading: Reading, [, indent = "", not, number, rest = ""]: RegExpExecArray): void {
  const level = indent.length;
  const braced = rest.endsWith("{");
  const said = rest.replace(/\s*\{$/, "").replace(TIME, "");
  const directive = DIRECTIVE.test(said);
  const name = said.replace(DIRECTIVE, "") || `test ${number ?? reading.tests.length + 1}`;
  // What is still to be done may fail; that is what the mark is for.
  const failed = not !== undefined && !directive;
  const inside = takeInside(reading, level, 0);
  const own: Failure = { level, name, said: {} };
  if (braced) reading.open.push({ level, name, failed, from: reading.failures.length });
  else if (failed) reading.failures.push(...around(own, inside));
  reading.block = { of: failed && !braced && inside.length === 0 ? own : undefined, yaml: false };
  if (level !== 0) return;
  const status = directive ? "skipped" : failed ? "failed" : "passed";
  reading.tests.push({ name, status, failures: braced ? [] : reading.failures });
  if (!braced) reading.failures = [];
}

function closeBrace(reading: Reading, level: number): void {
  const at = reading.open.findLastIndex((one) => one.level === level);
  const [closed] = at < 0 ? [] : reading.open.splice(at);
  if (closed === undefined) return;
  const inside = takeInside(reading, level, closed.from);
  if (closed.failed) reading.failures.push(...around({ level, name: closed.name, said: {} }, inside));
  const last = reading.tests.at(-1);
  if (level !== 0 || last === undefined) return;
  last.failures = reading.failures;
  reading.failures = [];
}

/** Takes out what failed deeper than `level`. */
function takeInside(reading: Reading, level: number, from: number): Failure[] {
  const inside = reading.failures.filter((one, index) => from <= index && level < one.level);
  if (0 < inside.length) reading.failures = reading.failures.filter((one) => !inside.includes(one));
  return inside;
}

/** A test fails with what is in it, or by itself. */
function around(own: Failure, inside: readonly Failure[]): readonly Failure[] {
  if (inside.length === 0) return [own];
  return inside.map((one) => ({
    ...one,
    level: own.level,
    name: own.level === 0 ? one.name : `${own.name} > ${one.name}`,
  }));
}

const DETAIL = /^\s*(error|message|expected|actual|found|wanted):\s*(.*)$/;
const MEANS: Readonly<Record<string, "error" | "expected" | "actual">> = {
  error: "error",
  message: "error",
  expected: "expected",
  wanted: "expected",
  actual: "actual",
  found: "actual",
};

function readDetail({ said }: Failure, line: string): void {
  const [, key = "", value = ""] = DETAIL.exec(line) ?? [];
  const means = MEANS[key];
  const text = value.replace(/^(["'])(.*)\1$/, "$2").trim();
  // The beginning of a text over several lines says nothing by itself.
  if (means !== undefined && text !== "" && !/^(?:[|>][-+]?|["'{[])$|^["'][{[]?$/.test(text)) said[means] ??= text;
}

function testsOf({ tests }: Reading): TestResult[] {
  return tests.map(({ name, status, failures }) => {
    const message = failures
      .map((one) => [...(one.name === name ? [] : [one.name]), ...detailOf(one)].join(": "))
      .filter((part) => part !== "")
      .join("; ");
    return { name, status, ...(status === "failed" && message !== "" ? { message: message.slice(0, SHOWN) } : {}) };
  });
}

function detailOf({ said: { error, expected, actual } }: Failure): string[] {
  if (error !== undefined) return [error];
  return expected === undefined && actual === undefined
    ? []
    : [`expected ${expected ?? "nothing"}, got ${actual ?? "nothing"}`];
}

/** The Test Anything Protocol, versions 12 to 14. Only the outermost level counts: it sums up what is nested. */
import type { CommandResults, TestResult } from "./test-results.js";

const TEST = /^(not )?ok\b(?:\s+(\d+))?(?:\s+-)?\s*(.*)$/;
const PLAN = /^1\.\.(\d+)/;
const DIRECTIVE = /\s*#\s*(skip|todo)\b.*$/i;

export function readTap(text: string): CommandResults | string {
  const tests: TestResult[] = [];
  let planned: number | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith("Bail out!")) return { tests: [...tests, { name: line, status: "failed", message: line }] };
    const plan = PLAN.exec(line);
    if (plan !== null) planned = Number(plan[1]);
    const test = TEST.exec(line);
    if (test === null) continue;
    const [, not, number, said = ""] = test;
    const directive = DIRECTIVE.exec(said)?.[1]?.toLowerCase();
    const name = said.replace(DIRECTIVE, "") || `test ${number ?? tests.length + 1}`;
    // What is still to be done may fail; that is what the mark is for.
    const status = directive !== undefined ? "skipped" : not === undefined ? "passed" : "failed";
    tests.push({ name, status });
  }
  if (planned === undefined && tests.length === 0) return "they are no TAP: there is neither a plan nor a test in them";
  if (planned !== undefined && tests.length < planned) {
    tests.push({ name: "the plan", status: "failed", message: `${planned} tests were planned, ${tests.length} ran` });
  }
  return { tests };
}

/** Results as real tools wrote them: Node's test runner, Vitest, tape, Mocha. */
import { expect, test } from "vitest";
import { readResults, type ResultForm, type TestResult } from "../../server/src/evaluation/command/test-results.js";

function read(form: ResultForm, text: string): readonly TestResult[] {
  const results = readResults(form, text);
  if (typeof results === "string") throw new Error(results);
  return results.tests;
}

test("TAP of Node names the subtest that failed, and leaves what is to be done", () => {
  const text = `TAP version 13
# Subtest: adds
ok 1 - adds
  ---
  duration_ms: 0.910118
  ...
# Subtest: nested
    # Subtest: inner ok
    ok 1 - inner ok
    # Subtest: inner broken
    not ok 2 - inner broken
      ---
      location: '/t/c.node.mjs:2:99'
      failureType: 'testCodeFailure'
      error: '1 == 2'
      expected: 2
      actual: 1
      stack: |-
        not ok 9 - a line of the stack
      ...
    1..2
not ok 2 - nested
  ---
  failureType: 'subtestsFailed'
  error: '1 subtest failed'
  ...
ok 3 - later # SKIP not now
not ok 4 - todo one # ${"TO" + "DO"}
  ---
  error: '1 == 2'
  ...
1..4
`;
  expect(read("tap", text)).toEqual([
    { name: "adds", status: "passed" },
    { name: "nested", status: "failed", message: "inner broken: 1 == 2" },
    { name: "later", status: "skipped" },
    { name: "todo one", status: "skipped" },
  ]);
});

test("TAP of Vitest nests in braces", () => {
  const text = `TAP version 13
1..2
not ok 1 - t/a.test.mjs # time=7.26ms {
    1..1
    not ok 1 - sums # time=6.68ms {
        1..3
        ok 1 - adds # time=1.30ms
        not ok 2 - breaks # time=4.48ms
            ---
            error:
                name: "AssertionError"
                message: "expected { a: 1 } to deeply equal { a: 2 }"
            actual: "{
  \\"a\\": 1,
}"
            ...
        ok 3 - later # SKIP
    }
}
ok 2 - t/b.test.mjs # time=1.00ms {
    1..1
    ok 1 - fine # time=1.30ms
}
`;
  expect(read("tap", text)).toEqual([
    {
      name: "t/a.test.mjs",
      status: "failed",
      message: "sums > breaks: expected { a: 1 } to deeply equal { a: 2 }",
    },
    { name: "t/b.test.mjs", status: "passed" },
  ]);
});

test("TAP of tape and Mocha says what was expected", () => {
  const tape = `TAP version 13
# t
ok 1 same
not ok 2 not same
  ---
    operator: equal
    expected: 2
    actual:   1
  ...

1..2
`;
  const failed = { status: "failed", name: "not same", message: "expected 2, got 1" };
  expect(read("tap", tape)[1]).toEqual(failed);
  const mocha = "ok 1 m ok\nnot ok 2 m no\n  1 == 2\n  AssertionError [ERR_ASSERTION]: 1 == 2\n# tests 2\n1..2\n";
  expect(read("tap", mocha)[1]).toEqual({ status: "failed", name: "m no", message: "1 == 2" });
});

test("JUnit of Node: what is to be done may fail", () => {
  const text = `<testsuites>
  <testcase name="todo one" time="0.1" classname="test" failure="1 == 2">
    <skipped type="todo" message="true"/><failure type="testCodeFailure" message="1 == 2">stack</failure>
  </testcase>
  <testsuite name="nested"><testcase name="broken" classname="test"><failure message="1 == 2">stack</failure></testcase></testsuite>
</testsuites>`;
  expect(read("junit", text)).toEqual([
    { name: "test todo one", status: "skipped", ms: 100 },
    { name: "test broken", status: "failed", message: "1 == 2" },
  ]);
});

/** Prompt cases against a real endpoint that has good days and bad ones. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EvaluateOptions } from "../../server/src/evaluation-io/evaluate.js";
import { startModelServer, type ModelServer } from "../harness/model-server.js";
import { refusalOf, runSuite, type RanSuite } from "../harness/run-suite.js";
import { temporaryWorkspace, type TemporaryWorkspace } from "../harness/temporary-workspace.js";

const state: { server: ModelServer; workspace: TemporaryWorkspace } = {} as never;
beforeEach(async () => {
  state.server = await startModelServer();
  state.workspace = temporaryWorkspace();
});
afterEach(async () => {
  await state.server.close();
  await state.workspace.dispose();
});

const KEY = "sk-very-secret-0123456789";

const env = { MODEL_KEY: KEY };

const run = (suite: string, options: Partial<EvaluateOptions> = {}): Promise<RanSuite> =>
  runSuite(state.workspace, suite, { env, ...options });

/** A suite with one provider and one case for each model, under the model's first word. */
function suiteOf(models: readonly string[], more = "", settings = "timeoutSeconds: 2"): string {
  return [
    `settings: { ${settings} }`,
    "providers:",
    ...models.map(
      (model) =>
        `  - { id: ${model.split(":")[0]}, type: openai, url: "${state.server.url}", model: "${model}", keyEnv: MODEL_KEY${more} }`,
    ),
    "cases:",
    ...models.map(
      (model) =>
        `  - { id: ${model.split(":")[0]}, kind: prompt, providers: [${model.split(":")[0]}], prompt: "Hello {{name}}", variables: { name: Zoë }, assert: [{ type: contains, value: Zoë }] }`,
    ),
  ].join("\n");
}

const MODELS = [
  "good",
  "limited:2",
  "hanging",
  "trickling",
  "dropping:1",
  "breaking",
  "malformed",
  "empty",
  "refusing",
  "unavailable",
];
const WANTED = {
  good: "passed",
  limited: "passed",
  hanging: "timeout",
  trickling: "timeout",
  dropping: "passed",
  breaking: "error",
  malformed: "error",
  empty: "error",
  refusing: "error",
  unavailable: "error",
};

describe.each([
  ["whole", ""],
  ["streamed", ", parameters: { stream: true }"],
])("%s replies", (_, more) => {
  test("every case ends in the right state, and nothing hangs past its limit", async () => {
    const started = performance.now();
    const { results, of, report } = await run(suiteOf(MODELS, more, "timeoutSeconds: 3, retries: 1, concurrency: 10"));
    expect(Object.fromEntries(results.map(({ id, status }) => [id, status]))).toEqual(WANTED);
    // The limit is 3 s; a slow machine may need long for the rest, and a case that hangs would never end.
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(of("good")).toMatchObject({ output: "You said: Hello Zoë", metrics: { inputTokens: 10, outputTokens: 5 } });
    // Being asked to wait is no failed attempt, so one retry is enough for two such answers.
    expect(of("limited")?.attempts).toBe(3);
    expect(of("limited")?.durationMs).toBeGreaterThanOrEqual(590);
    expect(of("malformed")?.messages[0]?.text).toBe("malformed: the endpoint's reply is no JSON");
    expect(of("unavailable")?.messages[0]?.text).toBe("unavailable: the endpoint answered 503: overloaded");
    expect(report.ok).toBe(false);
  });
});

test.each(["", ", parameters: { stream: true }"])(
  "Anthropic's endpoint is spoken to in its own way%s",
  async (more) => {
    const suite = suiteOf(["good"], `${more}, price: { inputPerMillion: 1, outputPerMillion: 2 }`).replace(
      "type: openai",
      "type: anthropic",
    );
    const { of } = await run(suite);
    expect(of("good")).toMatchObject({
      status: "passed",
      output: "You said: Hello Zoë",
      metrics: { inputTokens: 10, outputTokens: 5, cost: 0.00002 },
    });
  },
);

test.each(["openai", "anthropic"])("a conversation goes to %s as it stands", async (type) => {
  state.workspace.write({
    "talk.json": '[{"role":"system","content":"Be {{tone}}"},{"role":"user","content":"Hi {{name}}"}]',
  });
  const written =
    "{ id: own, messages: [{ role: user, content: One }, { role: assistant, content: Two }, { role: user, content: Three }] }";
  const { results } = await run(`
settings: { concurrency: 1 }
providers: [{ id: good, type: ${type}, url: "${state.server.url}", model: good, keyEnv: MODEL_KEY }]
cases:
  - { id: a, title: talks, kind: prompt, repeat: 2, prompts: [{ id: file, file: talk.json }, ${written}], variables: { tone: kind, name: Zoë }, threshold: 0.5, assert: [{ type: contains, value: You said }, { type: contains, value: nowhere }] }
`);
  expect(results.map(({ title, status, score, output }) => [title, status, score, output])).toEqual([
    ["talks / file", "passed", 0.5, "You said: Hi Zoë"],
    ["talks / file #2", "passed", 0.5, "You said: Hi Zoë"],
    ["talks / own", "passed", 0.5, "You said: Three"],
    ["talks / own #2", "passed", 0.5, "You said: Three"],
  ]);
  const bodies = state.server.seen.get("good")?.map(({ body }) => body);
  const said = [{ role: "user", content: "Hi Zoë" }];
  expect(bodies?.[0]).toMatchObject(
    type === "openai"
      ? { messages: [{ role: "system", content: "Be kind" }, ...said] }
      : { system: "Be kind", messages: said },
  );
  expect(bodies?.[2]).toMatchObject({ messages: [{ content: "One" }, { role: "assistant" }, { content: "Three" }] });
});

test("keys reach the endpoint and nothing else", async () => {
  const { report, of } = await run(suiteOf(["refusing", "good"]));
  expect(state.server.seen.get("good")?.[0]?.authorization).toBe(`Bearer ${KEY}`);
  expect(of("refusing")?.messages[0]?.text).toBe("refusing: the endpoint answered 400: bad key Bearer •••");
  expect(JSON.stringify([...report.results()])).not.toContain(KEY);
});

test("the second run is answered from the cache, repeats and changed prompts are not", async () => {
  const suite = suiteOf(["good"]);
  await run(suite);
  const second = await run(suite);
  expect([second.report.summary.metrics.cacheHits, state.server.seen.get("good")?.length]).toEqual([1, 1]);
  // A changed expectation is judged anew without asking again.
  const stricter = await run(suite.replace("value: Zoë", "value: Bob"));
  expect([stricter.of("good")?.status, state.server.seen.get("good")?.length]).toEqual(["failed", 1]);
  await run(suite.replace("Hello", "Good evening"));
  expect(state.server.seen.get("good")).toHaveLength(2);
  await run(suite.replace("kind: prompt", "kind: prompt, repeat: 4"));
  expect(state.server.seen.get("good")).toHaveLength(5);
  await run(suite, { noCache: true });
  expect(state.server.seen.get("good")).toHaveLength(6);
});

test("concurrency is what the suite says, and what the environment says before it", async () => {
  const rows = JSON.stringify(Array.from({ length: 24 }, (_, i) => ({ n: i })));
  const suite = `settings: { concurrency: 3 }
providers: [{ id: p, type: openai, url: "${state.server.url}", model: "good:20" }]
cases: [{ id: a, kind: prompt, prompt: "{{n}}", variables: ${rows} }]`;
  await run(suite, { noCache: true });
  expect(state.server.load.most).toBe(3);
  state.server.load.most = 0;
  await run(suite, { noCache: true, env: { MAX_CONCURRENT_REQUESTS: "8" } });
  expect(state.server.load.most).toBe(8);
});

test("a rate limit spaces requests out", async () => {
  const suite = `providers: [{ id: p, type: openai, url: "${state.server.url}", model: good, requestsPerMinute: 240 }]
cases: [{ id: a, kind: prompt, prompt: "{{n}}", variables: ${JSON.stringify(Array.from({ length: 26 }, (_, n) => ({ n })))} }]`;
  await run(suite, { concurrency: 20 });
  const times = state.server.seen.get("good")!.map(({ at }) => at);
  // Twenty at once (five seconds' worth), then one every quarter of a second.
  expect(times).toHaveLength(26);
  expect(times[25]! - times[0]!).toBeGreaterThan(1300);
  // One by one they would have taken almost five.
  expect(times[19]! - times[0]!).toBeLessThan(4000);
});

test("a provider that keeps failing is left alone, and its fallback answers", async () => {
  const suite = `settings: { concurrency: 1, retries: 0 }
providers:
  - { id: bad, type: openai, url: "${state.server.url}", model: unavailable, fallback: good }
  - { id: good, type: openai, url: "${state.server.url}", model: good }
cases: [{ id: a, kind: prompt, providers: [bad], prompt: "{{n}}", variables: ${JSON.stringify(Array.from({ length: 12 }, (_, n) => ({ n })))} }]`;
  const { results } = await run(suite);
  expect(results.map(({ status }) => status)).toEqual([
    ...Array.from({ length: 5 }, () => "error"),
    ...Array.from({ length: 7 }, () => "passed"),
  ]);
  expect(state.server.seen.get("unavailable")).toHaveLength(5);
});

test("replies are recorded, and replayed without the endpoint", async () => {
  const live = suiteOf(["good"]).replace("keyEnv: MODEL_KEY", "recording: replies.jsonl");
  await run(live);
  expect(existsSync(path.join(state.workspace.root, "replies.jsonl"))).toBe(true);
  await state.server.close();
  const replay = `providers: [{ id: r, type: replay, recording: replies.jsonl }]
cases:
  - { id: known, kind: prompt, prompt: "Hello Zoë", assert: [{ type: equals, value: "You said: Hello Zoë" }] }
  - { id: unknown, kind: prompt, prompt: "Never asked" }`;
  const { of } = await run(replay);
  expect(of("known")?.status).toBe("passed");
  expect(of("unknown")?.messages[0]?.text).toContain("has not been recorded");
});

test("a grade comes from a model, once for each reply", async () => {
  const suite = `providers:
  - { id: p, type: echo }
  - { id: g, type: openai, url: "${state.server.url}", model: grading }
cases:
  - { id: a, kind: prompt, providers: [p], prompt: please, assert: [{ type: rubric, value: is polite, provider: g, threshold: 0.7 }] }
  - { id: b, kind: prompt, providers: [p], prompt: please, assert: [{ type: rubric, value: is polite, provider: g, threshold: 0.8 }] }`;
  const { of } = await run(suite, { concurrency: 1 });
  expect(of("a")).toMatchObject({ status: "passed", score: 0.75 });
  expect(of("b")?.messages[0]).toMatchObject({ text: "rubric: polite enough" });
  expect(state.server.seen.get("grading")).toHaveLength(1);
});

test("cancelling ends the requests that are open", async () => {
  const stop = new AbortController();
  const started = performance.now();
  setTimeout(() => stop.abort(new Error("enough")), 200);
  const { report } = await runSuite(
    state.workspace,
    suiteOf(["hanging"], "", "timeoutSeconds: 60"),
    { env },
    stop.signal,
  );
  expect(report.figures.state).toBe("cancelled");
  expect(performance.now() - started).toBeLessThan(20_000);
  expect(state.server.load.now).toBe(0);
});

describe("what keeps a provider from being used is said before anything runs", () => {
  const refusal = (suite: string, options: Partial<EvaluateOptions> = {}): Promise<unknown> =>
    refusalOf(state.workspace, suite, { env, ...options });

  test("a missing key, an untrusted folder, a strange host", async () => {
    expect(await refusal(suiteOf(["good"]), { env: {} })).toMatchObject({
      problems: [{ line: 3, message: "the key is missing: set the environment variable MODEL_KEY" }],
    });
    expect(await refusal(suiteOf(["good"]), { trusted: false })).toMatchObject({
      problems: [{ message: expect.stringContaining("trusted folders only") as string }],
    });
    const strange = suiteOf(["good"]).replace("127.0.0.1", "models.example.com");
    expect(await refusal(strange)).toMatchObject({ problems: [], askHosts: ["models.example.com"] });
    expect(await refusal(strange, { allowedHosts: ["models.example.com"] })).toBeUndefined();
  });

  test("variables that nothing gives, files outside the project", async () => {
    expect(
      await refusal("providers: [{ id: e, type: echo }]\ncases: [{ id: a, kind: prompt, prompt: '{{x}}' }]"),
    ).toMatchObject({
      problems: [{ message: "the prompt uses `x`, which no variable gives" }],
    });
    expect(
      await refusal(
        "providers: [{ id: e, type: echo }]\ncases: [{ id: a, kind: prompt, prompt: { file: /etc/passwd } }]",
      ),
    ).toMatchObject({ problems: [{ message: expect.stringContaining("it lies outside the project") as string }] });
  });
});

test("variables from CSV and JSONL files", async () => {
  state.workspace.write({
    "rows.csv": 'name,wish\r\nAnn,"tea, ""hot"""\r\nBob,\r\n',
    "rows.jsonl": '{"name":"Cy","wish":{"a":1}}\n\n',
  });
  const suite = (file: string): string =>
    `providers: [{ id: e, type: echo }]\ncases: [{ id: a, kind: prompt, prompt: "{{name}}: {{wish}}", variables: ${file} }]`;
  expect((await run(suite("rows.csv"))).results.map(({ output }) => output)).toEqual(['Ann: tea, "hot"', "Bob: "]);
  expect((await run(suite("rows.jsonl"))).results.map(({ output }) => output)).toEqual(['Cy: {"a":1}']);
});

test("journal and cache hold every result whole, and no key", async () => {
  const { report, results } = await run(suiteOf(["good", "refusing"]));
  expect(results).toHaveLength(report.summary.total);
  const folder = path.join(state.workspace.cache, "evaluations");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.(?:jsonl|log)$/.test(name),
  );
  expect(files).toHaveLength(2);
  for (const file of files) expect(readFileSync(path.join(folder, file), "utf8")).not.toContain(KEY);
});

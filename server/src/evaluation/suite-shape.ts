/** What a suite file may hold. Validation, the JSON schema and the reference in the documentation come from this table. */
import { ASSERTION_TYPES } from "./suite.js";
import type { Field, RecordShape, Shape } from "./shape.js";

const text: Shape = { kind: "text" };
const share: Shape = { kind: "number", min: 0, max: 1 };
const positive: Shape = { kind: "number", min: 0 };
const texts: Shape = { kind: "list", of: text };
const id: Shape = { kind: "text", pattern: /^[\w][\w./ -]{0,99}$/, example: "orders-list" };
const count = (min: number, max: number): Shape => ({ kind: "number", integer: true, min, max });
const record = (fields: Readonly<Record<string, Field>>): RecordShape => ({ kind: "record", fields });

const scores: Readonly<Record<string, Field>> = {
  precision: { shape: share, doc: "Share of the findings that are right, 0 to 1." },
  recall: { shape: share, doc: "Share of the labels that are found, 0 to 1." },
  f1: { shape: share, doc: "Harmonic mean of precision and recall, 0 to 1." },
};

const thresholds = record({
  passRate: { shape: share, doc: "Share of the cases that must pass, weighted; 1 unless detection scores are given." },
  errorRate: { shape: share, doc: "Share of the cases that may end in an error or a time-out; 0.05 by default." },
  p95Ms: { shape: positive, doc: "Milliseconds that 95 % of the cases must stay under." },
  ...scores,
  families: { shape: { kind: "map", of: record(scores) }, doc: "Scores each family of rules must reach." },
});

const choose = record({
  minScore: { shape: share, doc: "Lowest mean score that is acceptable, 0 to 1." },
  maxP95Ms: { shape: positive, doc: "Highest 95th percentile of the time a reply takes, milliseconds." },
  maxCost: { shape: positive, doc: "Highest cost of all cases together, in the currency of the prices." },
});

const running: Readonly<Record<string, Field>> = {
  timeoutSeconds: { shape: { kind: "number", min: 0.01, max: 86_400 }, doc: "Time limit of a case; 300 by default." },
  retries: { shape: count(0, 20), doc: "How often a failed attempt is repeated when that may help; 2 by default." },
  repeat: { shape: count(1, 1000), doc: "How often each case runs; repeats are never answered from the cache." },
};

const settings = record({
  concurrency: { shape: count(1, 1000), doc: "How many cases run at once; 5 by default." },
  ...running,
  cache: { shape: { kind: "boolean" }, doc: "Whether results are remembered between runs; true by default." },
});

const provider = record({
  id: { shape: id, required: true, doc: "Name by which cases refer to it." },
  type: {
    shape: { kind: "text", oneOf: ["openai", "anthropic", "replay", "echo"] },
    required: true,
    doc: "`openai` for any OpenAI-compatible endpoint, `anthropic`, `replay` for recorded replies, `echo` to get the prompt back.",
  },
  url: {
    shape: { kind: "text", pattern: /^https?:\/\//, example: "http://127.0.0.1:11434/v1" },
    doc: "Base address of the endpoint.",
  },
  model: { shape: text, doc: "Model the endpoint is asked for." },
  keyEnv: {
    shape: { kind: "text", pattern: /^[A-Z][A-Z0-9_]*$/, example: "OPENAI_API_KEY" },
    doc: "Environment variable with the key. A key itself never stands in a suite.",
  },
  parameters: { shape: { kind: "map", of: { kind: "any" } }, doc: "Sent with every request, such as `temperature`." },
  requestsPerMinute: { shape: { kind: "number", min: 0.01 }, doc: "Requests a minute that are not exceeded." },
  recording: { shape: text, doc: "File of recorded replies: read by `replay`, written by the other types." },
  fallback: { shape: id, doc: "Provider that takes over while this one keeps failing." },
  price: {
    shape: record({
      inputPerMillion: { shape: positive, doc: "Price of a million input tokens." },
      outputPerMillion: { shape: positive, doc: "Price of a million output tokens." },
    }),
    doc: "Prices that `cost` is computed from.",
  },
});

const assertion = record({
  type: { shape: { kind: "text", oneOf: ASSERTION_TYPES }, required: true, doc: "What is asserted about the reply." },
  value: { shape: { kind: "any" }, doc: "What the reply is held against." },
  not: { shape: { kind: "boolean" }, doc: "Asserts the opposite." },
  ignoreCase: { shape: { kind: "boolean" }, doc: "Whether upper and lower case are the same." },
  threshold: { shape: positive, doc: "Lowest similarity or grade (0 to 1), or highest latency (ms) or cost." },
  weight: { shape: positive, doc: "Share in the score of the case; 1 by default." },
  provider: { shape: id, doc: "Provider that grades a `rubric`." },
});

const base: Readonly<Record<string, Field>> = {
  id: { shape: id, required: true, doc: "Name of the case, unique in the suite and what it includes." },
  kind: { shape: text, required: true, doc: "detect, prompt, http, sql or command." },
  title: { shape: text, doc: "What the case is about." },
  category: { shape: text, doc: "Group the results are also summed up by." },
  weight: { shape: positive, doc: "Share in the score of the suite; 1 by default." },
  ...running,
};

const detect = record({
  ...base,
  files: {
    shape: { kind: "list", of: text, min: 1 },
    doc: "Case files (Markdown with labelled code); `*` stands for any part of a name.",
  },
  folder: { shape: text, doc: "Folder of code that is analyzed as one project." },
  labels: {
    shape: {
      kind: "either",
      of: [
        text,
        {
          kind: "list",
          of: record({
            file: { shape: text, required: true, doc: "File, relative to the folder." },
            line: { shape: count(1, 10_000_000), required: true, doc: "Line of the finding." },
            expect: { shape: text, required: true, doc: "Rule or family that is expected." },
          }),
        },
      ],
    },
    doc: "Findings expected in the folder, or a JSON or YAML file with that list.",
  },
  rules: { shape: texts, doc: "Only these rules or families." },
});

const message = record({
  role: {
    shape: { kind: "text", oneOf: ["system", "user", "assistant"] },
    required: true,
    doc: "Who says it: system, user or assistant.",
  },
  content: { shape: text, required: true, doc: "What is said." },
});

const promptText: Shape = {
  kind: "either",
  of: [
    text,
    record({
      id: { shape: id, doc: "Name of the prompt." },
      text: { shape: text, doc: "The prompt; `{{name}}` stands for a variable." },
      file: { shape: text, doc: "File with the prompt; a JSON or YAML file holds a conversation." },
      messages: {
        shape: { kind: "list", of: message, min: 1 },
        doc: "A conversation, sent in place of one prompt; `{{name}}` stands for a variable.",
      },
    }),
  ],
};

const prompt = record({
  ...base,
  system: { shape: text, doc: "Instructions given before the prompt." },
  prompt: { shape: promptText, doc: "The prompt; `{{name}}` stands for a variable." },
  prompts: {
    shape: { kind: "list", of: promptText, min: 1 },
    doc: "Several prompts, each tried with everything else.",
  },
  variables: {
    shape: {
      kind: "either",
      of: [text, { kind: "map", of: { kind: "any" } }, { kind: "list", of: { kind: "map", of: { kind: "any" } } }],
    },
    doc: "Values of the variables: one mapping, a list of them, or a JSONL, JSON or CSV file.",
  },
  providers: {
    shape: { kind: "list", of: id, min: 1 },
    doc: "Providers that are asked; all of the suite's by default.",
  },
  parameters: { shape: { kind: "map", of: { kind: "any" } }, doc: "Sent with every request of this case." },
  assert: { shape: { kind: "list", of: assertion }, doc: "What must hold of every reply." },
  threshold: {
    shape: share,
    doc: "Weighted share of the assertions that is enough; all must hold where nothing is said.",
  },
});

const http = record({
  ...base,
  url: {
    shape: { kind: "text", pattern: /^https?:\/\//, example: "http://127.0.0.1:3000/orders" },
    required: true,
    doc: "Address that is called.",
  },
  method: { shape: { kind: "text", oneOf: ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"] }, doc: "GET by default." },
  headers: { shape: { kind: "map", of: text }, doc: "Headers of every request." },
  body: { shape: text, doc: "Body of every request." },
  load: {
    shape: record({
      users: { shape: count(1, 10_000), doc: "Connections at once; 1 by default." },
      iterations: { shape: count(1, 10_000_000), doc: "Requests of each user, one after another (closed loop)." },
      seconds: { shape: { kind: "number", min: 0.1, max: 3600 }, doc: "How long to send; 10 by default." },
      rate: {
        shape: { kind: "number", min: 0.01, max: 1_000_000 },
        doc: "Requests a second that arrive whether or not earlier ones are answered (open loop).",
      },
      warmupSeconds: {
        shape: { kind: "number", min: 0, max: 600 },
        doc: "Sent before measuring begins; 0 by default.",
      },
    }),
    doc: "How much is sent.",
  },
  expect: {
    shape: record({
      p50Ms: { shape: positive, doc: "Limit of the median, milliseconds." },
      p95Ms: { shape: positive, doc: "Limit of the 95th percentile, milliseconds; 1,000 by default." },
      p99Ms: { shape: positive, doc: "Limit of the 99th percentile, milliseconds." },
      errorRate: { shape: share, doc: "Share of requests that may fail; 0.05 by default." },
      minPerSecond: { shape: positive, doc: "Lowest throughput, requests a second." },
    }),
    doc: "Limits that must be kept.",
  },
});

const sql = record({
  ...base,
  database: {
    shape: { kind: "text", oneOf: ["seed", "user"] },
    doc: "`seed`, one that is built for the case, by default; `user`, the one of HOTPATH_DATABASE_URL, read only.",
  },
  seed: { shape: text, doc: "File with the statements that build the database." },
  query: { shape: text, required: true, doc: "Statement that is planned and timed." },
  parameters: { shape: { kind: "list", of: { kind: "any" } }, doc: "Values of $1, $2 …" },
  expect: {
    shape: record({
      noSequentialScanOver: {
        shape: count(0, 2_000_000_000),
        doc: "No table with more rows than this is read from end to end.",
      },
      usesIndex: { shape: text, doc: "Index the plan must use." },
      maxMs: { shape: positive, doc: "Limit of the execution time, milliseconds; 500 by default." },
      maxBuffers: { shape: count(0, 2_000_000_000), doc: "Limit of the pages that are touched." },
    }),
    doc: "What must hold of the plan and its run.",
  },
});

const command = record({
  ...base,
  run: {
    shape: { kind: "list", of: text, min: 1 },
    required: true,
    doc: "Program and arguments; no shell reads them.",
  },
  folder: { shape: text, doc: "Working folder; the suite's own by default." },
  env: { shape: { kind: "map", of: text }, doc: "Environment variables beside the present ones." },
  reads: {
    shape: { kind: "text", oneOf: ["exit", "junit", "tap", "vitest", "jest", "hyperfine"] },
    doc: "What its results are written in; `exit`, the exit code alone, by default.",
  },
  results: { shape: text, doc: "File it writes its results to; standard output by default." },
  maxMeanMs: { shape: positive, doc: "Limit of the mean time `hyperfine` measured, milliseconds." },
});

export const suiteShape: RecordShape = record({
  $schema: { shape: text, doc: "Address of the schema, for editors." },
  name: { shape: text, doc: "Name of the suite; its file's name by default." },
  description: { shape: text, doc: "What the suite measures." },
  include: {
    shape: texts,
    doc: "Suites whose cases and providers belong to this one, as paths relative to this file.",
  },
  settings: { shape: settings, doc: "How the cases are run." },
  providers: { shape: { kind: "list", of: provider }, doc: "Models the `prompt` cases ask." },
  thresholds: { shape: thresholds, doc: "Limits the run is held against." },
  choose: { shape: choose, doc: "Limits among which the best prompt or model is chosen." },
  cases: {
    shape: { kind: "list", of: { kind: "choice", by: "kind", of: { detect, prompt, http, sql, command } } },
    doc: "The cases.",
  },
});

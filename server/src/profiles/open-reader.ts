/** Which format a file has, by its name and how it begins, and the reader for it. */
import { cpuProfileReader } from "./cpu-profile.js";
import { heapProfileReader } from "./heap-profile.js";
import { JsonStream, record } from "./json-stream.js";
import { fromAutocannon, fromK6Summary, isAutocannon, isK6Summary, K6Points } from "./load-results.js";
import { type Profile, ProfileError, type ProfileReader } from "./model.js";
import { OtlpTraces } from "./otlp.js";
import { isStatementsHeader, statementsFromCsv, statementsFromJson } from "./statements.js";

/** Formats other than V8's are read whole, or line by line; more than this is not. */
const MAX_WHOLE_BYTES = 256 * 1024 * 1024;
const FORMATS =
  "it is none of .cpuprofile, .heapprofile, a pg_stat_statements export (CSV or JSON), OTLP traces (JSON), autocannon or k6 results (JSON)";

/**
 * A reader for the file, told from its name and its first bytes. Throws `ProfileError` for what is no profile.
 *
 * @param head The first bytes of the file; they are pushed again with the rest.
 */
export function openReader(name: string, head: Uint8Array): ProfileReader {
  const begin = new TextDecoder().decode(head.subarray(0, 64 * 1024)).replace(/^\uFEFF/, "");
  const first = begin.trimStart().charAt(0);
  if (/\.cpuprofile$/i.test(name) || /^\s*\{\s*"nodes"\s*:/.test(begin)) return cpuProfileReader();
  if (/\.heapprofile$/i.test(name) || /^\s*\{\s*"head"\s*:/.test(begin)) return heapProfileReader();
  if (first !== "{" && first !== "[") {
    const line = begin.split("\n", 1)[0] ?? "";
    if (isStatementsHeader(line)) return wholeReader((source) => statementsFromCsv(source));
    throw new ProfileError(begin.trim() === "" ? "the file is empty: record the profile again" : FORMATS);
  }
  if (/^\s*\{\s*"resourceSpans"\s*:/.test(begin) && !isLines(begin)) return traceReader();
  return isLines(begin) ? lineReader() : wholeReader((source) => fromJson(source));
}

/** A document per line: the first line is one by itself, and another follows. */
function isLines(begin: string): boolean {
  const end = begin.indexOf("\n");
  if (end < 0 || begin.slice(end).trim() === "") return false;
  try {
    return Object.keys(record(JSON.parse(begin.slice(0, end)))).length > 0;
  } catch {
    // A document per line may be longer than what was looked at; one that spans lines breaks inside a value.
    return false;
  }
}

function fromJson(source: string): Profile {
  const value = parsed(source);
  const [first] = Array.isArray(value) ? (value as unknown[]) : [value];
  if (isAutocannon(first)) return fromAutocannon(value);
  if (isK6Summary(value)) return fromK6Summary(value);
  const held = record(value);
  const rows = Array.isArray(value) ? (value as unknown[]) : (held["rows"] ?? held["data"] ?? held["statements"]);
  const [row] = Array.isArray(rows) ? (rows as unknown[]) : [];
  if (record(row)["query"] !== undefined) return statementsFromJson(value);
  throw new ProfileError(FORMATS);
}

function parsed(source: string): unknown {
  try {
    return JSON.parse(source.replace(/^\uFEFF/, ""));
  } catch {
    throw new ProfileError("the file is not valid JSON: record the profile again");
  }
}

function wholeReader(read: (source: string) => Profile): ProfileReader {
  const chunks: Uint8Array[] = [];
  let size = 0;
  return {
    push(chunk) {
      size += chunk.length;
      if (MAX_WHOLE_BYTES < size) throw new ProfileError("the file is larger than 256 MB: export a shorter time");
      chunks.push(chunk.slice());
    },
    end: () => read(Buffer.concat(chunks).toString("utf8")),
  };
}

function traceReader(): ProfileReader {
  const traces = new OtlpTraces();
  const stream = new JsonStream({
    wants: (key) => (key === "resourceSpans" ? "elements" : "skip"),
    element: (_, value) => traces.addResource(value),
    number: () => undefined,
    value: () => undefined,
  });
  return {
    push: (chunk) => stream.push(chunk),
    end() {
      stream.end();
      return traces.result();
    },
  };
}

/** Lines of k6, of the collector's file exporter, or rows of statements. */
function lineReader(): ProfileReader {
  const traces = new OtlpTraces();
  const points = new K6Points();
  const rows: unknown[] = [];
  const decoder = new TextDecoder();
  let rest = "";
  const take = (line: string): void => {
    if (line.trim() === "") return;
    const value = parsed(line);
    const { resourceSpans, query } = record(value);
    if (resourceSpans !== undefined) traces.add(value);
    else if (query !== undefined) rows.push(value);
    else points.add(value);
  };
  return {
    push(chunk) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      if (MAX_WHOLE_BYTES < rest.length) throw new ProfileError("a line of the file is larger than 256 MB");
      lines.forEach(take);
    },
    end() {
      take(rest);
      if (0 < rows.length) return statementsFromJson(rows);
      return traces.hasSpans ? traces.result() : points.result();
    },
  };
}

/** OpenTelemetry traces as OTLP JSON: one document, or one per line as the collector's file exporter writes them. */
import { list, numeric, record, text } from "./json-stream.js";
import {
  type MeasuredFunction,
  type MeasuredRoute,
  type MeasuredStatement,
  type Observed,
  ProfileError,
} from "./model.js";

interface Sum {
  calls: number;
  totalMs: number;
}

/** Adds documents up; a class because it has a lifetime. */
export class OtlpTraces {
  readonly #routes = new Map<string, Sum & { readonly method: string | undefined; readonly path: string }>();
  readonly #statements = new Map<string, Sum>();
  readonly #functions = new Map<
    string,
    Sum & { readonly file: string; readonly line: number | undefined; readonly name: string }
  >();
  #spans = 0;

  add(document: unknown): void {
    for (const resource of list(record(document)["resourceSpans"])) this.addResource(resource);
  }

  addResource(resource: unknown): void {
    const held = record(resource);
    // Before version 0.14 of the protocol, scopes were called instrumentation libraries.
    for (const scope of list(held["scopeSpans"] ?? held["instrumentationLibrarySpans"]))
      for (const span of list(record(scope)["spans"])) this.#span(record(span));
  }

  get hasSpans(): boolean {
    return 0 < this.#spans;
  }

  result(): Observed {
    if (!this.hasSpans)
      throw new ProfileError(
        "no span was found: export traces as OTLP JSON, for example with the collector's file exporter",
      );
    const statements = [...this.#statements].map(([query, sum]): MeasuredStatement => ({ text: query, ...plain(sum) }));
    const routes = [...this.#routes.values()].map(({ method, path, ...sum }): MeasuredRoute => ({
      path,
      ...plain(sum),
      ...(method === undefined ? {} : { method }),
    }));
    const functions = [...this.#functions.values()].map(({ file, line, name, ...sum }): MeasuredFunction => ({
      file,
      name,
      ...plain(sum),
      ...(line === undefined ? {} : { line }),
    }));
    return { kind: "traces", statements, routes, functions };
  }

  #span(span: Readonly<Record<string, unknown>>): void {
    this.#spans++;
    const attributes = attributesOf(span["attributes"]);
    const ms = durationMs(span);
    const statement = attributes.get("db.query.text") ?? attributes.get("db.statement");
    if (statement !== undefined) add(this.#statements, statement, { calls: 0, totalMs: 0 }, ms);
    if (isServer(span["kind"])) this.#server(span, attributes, ms);
    const file = attributes.get("code.file.path") ?? attributes.get("code.filepath");
    const name = attributes.get("code.function.name") ?? attributes.get("code.function") ?? "";
    if (file !== undefined) {
      const line = numeric(attributes.get("code.line.number") ?? attributes.get("code.lineno"));
      add(this.#functions, `${file}:${line ?? 0}:${name}`, { calls: 0, totalMs: 0, file, line, name }, ms);
    }
  }

  #server(span: Readonly<Record<string, unknown>>, attributes: ReadonlyMap<string, string>, ms: number): void {
    const name = text(span["name"]) ?? "";
    const named = /^([A-Z]+) (\/\S*)$/.exec(name);
    const path =
      attributes.get("http.route") ??
      named?.[2] ??
      attributes.get("url.path") ??
      attributes.get("http.target")?.split("?")[0];
    if (path === undefined) return;
    const method = attributes.get("http.request.method") ?? attributes.get("http.method") ?? named?.[1];
    add(this.#routes, `${method ?? ""} ${path}`, { calls: 0, totalMs: 0, method: method?.toUpperCase(), path }, ms);
  }
}

function add<T extends Sum>(sums: Map<string, T>, key: string, fresh: T, ms: number): void {
  const known = sums.get(key) ?? fresh;
  known.calls++;
  known.totalMs += ms;
  sums.set(key, known);
}

function plain({ calls, totalMs }: Sum): Sum {
  return { calls, totalMs };
}

/** `SPAN_KIND_SERVER`, as a name or as its number. */
function isServer(kind: unknown): boolean {
  return kind === 2 || kind === "SPAN_KIND_SERVER";
}

/** Nanoseconds since 1970 exceed what a number holds exactly; their difference in milliseconds does not suffer. */
function durationMs(span: Readonly<Record<string, unknown>>): number {
  const start = numeric(span["startTimeUnixNano"]) ?? 0;
  const end = numeric(span["endTimeUnixNano"]) ?? start;
  return Math.max(0, end - start) / 1e6;
}

function attributesOf(value: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const one of list(value)) {
    const { key, value: held } = record(one);
    const inner = record(held);
    const scalar = inner["stringValue"] ?? inner["intValue"] ?? inner["doubleValue"] ?? inner["boolValue"];
    if (typeof key === "string" && (typeof scalar === "string" || typeof scalar === "number"))
      found.set(key, String(scalar));
  }
  return found;
}

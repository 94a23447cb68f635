/** Results of load tests: autocannon's `--json`, k6's `--summary-export` and `--out json`. */
import { list, numeric, record, text } from "./json-stream.js";
import { type MeasuredRoute, type Observed, ProfileError } from "./model.js";

export function isAutocannon(value: unknown): boolean {
  const { url, requests, latency } = record(value);
  return typeof url === "string" && requests !== undefined && latency !== undefined;
}

/** One run, or an array of them. */
export function fromAutocannon(value: unknown): Observed {
  const runs = Array.isArray(value) ? list(value) : [value];
  return observed(
    runs.flatMap((run): MeasuredRoute[] => {
      const held = record(run);
      const path = pathOf(text(held["url"]));
      const calls = numeric(record(held["requests"])["total"]);
      const mean = numeric(record(held["latency"])["average"] ?? record(held["latency"])["mean"]);
      const method = text(held["method"])?.toUpperCase();
      if (path === undefined || calls === undefined || mean === undefined) return [];
      return [{ path, calls, totalMs: mean * calls, ...(method === undefined ? {} : { method }) }];
    }),
  );
}

/** Adds up the points of k6's line by line output; a class because it has a lifetime. */
export class K6Points {
  readonly #routes = new Map<string, { method: string | undefined; path: string; calls: number; totalMs: number }>();

  add(value: unknown): void {
    const { type, metric, data } = record(value);
    if (type !== "Point" || metric !== "http_req_duration") return;
    const { value: ms, tags } = record(data);
    const { name, url, method: verb } = record(tags);
    const path = pathOf(text(name) ?? text(url)) ?? pathOf(text(url));
    if (path === undefined) return;
    const method = text(verb)?.toUpperCase();
    const key = `${method ?? ""} ${path}`;
    const known = this.#routes.get(key) ?? { method, path, calls: 0, totalMs: 0 };
    known.calls++;
    known.totalMs += numeric(ms) ?? 0;
    this.#routes.set(key, known);
  }

  result(): Observed {
    return observed(
      [...this.#routes.values()].map(({ method, ...rest }) => ({
        ...rest,
        ...(method === undefined ? {} : { method }),
      })),
    );
  }
}

export function isK6Summary(value: unknown): boolean {
  const { metrics } = record(value);
  return record(metrics)["http_req_duration"] !== undefined;
}

/** A summary holds sums of all requests; those of one URL only where the script gave them thresholds of their own. */
export function fromK6Summary(value: unknown): Observed {
  const metrics = record(record(value)["metrics"]);
  const counts = record(metrics["http_reqs"]);
  const routes = Object.entries(metrics).flatMap(([name, metric]): MeasuredRoute[] => {
    const tags = /^http_req_duration\{(.*)\}$/.exec(name)?.[1];
    const path = pathOf(/(?:name|url):([^,}]+)/.exec(tags ?? "")?.[1]);
    const mean = numeric(record(metric)["avg"] ?? record(record(metric)["values"])["avg"]);
    if (path === undefined || mean === undefined) return [];
    const calls = numeric(record(metrics[name.replace("duration", "reqs")])["count"]) ?? numeric(counts["count"]) ?? 1;
    return [{ path, calls, totalMs: mean * calls }];
  });
  return observed(routes);
}

function observed(routes: readonly MeasuredRoute[]): Observed {
  if (routes.length === 0)
    throw new ProfileError("the results name no URL: use autocannon --json, or k6 run --out json=FILE");
  return { kind: "load", statements: [], routes, functions: [] };
}

/** Path of a URL, or of a name that begins with one. */
function pathOf(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  const path = url.replace(/^[a-z]+:\/\/[^/]+/i, "").replace(/[?#].*$/, "");
  return path === "" ? "/" : path.startsWith("/") ? path : undefined;
}

/** What is best read as a table: endpoints, rules, requests, tiers of the cache; and the figures at the top. */
import type { DashboardData, EndpointPoint, LiveParams, RuleTime, TierState } from "../../protocol/src/dashboard.js";
import { element, emptyState, heading, megabytes, milliseconds, percent, table } from "./dom.js";

/** Undefined until somebody can tell what endpoints cost. */
export function endpointSection({ endpoints }: DashboardData): HTMLElement | undefined {
  if (endpoints === undefined || endpoints.length === 0) return undefined;
  const most = Math.max(1, ...endpoints.map(({ rank }) => Math.log1p(rank)));
  return element(
    "section",
    {},
    heading("Endpoints by cost"),
    table<EndpointPoint>(
      "Endpoints by cost, dearest first",
      [
        { title: "Endpoint", cell: ({ title }) => element("code", {}, title) },
        { title: "Where", cell: ({ place }) => element("span", { class: "path" }, place) },
        { title: "Cost of a request", cell: ({ cost }) => unbroken(cost) },
        { title: "Compared", cell: ({ rank }) => bar(Math.log1p(rank) / most) },
      ],
      endpoints,
    ),
  );
}

export function ruleSection(rules: readonly RuleTime[]): HTMLElement {
  const root = element("section", {}, heading("Time of each rule"));
  const most = rules[0]?.totalMs ?? 0;
  if (most === 0) {
    root.append(
      emptyState(
        "No rule has run since the server started: all results still held. Edit a file, or run Hotpath: Rescan Workspace.",
      ),
    );
    return root;
  }
  root.append(
    table<RuleTime>(
      "Time of each rule, longest first",
      [
        { title: "Rule", cell: ({ rule }) => element("code", {}, rule) },
        { title: "Time", isNumber: true, cell: ({ totalMs }) => milliseconds(totalMs) },
        { title: "Refreshes", isNumber: true, cell: ({ runs }) => String(runs) },
        { title: "Compared", cell: ({ totalMs }) => bar(totalMs / most) },
      ],
      rules.slice(0, 40),
    ),
  );
  return root;
}

export function serverSection({ methods, tiers }: Pick<LiveParams, "methods" | "tiers">): HTMLElement {
  const root = element("section", {}, heading("Requests and caches"));
  if (0 < methods.length) {
    root.append(
      table(
        "Response times by method",
        [
          { title: "Request", cell: ({ method }) => element("code", {}, method) },
          { title: "Count", isNumber: true, cell: ({ count }) => String(count) },
          { title: "Median", isNumber: true, cell: ({ p50Ms }) => milliseconds(p50Ms) },
          { title: "95th percentile", isNumber: true, cell: ({ p95Ms }) => milliseconds(p95Ms) },
        ],
        [...methods].sort((a, b) => b.p95Ms - a.p95Ms),
      ),
    );
  }
  if (tiers.length === 0) {
    root.append(emptyState("No cache is in use: `hotpath.cache.enabled` switches the one on disk on."));
    return root;
  }
  root.append(
    table<TierState>(
      "Tiers of the cache",
      [
        { title: "Tier", cell: ({ tier }) => tier },
        {
          title: "State",
          cell: ({ state, reason }) => (state === "working" ? "working" : `left out: ${reason ?? ""}`),
        },
        { title: "Hits", isNumber: true, cell: ({ hits }) => String(hits) },
        { title: "Misses", isNumber: true, cell: ({ misses }) => String(misses) },
        { title: "Entries", isNumber: true, cell: ({ entries }) => (entries === undefined ? "" : String(entries)) },
        { title: "Size", isNumber: true, cell: ({ bytes }) => (bytes === undefined ? "" : megabytes(bytes)) },
      ],
      tiers,
    ),
  );
  return root;
}

export function tiles({ history, evaluations, live, rules }: DashboardData): HTMLElement {
  const last = history.at(-1);
  const before = history.findLast(({ findings }) => findings !== last?.findings);
  const run = evaluations.at(-1);
  const sample = live.at(-1);
  const note = last === undefined || before === undefined ? "" : `${before.findings} before`;
  const entries: (readonly [string, string, string])[] = [
    ["Findings", last === undefined ? "–" : String(last.findings), note],
    [
      "Files",
      last === undefined ? "–" : String(last.files),
      last === undefined ? "" : `scanned in ${milliseconds(last.durationMs)}`,
    ],
    [
      "Last evaluation",
      run === undefined ? "–" : percent(run.passed / Math.max(1, run.passed + run.failed + run.errors)),
      run === undefined ? "none yet" : `passed, ${run.title}`,
    ],
    ["Cache hits", sample?.cacheHits === undefined ? "–" : percent(sample.cacheHits), ""],
    [
      "Dearest rule",
      rules[0] === undefined || rules[0].totalMs === 0 ? "–" : milliseconds(rules[0].totalMs),
      rules[0]?.rule ?? "",
    ],
  ];
  const items = entries.map(([name, value, below]) =>
    element(
      "li",
      { class: "tile" },
      element("span", { class: "quiet" }, name),
      element("strong", {}, value),
      element("span", { class: "quiet" }, below),
    ),
  );
  return element("ul", { class: "tiles" }, ...items);
}

/** Only for the eye: the figure stands beside it. */
function bar(share: number): HTMLElement {
  const drawn = element("span", { class: "bar", "aria-hidden": "true" });
  drawn.style.width = `${Math.max(1, Math.round(100 * share))}px`;
  return drawn;
}

/** A range such as `0–3·documents` stays in one line: a word joiner stands on both sides of the dash. */
function unbroken(cost: string): string {
  return cost.replaceAll("–", "\u2060–\u2060");
}

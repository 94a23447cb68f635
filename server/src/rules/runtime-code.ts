/** Whether code runs while the program serves somebody, as opposed to while it starts, is built or is tested. */
import type { FileView } from "../project/file-view.js";
import type { FileRole, Reachability } from "../project/model.js";
import type { Description } from "./define-rule.js";

/** Code in these files is never the backend's own work. */
const NEVER: ReadonlySet<FileRole> = new Set([
  "test",
  "migration",
  "seed",
  "config",
  "declaration",
  "generated",
  "client-side",
  "example",
]);

export interface Runtime {
  /** `request`: an entry point reaches it; `possible`: others may call it in ways that cannot be seen. */
  readonly kind: "request" | "possible";
  readonly reach: Reachability;
}

/** How a function runs at run time; undefined for code that only starts, builds, migrates, seeds or tests. */
export function runtimeOf(view: FileView, fn: number): Runtime | undefined {
  if (NEVER.has(view.role)) return undefined;
  const reach = reachOf(view, fn);
  if (reach.entry !== undefined) return { kind: "request", reach };
  if (view.role !== "source") return undefined;
  return reach.possibly === true ? { kind: "possible", reach } : undefined;
}

/** A callback that runs in place is reached as the function around it is. */
function reachOf(view: FileView, fn: number): Reachability {
  let at = fn;
  for (let hops = 0; hops < 20; hops++) {
    const own = view.reachabilityOf(at);
    if (own.entry !== undefined) return own;
    const inlined = view.inlinedInto(at);
    if (inlined === undefined) return own;
    at = inlined.site.fn;
  }
  return view.reachabilityOf(at);
}

/**
 * Related places from the entry point down to the code in question, outermost first; none where no entry point is known. At most six callers:
 * a longer list is not read.
 */
export function entryPath({ entry }: Reachability): Description["related"] {
  if (entry === undefined) return [];
  return [
    { at: entry.point.at, message: `entry point ${entry.point.label}` },
    ...entry.path.slice(0, 6).map((at) => ({ at, message: "called from here" })),
  ];
}

/** When code runs, for messages: `while GET /orders is served`, `while the timer runs`. */
export function whileRunning({ entry }: Reachability): string {
  if (entry === undefined) return "in an async function";
  const { kind, label } = entry.point;
  switch (kind) {
    case "cron":
      return label === "setInterval" ? "while a timer runs" : `while ${label} runs`;
    case "queue-worker":
      return `while ${label} is handled`;
    case "event-handler":
    case "websocket":
      return label === "event …" ? "while an event is handled" : `while ${label} is handled`;
    case "library-callback":
      return `while ${calledBack(label)}`;
    default:
      return `while ${label} is served`;
  }
}

/** `series findNote`, the library's function and what was given to it by name. */
function calledBack(label: string): string {
  const cut = label.lastIndexOf(" ");
  return cut < 0 ? `${label} is handled` : `\`${label.slice(0, cut)}\` calls \`${label.slice(cut + 1)}\``;
}

/** Unit of work for cost expressions: `per request`, `per job`. */
export function perUnit(reach: Reachability): string {
  switch (reach.entry?.point.kind) {
    case undefined:
      return "per call";
    case "queue-worker":
      return "per job";
    case "event-handler":
    case "websocket":
    case "library-callback":
      return "per event";
    case "cron":
      return "per run";
    default:
      return "per request";
  }
}

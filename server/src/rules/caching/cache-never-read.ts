/** Finds maps and caches of the process that are filled while requests are served and that nothing ever looks into. */
import type { Span } from "../../base/span.js";
import { functionOf } from "../../facts/regions.js";
import type { FileView } from "../../project/file-view.js";
import { defineRule } from "../define-rule.js";
import { entryPath, perUnit, runtimeOf, type Runtime } from "../runtime-code.js";
import { keptMaps, type KeptMap } from "./kept-maps.js";

interface NeverRead {
  readonly at: Span;
  readonly name: string;
  readonly runtime: Runtime;
}

export const cacheNeverRead = defineRule({
  id: "cache-never-read",
  family: "uncached-hot-path",
  since: "0.1.0",
  severity: "information",
  fixSafety: "none",
  docs: {
    what: "A map or a cache that lives as long as the process is written to while requests are served, and nothing reads it.",
    why: "The work it was meant to spare is done every time, and the memory it takes is never given back.",
    instead: "Look into it before doing the work, or take it out.",
    limits:
      "Only maps and caches of libraries (lru-cache, quick-lru, node-cache, tiny-lru) that do not leave their file are judged, not those that tell others what they drop.",
  },
  *check(view) {
    for (const map of keptMaps(view)) {
      const found = examine(view, map);
      if (found !== undefined) yield found;
    }
  },
  describe: ({ name, runtime }) => ({
    message: `\`${name}\` is written here, and nothing ever reads it`,
    severity: "information",
    confidence: 0.85,
    cost: `1 entry more ${perUnit(runtime.reach)}`,
    related: entryPath(runtime.reach),
  }),
});

const WRITES = /^(set|delete|clear)$/;

function examine(view: FileView, { name, calls, escapes }: KeptMap): NeverRead | undefined {
  if (escapes || !calls.every(({ method, call }) => WRITES.test(method) && isAlone(view, call))) return undefined;
  const set = calls.find(({ method }) => method === "set");
  const expr = set === undefined ? undefined : view.facts.exprs[set.call];
  if (set === undefined || expr === undefined) return undefined;
  const fn = functionOf(view.facts, set.call);
  const runtime = fn === 0 ? undefined : runtimeOf(view, fn);
  return runtime === undefined ? undefined : { at: { start: expr.start, end: expr.end }, name, runtime };
}

/** A statement of its own: `if (map.delete(key))` asks something. */
function isAlone(view: FileView, call: number): boolean {
  return view.facts.exprs[view.facts.exprs[call]?.parent ?? -1] === undefined;
}

/** V8's `.cpuprofile` (`node --cpu-prof`, Chrome): nodes, samples and the time between them, read piece by piece. */
import { JsonStream, list, numeric, record, text } from "./json-stream.js";
import { type Frame, ProfileError, type ProfileReader, type Sampled } from "./model.js";
import { Numbers, StackTreeBuilder } from "./stack-tree.js";

/** Samples of older profiles carry counts instead of times; V8 takes one each millisecond by default. */
const DEFAULT_INTERVAL_MS = 1;

export function cpuProfileReader(): ProfileReader {
  const builder = new StackTreeBuilder();
  const samples = new Numbers();
  const deltas = new Numbers();
  const hits: { readonly id: number; readonly count: number }[] = [];
  const seen = { nodes: 0 };
  const stream = new JsonStream({
    wants: (key) => (key === "nodes" ? "elements" : key === "samples" || key === "timeDeltas" ? "numbers" : "skip"),
    element: (_, value) => {
      const node = record(value);
      const id = numeric(node["id"]) ?? -1;
      const at = builder.add(id, frameOf(node["callFrame"]), 0);
      for (const child of list(node["children"])) builder.setParent(numeric(child) ?? -1, at);
      const parent = numeric(node["parent"]);
      if (parent !== undefined) builder.setParent(id, parent);
      const count = numeric(node["hitCount"]) ?? 0;
      if (0 < count) hits.push({ id, count });
      seen.nodes++;
    },
    number: (key, value) => (key === "samples" ? samples : deltas).push(value),
    value: () => undefined,
  });
  return {
    push: (chunk) => stream.push(chunk),
    end(): Sampled {
      stream.end();
      if (seen.nodes === 0)
        throw new ProfileError("the file holds no V8 profile (it has no nodes): record one with node --cpu-prof");
      if (samples.length === 0) for (const { id, count } of hits) builder.spend(id, count * DEFAULT_INTERVAL_MS);
      // A sample lasts until the next one is taken; clocks that went back count as no time.
      for (let i = 0; i + 1 < samples.length; i++)
        builder.spend(samples.at(i), deltas.length === 0 ? DEFAULT_INTERVAL_MS : Math.max(0, deltas.at(i + 1)) / 1000);
      return { kind: "cpu", ...builder.build() };
    },
  };
}

/** A call frame as V8 writes it. */
export function frameOf(value: unknown): Frame {
  const frame = record(value);
  return {
    functionName: text(frame["functionName"]) ?? "",
    url: text(frame["url"]) ?? "",
    line: numeric(frame["lineNumber"]) ?? -1,
    column: numeric(frame["columnNumber"]) ?? -1,
  };
}

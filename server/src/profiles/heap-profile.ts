/** V8's `.heapprofile` (`node --heap-prof`): a tree of allocations, in bytes. */
import { frameOf } from "./cpu-profile.js";
import { JsonStream, list, numeric, record } from "./json-stream.js";
import { ProfileError, type ProfileReader, type Sampled } from "./model.js";
import { StackTreeBuilder } from "./stack-tree.js";

export function heapProfileReader(): ProfileReader {
  const found: { head?: unknown } = {};
  const stream = new JsonStream({
    wants: (key) => (key === "head" ? "value" : "skip"),
    element: () => undefined,
    number: () => undefined,
    value: (_, value) => {
      found.head = value;
    },
  });
  return {
    push: (chunk) => stream.push(chunk),
    end(): Sampled {
      stream.end();
      if (found.head === undefined)
        throw new ProfileError("the file holds no heap profile (it has no head): record one with node --heap-prof");
      return { kind: "heap", ...treeOf(found.head) };
    },
  };
}

function treeOf(head: unknown): ReturnType<StackTreeBuilder["build"]> {
  const builder = new StackTreeBuilder();
  const stack: { readonly value: unknown; readonly parent: number }[] = [{ value: head, parent: -1 }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const node = record(next.value);
    const at = builder.add(undefined, frameOf(node["callFrame"]), numeric(node["selfSize"]) ?? 0);
    if (0 <= next.parent) builder.setParentOfNode(at, next.parent);
    for (const child of list(node["children"])) stack.push({ value: child, parent: at });
  }
  return builder.build();
}

/** What is worked out of a file's facts once, however often it is asked for; it goes when the facts do. */
import type { FileFacts } from "./model.js";

export function oncePerFile<T extends object | boolean>(find: (facts: FileFacts) => T): (facts: FileFacts) => T {
  const known = new WeakMap<FileFacts, T>();
  return (facts) => {
    const before = known.get(facts);
    if (before !== undefined) return before;
    const found = find(facts);
    known.set(facts, found);
    return found;
  };
}

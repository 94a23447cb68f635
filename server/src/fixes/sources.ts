/** Texts and trees for one request's fixes: each file is parsed at most once. */
import { parseWithParents, type ts } from "../syntax/typescript.js";
import type { FixProgram, FixSources } from "./fix.js";

/** @param textOf The text that was analyzed, or undefined. */
export function createFixSources(
  textOf: (path: string) => string | undefined,
  exists?: (path: string) => boolean,
  now?: () => number,
  program?: FixProgram,
): FixSources {
  const texts = new Map<string, string | undefined>();
  const trees = new Map<string, ts.SourceFile | undefined>();
  const read = (path: string): string | undefined => {
    if (!texts.has(path)) texts.set(path, textOf(path));
    return texts.get(path);
  };
  return {
    textOf: read,
    treeOf: (path) => {
      if (!trees.has(path)) {
        const text = isCode(path) ? read(path) : undefined;
        trees.set(path, text === undefined ? undefined : parseWithParents(path, text));
      }
      return trees.get(path);
    },
    ...(exists === undefined ? {} : { exists }),
    ...(now === undefined ? {} : { now }),
    ...(program === undefined ? {} : { program }),
  };
}

/** Files TypeScript's parser reads. */
export function isCode(path: string): boolean {
  return /\.[cm]?[jt]sx?$/.test(path);
}

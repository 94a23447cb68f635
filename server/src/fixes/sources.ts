/** Texts and trees for one request's fixes: each file is parsed once, unless many others were meanwhile. */
import { parseWithParents, type ts } from "../syntax/typescript.js";
import type { FixProgram, FixSources } from "./fix.js";

/** Trees kept at once: a fix looks at a handful of files, and the trees of all files with findings would be larger than everything else together. */
const MOST_TREES = 40;

/** @param textOf The text that was analyzed, or undefined. */
export function createFixSources(
  textOf: (path: string) => string | undefined,
  exists?: (path: string) => boolean,
  now?: () => number,
  program?: FixProgram,
): FixSources {
  const texts = new Map<string, string | undefined>();
  const trees = new Map<string, ts.SourceFile>();
  const read = (path: string): string | undefined => {
    if (!texts.has(path)) texts.set(path, textOf(path));
    return texts.get(path);
  };
  return {
    textOf: read,
    treeOf: (path) => {
      const known = trees.get(path);
      if (known !== undefined) return known;
      const text = isCode(path) ? read(path) : undefined;
      const tree = text === undefined ? undefined : parseWithParents(path, text);
      if (tree === undefined) return undefined;
      const [oldest] = trees.keys();
      if (MOST_TREES <= trees.size && oldest !== undefined) trees.delete(oldest);
      trees.set(path, tree);
      return tree;
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

/** Patterns of paths below the workspace's folders, with the meaning they have in a `.gitignore`. */
import ignore from "ignore";

/** Tells whether a path (absolute, `/` separators) is covered; paths outside all roots are not. */
export function createPathMatcher(patterns: readonly string[], roots: readonly string[]): (path: string) => boolean {
  if (patterns.length === 0) return () => false;
  const matcher = ignore({ allowRelativePaths: true }).add([...patterns]);
  return (path) => {
    const root = roots.find((one) => path.startsWith(`${one}/`));
    return root !== undefined && matcher.ignores(path.slice(root.length + 1));
  };
}

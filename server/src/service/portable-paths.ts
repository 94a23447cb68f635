/** Paths that mean the same in every clone of a workspace. */

/** `0:src/a.ts` for a file in the first root; other paths stay as they are. */
export function portable(path: string, roots: readonly string[]): string {
  const index = roots.findIndex((root) => path.startsWith(`${root}/`));
  return index < 0 ? path : `${index}:${path.slice((roots[index]?.length ?? 0) + 1)}`;
}

/** The way back; undefined for what lies in none of the roots. */
export function placed(path: string, roots: readonly string[]): string | undefined {
  const [, index = "", rest = ""] = /^(\d{1,3}):([^\0]+)$/.exec(path) ?? [];
  const root = roots[Number(index)];
  if (index === "" || root === undefined || rest.split("/").some((part) => part === ".." || part === ""))
    return undefined;
  return `${root}/${rest}`;
}

/** A copy in which every field named `path` went through `change`. */
export function mapPaths<T>(value: T, change: (path: string) => string): T {
  return mapped(value, change) as T;
}

function mapped(value: unknown, change: (path: string) => string): unknown {
  if (Array.isArray(value)) return value.map((one) => mapped(one, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      name === "path" && typeof one === "string" ? change(one) : mapped(one, change),
    ]),
  );
}

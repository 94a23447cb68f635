/** Arithmetic on absolute paths with `/` separators, without asking any file system. A Windows path keeps its drive as first segment. */

/** The directory of a path, without a trailing slash; `""` for a top-level file. */
export function directoryOf(path: string): string {
  const at = path.lastIndexOf("/");
  return at < 0 ? "" : path.slice(0, at);
}

/** `relative` seen from `directory`, with `.` and `..` resolved; an absolute `relative` stands for itself. */
export function joinPath(directory: string, relative: string): string {
  if (relative.startsWith("/") || /^[A-Za-z]:\//.test(relative)) return normalize(relative);
  return normalize(`${directory}/${relative}`);
}

function normalize(path: string): string {
  if (!path.includes("/.") && !path.includes("//") && !path.endsWith("/")) return path;
  const absolute = path.startsWith("/");
  const out: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment === ".." && 0 < out.length) out.pop();
    else if (segment !== "..") out.push(segment);
  }
  return (absolute ? "/" : "") + out.join("/");
}

/** The directory itself and all above it, nearest first. */
export function* ancestors(directory: string): Generator<string> {
  let current = directory;
  for (;;) {
    yield current;
    const up = directoryOf(current);
    if (up === current) return;
    current = up;
  }
}

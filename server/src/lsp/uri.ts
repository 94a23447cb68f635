/** File URIs of the protocol to paths of the analyzer (absolute, `/` separators) and back. */
import { fileURLToPath, pathToFileURL } from "node:url";

/** Path of a `file:` URI; undefined for anything else (untitled, git, notebook cells), which is not analyzed. */
export function pathOf(uri: string): string | undefined {
  if (!uri.startsWith("file:")) return undefined;
  try {
    const path = fileURLToPath(uri).replaceAll("\\", "/");
    // Windows editors disagree about the drive letter's case; the analyzer knows one spelling.
    return path.replace(/^[A-Z]:\//, (drive) => drive.toLowerCase());
  } catch {
    return undefined;
  }
}

export function uriOf(path: string): string {
  return pathToFileURL(path).href;
}

/** What a path means to a workspace: whether it belongs to it, and what a change of it may bring. */
import { basename } from "node:path";
import { isDiscoverable, isManifestName } from "../workspace/discover.js";
import type { ScanOptions } from "./options.js";
import type { FileEvent } from "./workspace-service.js";

export function isInside(path: string, roots: readonly string[]): boolean {
  return roots.some((root) => path.startsWith(`${root}/`)) && !path.includes("/node_modules/");
}

/** Whether other files may now be found, or found to mean something else. */
export function isStructural({ path, kind }: FileEvent, manifests: ReadonlyMap<string, string>): boolean {
  const name = basename(path);
  return name === ".gitignore" || (isManifestName(name) && (kind !== "changed" || manifests.has(path)));
}

/** Whether a full walk would find a new file: no folder on its way is skipped or ignored. */
export function wouldFind(path: string, roots: readonly string[], { enabled, exclude }: ScanOptions): boolean {
  const root = roots.find((one) => path.startsWith(`${one}/`));
  return enabled && root !== undefined && isDiscoverable(path, root, exclude);
}

/** Clears away cache files of other versions, which nothing would ever open again. */
import { readdirSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { hasLiveUser } from "./store-soundness.js";

const STORE = /^(?:facts|cache)-[\w-]+\.mdb$/;
/** Two editors with different versions of the extension take turns; more versions than this are left-overs. */
const KEPT_BESIDES = 2;
const MAX_AGE_DAYS = 14;

/** @param own The store in use; its folder is looked through. Never throws: what cannot be removed stays. */
export function removeStaleStores(own: string, now = Date.now()): void {
  const folder = dirname(own);
  try {
    readdirSync(folder)
      .filter((name) => STORE.test(name) && name !== basename(own))
      .map((name) => ({ path: join(folder, name), usedMs: statSync(join(folder, name)).mtimeMs }))
      .sort((a, b) => b.usedMs - a.usedMs)
      .filter(({ usedMs }, rank) => KEPT_BESIDES <= rank || usedMs < now - MAX_AGE_DAYS * 86_400_000)
      .filter(({ path }) => !hasLiveUser(path))
      .forEach(({ path }) => {
        for (const file of [path, `${path}-lock`]) rmSync(file, { force: true });
      });
  } catch {
    // Another process clears the same folder, or it is read-only; the next start tries again.
  }
}

/** Where this user's caches lie, by the platform's custom. */
import { homedir } from "node:os";
import { join } from "node:path";

export function defaultCacheFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const own = env["HOTPATH_CACHE_DIR"];
  if (own !== undefined && own !== "") return own;
  if (platform === "win32") return join(env["LOCALAPPDATA"] ?? join(homedir(), "AppData", "Local"), "hotpath");
  if (platform === "darwin") return join(homedir(), "Library", "Caches", "hotpath");
  const xdg = env["XDG_CACHE_HOME"];
  return join(xdg !== undefined && xdg.startsWith("/") ? xdg : join(homedir(), ".cache"), "hotpath");
}

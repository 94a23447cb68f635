/** Where this user's daemon listens: a folder nobody else can enter, or a named pipe on Windows. */
import { createHash } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

export interface SocketPlace {
  /** Path for `listen` and `connect`. */
  readonly path: string;
  /** Folder of the socket and the log; undefined on Windows, where a pipe lies in no folder. */
  readonly folder: string | undefined;
}

/** Unix socket paths are cut by the kernel at 108 bytes on Linux and 104 on macOS, the final zero included. */
const MAX_SOCKET_PATH = 103;

/**
 * The place for daemons of one version; other versions listen beside it, so an upgrade never talks to an old process.
 * Creates the folder with mode 0700. Throws an error with a sentence for the user when the folder is not private to them.
 */
export function socketPlace(version: string, env: NodeJS.ProcessEnv = process.env): SocketPlace {
  const name = `hotpath-${version.replaceAll(/[^\w.-]/g, "_")}`;
  if (process.platform === "win32") {
    const user = createHash("sha256").update(userInfo().username).digest("hex").slice(0, 12);
    return { path: `\\\\.\\pipe\\${name}-${user}`, folder: undefined };
  }
  const folder = privateFolder(env);
  const path = join(folder, `${name}.sock`);
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH) {
    throw new Error(
      `the socket path ${path} is longer than this system allows: set XDG_RUNTIME_DIR to a shorter folder`,
    );
  }
  return { path, folder };
}

function privateFolder(env: NodeJS.ProcessEnv): string {
  const runtime = env["XDG_RUNTIME_DIR"];
  const uid = process.getuid?.() ?? 0;
  const folder =
    runtime !== undefined && runtime.startsWith("/") ? join(runtime, "hotpath") : join(tmpdir(), `hotpath-${uid}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const found = lstatSync(folder);
    // Another user may have made the folder first in a shared temporary directory, to read along.
    if (!found.isDirectory() || found.uid !== uid)
      throw new Error(`${folder} belongs to somebody else: set XDG_RUNTIME_DIR to a folder of your own`);
    if ((found.mode & 0o077) !== 0) chmodSync(folder, 0o700);
  } catch (error) {
    if (error instanceof Error && "code" in error) {
      throw new Error(
        `cannot use ${folder} for the daemon's socket (${String(error.code)}): set XDG_RUNTIME_DIR to a folder you may write to`,
      );
    }
    throw error;
  }
  return folder;
}

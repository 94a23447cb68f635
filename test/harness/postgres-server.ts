/** A real PostgreSQL server for a test: Debian's package, on a port of this machine that is free, gone when the test is. */
import { execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client } from "pg";
import { freePort } from "./redis.js";

export interface PostgresServer {
  /** Address of the database `postgres`, without a password: the server listens to this machine alone. */
  readonly url: string;
  /** PostgreSQL's major version. */
  readonly version: number;
  stop(): Promise<void>;
}

/** Folder of the server's programs, the newest there is; undefined where PostgreSQL is not installed. */
export function postgresPrograms(): string | undefined {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  return versions
    .map((version) => path.join(debian, version, "bin"))
    .find((bin) => existsSync(path.join(bin, "initdb")));
}

/** @param settings Lines of `postgresql.conf`. */
export async function startPostgres(programs: string, settings: readonly string[] = []): Promise<PostgresServer> {
  const folder = mkdtempSync(path.join(tmpdir(), "hotpath-pg-"));
  // The server refuses to run as root.
  const user = process.getuid?.() === 0 ? accountOf("postgres") : undefined;
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const data = path.join(folder, "data");
  const options = ["-D", data, "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"];
  execFileSync(path.join(programs, "initdb"), options, { ...user, cwd: folder, stdio: "ignore" });
  const port = await freePort();
  const all = ["fsync=off", "listen_addresses=127.0.0.1", `unix_socket_directories=${folder}`, ...settings];
  const flags = all.flatMap((setting) => ["-c", setting]);
  const child = spawn(path.join(programs, "postgres"), ["-D", data, "-p", String(port), ...flags], {
    ...user,
    cwd: folder,
    stdio: "ignore",
  });
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const stop = async (): Promise<void> => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    // Fast shutdown: open connections are ended.
    if (child.exitCode === null && child.kill("SIGINT")) await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    return { url, version: await answering(url), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function accountOf(name: string): { readonly uid: number; readonly gid: number } {
  const id = (flag: string): number => Number(execFileSync("id", [flag, name], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

async function answering(url: string): Promise<number> {
  for (let attempt = 0; ; attempt++) {
    const client = new Client({ connectionString: url });
    client.on("error", () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<Readonly<Record<string, string>>>("show server_version_num");
      return Math.floor(Number(Object.values(rows[0] ?? {})[0]) / 10_000);
    } catch (error) {
      if (100 < attempt) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

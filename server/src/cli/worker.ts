/** `hotpath worker`. */
import { shownAddress, redisAddress } from "../evaluation-io/distributed/redis-address.js";
import { workRemotely } from "../evaluation-io/distributed/work-remotely.js";
import { UsageError, type ParsedCommand } from "./command-line.js";
import { scopeOf } from "./project-root.js";
import { EXIT, type Terminal } from "./terminal.js";

const DEFAULT_CONCURRENCY = 5;

/** Works until it is interrupted. */
export async function worker(command: ParsedCommand, terminal: Terminal): Promise<number> {
  const [url, ...rest] = command.positionals;
  if (url === undefined || 0 < rest.length || redisAddress(url) === undefined) {
    throw new UsageError("hotpath worker needs the address of one Redis, such as redis://127.0.0.1:6379");
  }
  const concurrency = command.values["concurrency"]?.at(-1) ?? String(DEFAULT_CONCURRENCY);
  if (!/^[1-9]\d{0,2}$/.test(concurrency))
    throw new UsageError(`--concurrency ${concurrency} is not a number from 1 to 999`);
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  const { root } = scopeOf([], terminal.cwd);
  terminal.stderr.write(`working for ${shownAddress(url)} in ${root}, ${concurrency} cases at once\n`);
  await workRemotely(
    {
      url,
      root,
      concurrency: Number(concurrency),
      env: terminal.env,
      // Whoever starts a worker lets it run what the suites of this project say.
      trusted: true,
      allowedHosts: command.values["allow-host"] ?? [],
      log: (line) => void terminal.stderr.write(`${line}\n`),
    },
    stop.signal,
  );
  return EXIT.clean;
}

/**
 * Reports what should be impossible: a mistake of ours, never of the user's code. Under test it throws, so that it is found; in production
 * it logs once per message with a stack and lets the work go on.
 */
const seen = new Set<string>();

export function unexpected(message: string, cause?: unknown): void {
  const error = new Error(`unexpected: ${message}`, { cause });
  if (process.env["VITEST"] !== undefined) throw error;
  if (seen.has(message)) return;
  seen.add(message);
  const detail = cause instanceof Error ? `\n${cause.stack ?? cause.message}` : "";
  process.stderr.write(`${error.stack ?? error.message}${detail}\n`);
}

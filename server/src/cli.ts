/** Entry of the command line: wires the process to `cli/main.ts`. */
import { main } from "./cli/main.js";

const { stdout, stderr, env } = process;

// A reader that closes early (`hotpath check | head`) is no failure of ours.
stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

void main(process.argv.slice(2), { cwd: process.cwd(), env, stdout, stderr }).then((code) => {
  // Not `process.exit`: a pipe may still hold most of the report.
  process.exitCode = code;
});

/** Entry of the command line: wires the process to `cli/main.ts`, which is a bundle of its own, so that Node can take it up as it was compiled before. */
import { keepCompiled } from "./workspace/keep-compiled.js";

const { stdout, stderr, env } = process;

// A reader that closes early (`hotpath check | head`) is no failure of ours.
stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

keepCompiled();
void import("./cli/main.js")
  .then(({ main }) => main(process.argv.slice(2), { cwd: process.cwd(), env, stdout, stderr }))
  .then((code) => {
    // Not `process.exit`: a pipe may still hold most of the report.
    process.exitCode = code;
  });

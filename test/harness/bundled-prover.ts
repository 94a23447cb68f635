/** A prover made of the sources as they are: bundled once for each test file, because its process may read nothing but its own files. */
import { type ChildProcess, fork } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import * as esbuild from "esbuild";
import { createProver, type Prover, type ProverOptions } from "../../server/src/proving/create-prover.js";
import type { ProofReport } from "../../server/src/proving/proof-case.js";
import type { FromProver } from "../../server/src/proving/protocol.js";
import { temporaryFolder } from "./planner-image.js";
import { repositoryRoot } from "./repository.js";

const at = (name: string): string => path.join(repositoryRoot, name);

export async function bundledProver(more: Partial<ProverOptions> = {}): Promise<Prover> {
  return createProver({ ...(await bundled()), imageFile: temporaryFolder("planner-1.img"), ...more });
}

/** Proves one thing after another in one process, which saves the seconds a database takes to start. A measurement's, not a user's: nothing is as apart. */
export async function keptProver(limitMs = 30_000): Promise<Prover> {
  const { processFile, sandboxFile, readable } = await bundled();
  const sandbox = readFileSync(sandboxFile, "utf8");
  let child: ChildProcess | undefined;
  return {
    prove: (request) =>
      new Promise((resolve) => {
        child ??= fork(processFile, [], {
          execArgv: ["--experimental-permission", ...readable.map((one) => `--allow-fs-read=${one}`)],
          env: { TZ: "UTC" },
          serialization: "advanced",
          stdio: ["ignore", "ignore", "ignore", "ipc"],
        });
        const own = child;
        const settle = (report: ProofReport, keep: boolean): void => {
          clearTimeout(limit);
          own.removeAllListeners();
          if (!keep) {
            own.kill("SIGKILL");
            child = undefined;
          }
          resolve(report);
        };
        const limit = setTimeout(() => settle({ kind: "unprovable", reason: "it took too long" }, false), limitMs);
        own.on("exit", () => settle({ kind: "unprovable", reason: "the process that ran it ended" }, false));
        own.on("message", (answer: FromProver) => {
          if (answer.kind === "report") settle(answer.report, true);
        });
        own.send({ kind: "prove", request, sandbox, image: readFileSync(temporaryFolder("planner-1.img")) });
      }),
  };
}

async function bundled(): Promise<Pick<ProverOptions, "processFile" | "sandboxFile" | "readable">> {
  const folder = at(`build/test-prover/${process.pid}`);
  const common = { bundle: true, logLevel: "error", absWorkingDir: repositoryRoot } as const;
  await Promise.all([
    esbuild.build({
      ...common,
      entryPoints: ["server/src/prove-process.ts"],
      outfile: `${folder}/prove-process.js`,
      platform: "node",
      format: "cjs",
      external: ["@electric-sql/pglite"],
    }),
    esbuild.build({
      ...common,
      entryPoints: ["server/src/proving/sandbox/main.ts"],
      outfile: `${folder}/prove-sandbox.js`,
      platform: "neutral",
      format: "iife",
      target: "es2022",
    }),
  ]);
  return {
    processFile: `${folder}/prove-process.js`,
    sandboxFile: `${folder}/prove-sandbox.js`,
    readable: [`${folder}/`, at("node_modules/@electric-sql/")],
  };
}

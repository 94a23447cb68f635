/**
 * Runs one version of a program inside a context that has nothing: no `require`, no `process`, no network. Loaded as a script; the host outside speaks to it
 * through the one function that it leaves on the global object, and every value that crosses is text.
 */
import type { Encoded, Outcome, OutsideUse, ProofTarget, ProofTable } from "../proof-case.js";
import { argumentFor, type Pool } from "./arguments.js";
import { connect, DatabaseError, queryCount, type Send } from "./database.js";
import { encode } from "./encode.js";
import { installGlobals } from "./globals.js";
import { createLoader, type Loader } from "./modules.js";
import { setTables } from "./schema.js";
import { promiseOf, valuesOfTables } from "./promised.js";
import { CannotProve, phase } from "./stub.js";

export interface SandboxCase {
  readonly entry: string;
  readonly imports: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly target: ProofTarget;
  readonly tables: readonly ProofTable[];
  /** Names of those that are there. */
  readonly made: readonly string[];
  readonly rows: number;
  readonly fresh: boolean;
  readonly configured: boolean;
  readonly method: string;
}

export interface SandboxResult {
  readonly outcome: Outcome;
  readonly queryCount: number;
  readonly ms: number;
}

type Bodies = Readonly<Record<string, (exports: object, require: unknown, module: object) => void>>;

interface Bridge {
  /** Puts the body of a module among the others. */
  readonly load: (path: string) => void;
  readonly send: Send;
  readonly now: () => number;
  readonly done: (json: string) => void;
}

function start(json: string, bodies: Bodies, bridge: Bridge): void {
  void run(JSON.parse(json) as SandboxCase, bodies, bridge).then((result) => bridge.done(JSON.stringify(result)));
}

async function run(one: SandboxCase, bodies: Bodies, bridge: Bridge): Promise<SandboxResult> {
  connect(bridge.send);
  setTables(one.tables);
  let countBefore = 0;
  let startedAt = bridge.now();
  const finish = (outcome: Outcome): SandboxResult => ({
    outcome: phase.reason === undefined ? outcome : { kind: "unprovable", reason: phase.reason },
    queryCount: queryCount() - countBefore,
    ms: bridge.now() - startedAt,
  });
  const effects: { status: number; readonly sent: unknown[] } = { status: 200, sent: [] };
  const answered = (): Encoded => encode({ status: effects.status, sent: effects.sent });
  phase.encode = encode;
  phase.configured = one.configured;
  try {
    const loader = createLoader(one.imports, bodies, bridge.load);
    loader.load(one.entry);
    const pool: Pool = {
      values: await valuesOfTables(one.made),
      rows: one.rows,
      fresh: one.fresh,
      method: one.method,
      answer: effects,
      exported: (module, name) => Reflect.get(loader.load(module) as object, name) as unknown,
      makeInstance: (module, name, args) => loader.instance(module, name, args),
    };
    phase.promised = promiseOf(pool);
    phase.listLength = Math.min(one.rows, 20);
    const work = await prepare(one.target, loader, pool);
    countBefore = queryCount();
    startedAt = bridge.now();
    phase.running = true;
    const value = await work();
    return finish({ kind: "value", value: encode(value), effects: answered(), outside: outsideUse() });
  } catch (error) {
    if (error instanceof CannotProve) return finish({ kind: "unprovable", reason: error.message });
    const mistake = isOurMistake(error) ? ({ mistake: true } as const) : {};
    return finish({ kind: "error", value: encode(error), effects: answered(), outside: outsideUse(), ...mistake });
  }
}

function outsideUse(): OutsideUse {
  const { calls, answered, needed, reached } = phase;
  return { calls, answered: [...answered], reached, ...(needed === undefined ? {} : { needed }) };
}

/** Errors that say more about made-up arguments or a stand-in than about the program. */
function isOurMistake(error: unknown): boolean {
  if (error instanceof DatabaseError) return /^(42|22|08)/.test(error.code);
  return (
    error instanceof TypeError ||
    error instanceof ReferenceError ||
    error instanceof SyntaxError ||
    error instanceof RangeError
  );
}

/** Everything the function needs, so that only the function itself is measured. */
async function prepare(target: ProofTarget, loader: Loader, pool: Pool): Promise<() => unknown> {
  const args: unknown[] = [];
  for (const spec of target.params) args.push(await argumentFor(spec, pool));
  const found = loader.target();
  if (found === undefined) {
    const failure = loader.failure();
    if (failure !== undefined) throw new CannotProve(`its file cannot be loaded by itself: ${failure}`);
    throw new CannotProve(`\`${target.name}\` is made only while other code runs`);
  }
  if (found.owner === undefined) return () => found.run(undefined, args);
  const made: unknown[] = [];
  for (const spec of target.construct ?? []) made.push(await argumentFor(spec, pool));
  const { owner } = found;
  const receiver: unknown = found.isStatic ? owner : Reflect.construct(owner, made);
  return () => found.run(receiver, args);
}

installGlobals();
Object.defineProperty(globalThis, "__hotpathStart", { value: start, configurable: true });

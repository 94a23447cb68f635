/**
 * The grammar of the command line: which commands and options exist, and a sentence with the way out for everything that is not one.
 */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { nearest } from "../base/nearest.js";

export interface OptionSpec {
  readonly type: "string" | "boolean";
  readonly multiple?: true;
  /** Placeholder in the help, for options that take a value. */
  readonly value?: string;
  readonly doc: string;
  /** The only values accepted. */
  readonly oneOf?: readonly string[];
}

export interface CommandSpec {
  readonly name: string;
  readonly usage: string;
  readonly doc: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
}

export interface ParsedCommand {
  readonly positionals: readonly string[];
  readonly flags: ReadonlySet<string>;
  readonly values: Readonly<Record<string, readonly string[]>>;
}

/** A mistake in how the program was called: one line on stderr, exit code 2. */
export class UsageError extends Error {}

/** Reads the arguments of one command. Throws `UsageError` naming the option at fault and the nearest right one. */
export function parseCommand(spec: CommandSpec, argv: readonly string[]): ParsedCommand {
  const options: NonNullable<ParseArgsConfig["options"]> = {};
  for (const [name, option] of Object.entries(spec.options)) options[name] = { type: option.type, multiple: true };
  const { tokens } = parseArgs({ args: [...argv], options, allowPositionals: true, strict: false, tokens: true });
  const positionals: string[] = [];
  const flags = new Set<string>();
  const values: Record<string, string[]> = {};
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const option = spec.options[token.name];
    if (option === undefined) throw unknownOption(spec, token.rawName);
    if (option.type === "boolean") {
      if (token.value !== undefined) throw new UsageError(`${token.rawName} takes no value`);
      flags.add(token.name);
      continue;
    }
    (values[token.name] ??= []).push(checkedValue(token.rawName, option, token.value));
  }
  return { positionals, flags, values };
}

function unknownOption(spec: CommandSpec, given: string): UsageError {
  const guess = nearest(given.replace(/^-+/, ""), Object.keys(spec.options));
  const hint = guess === undefined ? `see hotpath ${spec.name} --help` : `did you mean --${guess}?`;
  return new UsageError(`unknown option ${given}: ${hint}`);
}

function checkedValue(rawName: string, option: OptionSpec, value: string | undefined): string {
  if (value === undefined || value === "")
    throw new UsageError(`${rawName} needs a value: ${rawName} ${option.value ?? "VALUE"}`);
  if (option.oneOf !== undefined && !option.oneOf.includes(value)) {
    const guess = nearest(value, option.oneOf);
    throw new UsageError(
      `${rawName} ${value} is not known: use ${guess === undefined ? "" : `${guess}, or another `}one of ${option.oneOf.join(", ")}`,
    );
  }
  return value;
}

/** The help text of one command. */
export function renderHelp(spec: CommandSpec): string {
  const rows = Object.entries(spec.options).map(([name, option]) => {
    const left = `  --${name}${option.type === "string" ? ` ${option.value ?? "VALUE"}` : ""}`;
    return { left, doc: option.oneOf === undefined ? option.doc : `${option.doc} (${option.oneOf.join(", ")})` };
  });
  const width = Math.max(...rows.map((row) => row.left.length)) + 2;
  return [spec.usage, "", spec.doc, "", ...rows.map((row) => row.left.padEnd(width) + row.doc), ""].join("\n");
}

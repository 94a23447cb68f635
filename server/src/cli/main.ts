/** `hotpath`: picks the command, and is the only place that turns a failure into words and an exit code. */
import { version } from "../base/version.js";
import { nearest } from "../base/nearest.js";
import { ConfigError } from "../workspace/config-file.js";
import {
  checkCommand,
  commands,
  daemonCommand,
  doctorCommand,
  reportCommand,
  evaluateCommand,
  explainCommand,
  proveCommand,
  searchCommand,
  workerCommand,
} from "./commands.js";
import { parseCommand, renderHelp, UsageError, type CommandSpec, type ParsedCommand } from "./command-line.js";
import { safeTerminal } from "./safe-terminal.js";
import { EXIT, type Terminal } from "./terminal.js";

type Handler = (command: ParsedCommand, terminal: Terminal) => number | Promise<number>;

/** Loaded on demand: `hotpath --help` must not pay for the parser. */
const HANDLERS: readonly { readonly spec: CommandSpec; readonly load: () => Promise<Handler> }[] = [
  { spec: checkCommand, load: async () => (await import("./check.js")).check },
  { spec: evaluateCommand, load: async () => (await import("./evaluate.js")).evaluate },
  { spec: workerCommand, load: async () => (await import("./worker.js")).worker },
  { spec: explainCommand, load: async () => (await import("./explain.js")).explain },
  { spec: proveCommand, load: async () => (await import("./prove.js")).prove },
  { spec: searchCommand, load: async () => (await import("./search.js")).search },
  { spec: reportCommand, load: async () => (await import("./report-command.js")).report },
  { spec: doctorCommand, load: async () => (await import("./doctor.js")).doctor },
  { spec: daemonCommand, load: async () => (await import("./daemon-command.js")).daemon },
];

/** Runs the program with these arguments (without node and script) and returns its exit code. Never throws. */
export async function main(argv: readonly string[], given: Terminal): Promise<number> {
  const terminal = safeTerminal(given);
  try {
    return await dispatch(argv, terminal);
  } catch (error) {
    if (error instanceof UsageError || error instanceof ConfigError) {
      terminal.stderr.write(`hotpath: ${error.message}\n`);
      return EXIT.usage;
    }
    const detail = error instanceof Error ? error.message : String(error);
    terminal.stderr.write(
      `hotpath: something went wrong inside Hotpath (${detail.split("\n")[0] ?? ""}): run again with HOTPATH_DEBUG=1 for the details to report\n`,
    );
    if (terminal.env["HOTPATH_DEBUG"] !== undefined && error instanceof Error)
      terminal.stderr.write(`${error.stack ?? ""}\n`);
    return EXIT.usage;
  }
}

async function dispatch(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = argv;
  if (name === "--version" || name === "-v") {
    terminal.stdout.write(`${version}\n`);
    return EXIT.clean;
  }
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    (name === undefined ? terminal.stderr : terminal.stdout).write(overview());
    return name === undefined ? EXIT.usage : EXIT.clean;
  }
  const handler = HANDLERS.find(({ spec }) => spec.name === name);
  if (handler === undefined) {
    const guess = nearest(
      name,
      commands.map((command) => command.name),
    );
    throw new UsageError(
      `there is no command ${name}: ${guess === undefined ? "see hotpath --help" : `did you mean hotpath ${guess}?`}`,
    );
  }
  if (rest.includes("--help") || rest.includes("-h")) {
    terminal.stdout.write(renderHelp(handler.spec));
    return EXIT.clean;
  }
  const parsed = parseCommand(handler.spec, rest);
  return (await handler.load())(parsed, terminal);
}

function overview(): string {
  return [
    "Hotpath finds slow backend code.",
    "",
    ...commands.flatMap(({ usage, doc }) => [
      ...usage.split("\n").map((line) => `  ${line}`),
      `      ${doc.split("\n")[0] ?? ""}`,
      "",
    ]),
    "  hotpath COMMAND --help    options of one command",
    "  hotpath --version",
    "",
  ].join("\n");
}

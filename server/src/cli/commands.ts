/** The commands and options of `hotpath`, as data: parsing, help and suggestions derive from it. */
import type { CommandSpec } from "./command-line.js";

export const FORMATS = ["pretty", "json", "sarif", "github"] as const;
export const FAIL_ON = ["error", "warning", "info", "never"] as const;

const help = { type: "boolean", doc: "Show this help." } as const;

export const checkCommand: CommandSpec = {
  name: "check",
  usage: "hotpath check [paths…] [options]",
  doc: "Analyzes the project around the given paths (default: the current folder) and reports findings in them.\nExit code: 0 nothing at or above --fail-on, 1 findings, 2 bad usage or configuration.",
  options: {
    format: { type: "string", value: "FORMAT", doc: "How to report.", oneOf: FORMATS },
    "fail-on": {
      type: "string",
      value: "SEVERITY",
      doc: "Lowest severity that makes the exit code 1; default warning.",
      oneOf: FAIL_ON,
    },
    rule: { type: "string", multiple: true, value: "RULE", doc: "Only this rule or family; can be repeated." },
    config: {
      type: "string",
      value: "FILE",
      doc: "Use this configuration instead of the project's hotpath.config.json.",
    },
    statistics: {
      type: "string",
      multiple: true,
      value: "FILE",
      doc: "Dump of pg_class, pg_stats or pg_stat_statements (CSV or JSON): how big tables are; can be repeated.",
    },
    baseline: { type: "string", value: "FILE", doc: "Report only findings that are not in this file." },
    "update-baseline": { type: "boolean", doc: "Write the present findings to the --baseline file." },
    "strict-baseline": {
      type: "boolean",
      doc: "Exit with 1 when a baselined finding is gone from the code but not from the file.",
    },
    "changed-since": {
      type: "string",
      value: "REV",
      doc: "Only findings in, or reached through, files that differ from this git revision.",
    },
    output: { type: "string", value: "FILE", doc: "Write the report to this file instead of stdout." },
    fix: { type: "boolean", doc: "Apply every safe fix first, say what was changed, and report what is left." },
    "fix-review": {
      type: "string",
      value: "FILE",
      doc: "Write the fixes on offer to this file as a patch to read and apply (git apply FILE); no source is changed.",
    },
    profile: {
      type: "string",
      multiple: true,
      value: "FILE",
      doc: "Measure with this .cpuprofile, .heapprofile, pg_stat_statements export, OTLP trace, autocannon or k6 result; can be repeated.",
    },
    costs: {
      type: "boolean",
      doc: "Also list what one request of every entry point costs: queries, remote calls, blocking.",
    },
    timing: { type: "boolean", doc: "Print on stderr how long each stage and rule took." },
    "no-cache": { type: "boolean", doc: "Neither read nor write the fact cache on disk." },
    "no-planner": { type: "boolean", doc: "Do not ask PostgreSQL's planner to confirm missing indexes." },
    "no-daemon": { type: "boolean", doc: "Analyze in this process even if a daemon is running." },
    workers: { type: "string", value: "N", doc: "Worker threads for the first scan; 0 uses none." },
    help,
  },
};

export const explainCommand: CommandSpec = {
  name: "explain",
  usage: "hotpath explain [rule]\nhotpath explain --loop FILE:LINE\nhotpath explain --query FILE:LINE",
  doc: "Prints what a rule finds, why it matters and what to do instead; without a rule, lists them.\nWith --loop, says of each call in the loop at that line what was found, or why it is left alone.\nWith --query, shows the SQL of the query at that line, the index that serves it or is missing, and its plan.",
  options: {
    loop: { type: "string", value: "FILE:LINE", doc: "Explain the loop that begins on, or stands around, this line." },
    query: {
      type: "string",
      value: "FILE:LINE",
      doc: "Explain the query that begins on, or stands around, this line.",
    },
    help,
  },
};

export const proveCommand: CommandSpec = {
  name: "prove",
  usage: "hotpath prove FILE:LINE",
  doc: "Runs the function around a finding as it is and as its fix would leave it, on made-up rows in a process without files or network, and compares results, queries and time.",
  options: { help },
};

export const searchCommand: CommandSpec = {
  name: "search",
  usage: 'hotpath search "what it does" [options]\nhotpath search --similar FILE:LINE',
  doc: "Finds functions and queries of this project by a sentence or by likeness, with a model that runs on this machine.",
  options: {
    similar: { type: "string", value: "FILE:LINE", doc: "Find code like the function at this line." },
    folder: { type: "string", value: "FOLDER", doc: "Only code in this folder." },
    kind: { type: "string", value: "KIND", doc: "Only functions, or only queries.", oneOf: ["function", "query"] },
    family: { type: "string", value: "RULE", doc: "Only code with a finding of this rule or family." },
    limit: { type: "string", value: "N", doc: "How many to show; default 10." },
    format: { type: "string", value: "FORMAT", doc: "How to report.", oneOf: ["pretty", "json"] },
    model: { type: "string", value: "FOLDER", doc: "Use the model in this folder." },
    "no-model": { type: "boolean", doc: "Search by words alone." },
    help,
  },
};

export const reportCommand: CommandSpec = {
  name: "report",
  usage: "hotpath report --html FILE [path]",
  doc: "Writes the dashboard as one file: findings over time, endpoints by cost, evaluation runs, time of each rule.",
  options: {
    html: { type: "string", value: "FILE", doc: "Where to write the page." },
    help,
  },
};

export const doctorCommand: CommandSpec = {
  name: "doctor",
  usage: "hotpath doctor",
  doc: "Tries every part of Hotpath on this machine and says what works, what does not, and what to do about it.",
  options: { json: { type: "boolean", doc: "Print the result as JSON." }, help },
};

export const daemonCommand: CommandSpec = {
  name: "daemon",
  usage: "hotpath daemon start|stop|status",
  doc: "Controls the shared analyzer that serves the editor windows and the command line of this user.",
  options: {
    json: { type: "boolean", doc: "Print the status as JSON." },
    metrics: {
      type: "string",
      value: "ADDRESS",
      doc: "With start: serve Prometheus metrics at this address of this machine, such as 127.0.0.1:9464.",
    },
    help,
  },
};

export const EVALUATION_FORMATS = ["pretty", "json", "junit", "html"] as const;

export const evaluateCommand: CommandSpec = {
  name: "eval",
  usage: "hotpath eval [suites…] [options]",
  doc: "Runs evaluation suites (*.hotpath-eval.yaml): those given, else those of this project, else the one that comes with Hotpath.\nExit code: 0 all limits kept, 1 a limit broken or worse than the baseline, 2 bad usage or a wrong suite.",
  options: {
    format: { type: "string", value: "FORMAT", doc: "How to report.", oneOf: EVALUATION_FORMATS },
    output: { type: "string", value: "FILE", doc: "Write the report to this file instead of stdout." },
    case: { type: "string", multiple: true, value: "ID", doc: "Only this case; can be repeated." },
    concurrency: { type: "string", value: "N", doc: "How many cases run at once; default 5." },
    resume: { type: "boolean", doc: "Go on with the last run, or the one --session names." },
    "retry-failed": {
      type: "boolean",
      doc: "Run again what did not pass in the last run, or the one --session names.",
    },
    session: { type: "string", value: "ID", doc: "The run that --resume and --retry-failed mean." },
    distributed: {
      type: "string",
      value: "REDIS",
      doc: "Let workers (hotpath worker REDIS) carry out the cases, through the Redis at this address.",
    },
    watch: { type: "boolean", doc: "Show how far the last run is, or the one --session names, whoever started it." },
    "no-cache": { type: "boolean", doc: "Neither read nor write remembered results." },
    baseline: { type: "string", value: "FILE", doc: "Compare with this file; what got worse makes the exit code 1." },
    "update-baseline": { type: "boolean", doc: "Write the outcome to the --baseline file." },
    "compare-to": {
      type: "string",
      value: "WHAT",
      doc: "Compare with a commit, branch or tag, with another suite file, or with an earlier run; worse makes the exit code 1.",
    },
    "allow-host": {
      type: "string",
      multiple: true,
      value: "HOST",
      doc: "Let the suite reach this host beside this machine; can be repeated.",
    },
    help,
  },
};

export const workerCommand: CommandSpec = {
  name: "worker",
  usage: "hotpath worker redis://HOST [options]",
  doc: "Carries out cases of hotpath eval --distributed, by this machine's copy of the project, until it is stopped.",
  options: {
    concurrency: { type: "string", value: "N", doc: "How many cases run at once; default 5." },
    "allow-host": {
      type: "string",
      multiple: true,
      value: "HOST",
      doc: "Let suites reach this host beside this machine; can be repeated.",
    },
    help,
  },
};

export const commands: readonly CommandSpec[] = [
  checkCommand,
  evaluateCommand,
  workerCommand,
  explainCommand,
  proveCommand,
  searchCommand,
  reportCommand,
  doctorCommand,
  daemonCommand,
];

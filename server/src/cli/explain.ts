/** `hotpath explain RULE`, `hotpath explain --loop FILE:LINE` and `hotpath explain --query FILE:LINE`. */
import { explainRule, ruleInfos } from "../analysis/explain.js";
import { nearest } from "../base/nearest.js";
import { explainLoop } from "./explain-loop.js";
import { explainQuery } from "./explain-query.js";
import { UsageError, type ParsedCommand } from "./command-line.js";
import { paletteFor } from "./palette.js";
import { EXIT, type Terminal } from "./terminal.js";

export async function explain(command: ParsedCommand, terminal: Terminal): Promise<number> {
  const place = command.values["loop"]?.at(-1);
  if (place !== undefined) return explainLoop(place, terminal);
  const query = command.values["query"]?.at(-1);
  if (query !== undefined) return explainQuery(query, terminal);
  const palette = paletteFor(terminal.stdout, terminal.env);
  const rules = ruleInfos();
  const [wanted, ...rest] = command.positionals;
  if (rest.length > 0) throw new UsageError("explain takes one rule at a time: hotpath explain RULE");
  if (wanted === undefined) {
    const width = Math.max(...rules.map((rule) => rule.id.length)) + 2;
    terminal.stdout.write(rules.map((rule) => `${palette.bold(rule.id.padEnd(width))}${rule.docs.what}\n`).join(""));
    return EXIT.clean;
  }
  const matching = rules.filter((rule) => rule.id === wanted || rule.family === wanted);
  if (matching.length === 0) {
    const guess = nearest(wanted, [...rules.map((rule) => rule.id), ...new Set(rules.map((rule) => rule.family))]);
    throw new UsageError(
      `there is no rule ${wanted}: ${guess === undefined ? "hotpath explain lists them" : `did you mean ${guess}?`}`,
    );
  }
  terminal.stdout.write(`${matching.map((rule) => explainRule(rule.id)?.markdown ?? "").join("\n\n")}\n`);
  return EXIT.clean;
}

/** Expectations as promptfoo writes them into one cell: `contains: Paris`, `similar(0.9): hello`, or the text itself. */

/** @returns The assertion as a configuration would have it; undefined for an empty cell. */
export function assertionOfText(text: string): Readonly<Record<string, unknown>> | undefined {
  const cell = text.trim();
  if (cell === "") return undefined;
  const [, short, rest = ""] = /^(fn|eval|grade):([\s\S]*)$/.exec(cell) ?? [];
  if (short !== undefined) return { type: short === "grade" ? "llm-rubric" : "javascript", value: rest.trim() };
  if (cell.startsWith("file://")) return { type: "javascript", value: cell };
  const named = NAMED.exec(cell);
  const [, type, threshold, value] = named ?? [];
  if (type === undefined) return { type: "equals", value: cell };
  return {
    type,
    ...(threshold === undefined ? {} : { threshold: Number(threshold) }),
    ...(value === undefined || value.trim() === "" ? {} : { value: value.trim() }),
  };
}

/** Every assertion of promptfoo that may stand in a cell, known here or not: what is not known must be told, not compared letter by letter. */
const NAMED =
  /^((?:not-)?(?:equals|i?contains(?:-all|-any|-json|-sql|-html|-xml)?|starts-with|regex|is-[\w-]+|similar(?::\w+)?|llm-rubric|model-graded-[\w-]+|factuality|answer-relevance|context-[\w-]+|g-eval|classifier|moderation|guardrails|levenshtein|rouge-n|bleu|gleu|meteor|perplexity(?:-score)?|latency|cost|word-count|javascript|python|ruby|webhook|select-best|max-score|finish-reason|pi))(?:\((\d+(?:\.\d+)?)\))?(?::([\s\S]*))?$/;

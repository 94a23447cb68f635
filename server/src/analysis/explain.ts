/** What the rules say of themselves: lists for settings and reports, pages for readers. */
import { catalogRules } from "../rules/catalog-registry.js";
import { rules } from "../rules/registry.js";
import type { RuleInfo } from "./host.js";
import { staleSuppressionInfo } from "./stale-suppression-info.js";

export interface RulePage {
  readonly rule: string;
  readonly title: string;
  readonly markdown: string;
}

export function ruleInfos(): readonly RuleInfo[] {
  return [
    ...[...rules, ...catalogRules].map(({ id, family, severity, fixSafety, since, docs }) => ({
      id,
      family,
      severity,
      fixSafety,
      since,
      docs,
    })),
    staleSuppressionInfo,
  ];
}

/** The page of a rule; undefined for a name that is none. */
export function explainRule(id: string): RulePage | undefined {
  const info = ruleInfos().find((rule) => rule.id === id);
  return info === undefined ? undefined : { rule: id, title: id, markdown: renderRulePage(info) };
}

export function renderRulePage({ id, family, severity, since, docs }: RuleInfo): string {
  return [
    `# ${id}`,
    "",
    `Family \`${family}\`, at most \`${severity}\`, since ${since}.`,
    "",
    "## What it finds",
    "",
    docs.what,
    "",
    "## Why it matters",
    "",
    docs.why,
    "",
    "## What to do instead",
    "",
    docs.instead,
    "",
    "## Limits",
    "",
    docs.limits,
    "",
    "## Ignore one",
    "",
    "```ts",
    `// hotpath-ignore-next-line ${id} -- why it is fine here`,
    "```",
    "",
  ].join("\n");
}

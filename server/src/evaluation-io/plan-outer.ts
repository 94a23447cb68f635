/** Planners of the kinds that reach outside this process. */
import type { ResultCache } from "../evaluation/attempt.js";
import type { OuterPlanner } from "../evaluation/plan.js";
import type { PlanContext } from "../evaluation/plan-context.js";
import { planPrompt } from "../evaluation/prompt/plan-prompt.js";
import { planCommand } from "./command/plan-command.js";
import { planHttp } from "./http/plan-http.js";
import { embeddingSimilarity } from "./embedding-similarity.js";
import { matchesInTime } from "./matches-in-time.js";
import type { Embedder } from "../ranking/embedder.js";
import type { Outside } from "./outside.js";
import { createSqlProcess } from "./sql/ask-sql.js";
import { planSql } from "./sql/plan-sql.js";
import { createProviders, type Providers } from "./providers/create-providers.js";

export interface OuterPlanning {
  readonly plan: OuterPlanner;
  /** Ends connections that are still open. */
  close(): Promise<void>;
}

export function outerPlanning(outside: Outside, cache: ResultCache): OuterPlanning {
  const state: { providers?: Providers; embedder?: Embedder } = {};
  const similarity = embeddingSimilarity(() => (state.embedder ??= outside.createEmbedder()));
  const database = createSqlProcess(outside.sqlProcessFile);
  const providersOf = (context: PlanContext): Providers =>
    (state.providers ??= createProviders(context.suite.providers, askedProviders(context), outside, context.fault));
  return {
    async plan(one, context) {
      switch (one.kind) {
        case "prompt": {
          const providers = providersOf(context).byId;
          return await planPrompt(one, context, {
            providers,
            cache,
            similarity,
            matches: matchesInTime,
          });
        }
        case "command":
          return await planCommand(one, context, outside);
        case "http":
          return planHttp(one, context, outside);
        case "sql":
          return await planSql(one, context, outside, database);
      }
    },
    async close() {
      database.close();
      await state.embedder?.close();
      await state.providers?.close();
    },
  };
}

function askedProviders({ suite }: PlanContext): ReadonlySet<string> {
  const asked = suite.cases.flatMap((one) => {
    if (one.kind !== "prompt") return [];
    const own = 0 < one.providers.length ? one.providers : suite.providers.map(({ id }) => id);
    return [...own, ...one.assertions.flatMap(({ provider }) => provider ?? [])];
  });
  return new Set(asked);
}

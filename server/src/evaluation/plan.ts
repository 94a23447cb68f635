/** A suite as the list of things to do. All mistakes that need files to be seen are found here, before anything runs. */
import { contentHash } from "../base/content-hash.js";
import { planDetect } from "./detect/plan-detect.js";
import type { ItemDraft, PlanContext } from "./plan-context.js";
import type { CaseDefinition, SuitePlace, SuiteProblem } from "./suite.js";
import type { WorkItem } from "./work.js";

/** Plans the cases of kinds that need the outside world. */
export type OuterPlanner = (
  one: Exclude<CaseDefinition, { readonly kind: "detect" }>,
  context: PlanContext,
) => Promise<Iterable<ItemDraft>>;

export interface Plan {
  readonly items: readonly WorkItem[];
  readonly problems: readonly SuiteProblem[];
  /** Changes when the ids of the items do: results of an earlier run belong to the same plan. */
  readonly hash: string;
}

/** @param only Ids of cases; all of them when empty. Never rejects for a wrong suite. */
export async function planSuite(
  context: Omit<PlanContext, "fault">,
  only: ReadonlySet<string>,
  outer: OuterPlanner,
): Promise<Plan> {
  const problems: SuiteProblem[] = [];
  const fault = (place: SuitePlace, message: string): void =>
    void problems.push({ ...place, severity: "error", message });
  const items: WorkItem[] = [];
  const seen = new Set<string>();
  for (const one of context.suite.cases) {
    if (0 < only.size && !only.has(one.id)) continue;
    const full: PlanContext = { ...context, fault };
    const drafts = one.kind === "detect" ? await planDetect(one, full) : await outer(one, full);
    for (const draft of drafts) {
      for (const item of repeated(one, draft, full)) {
        if (seen.has(item.id))
          fault({ file: item.file, line: item.line, column: 1 }, `there are two cases called \`${item.id}\``);
        else items.push(item);
        seen.add(item.id);
      }
    }
  }
  return { items, problems, hash: contentHash(items.map(({ id }) => id).join("\n")) };
}

function* repeated(one: CaseDefinition, draft: ItemDraft, { settings }: PlanContext): Generator<WorkItem> {
  const times = one.repeat ?? settings.repeat;
  const limit = one.kind === "command" ? settings.commandTimeoutMs : settings.timeoutMs;
  const mayRemember = one.kind === "command" ? settings.commandCache : settings.cache;
  const id = draft.suffix === undefined ? one.id : `${one.id} / ${draft.suffix}`;
  const place = draft.place ?? one.place;
  for (let repeat = 0; repeat < times; repeat++) {
    const title = draft.title ?? one.title;
    yield {
      id: repeat === 0 ? id : `${id} #${repeat + 1}`,
      caseId: one.id,
      kind: one.kind,
      ...(title === undefined ? {} : { title }),
      ...(one.category === undefined ? {} : { category: one.category }),
      ...(draft.variant === undefined ? {} : { variant: draft.variant }),
      ...(draft.pair === undefined ? {} : { pair: `${one.id} / ${draft.pair} #${repeat + 1}` }),
      weight: one.weight,
      file: place.file,
      line: place.line,
      alone: draft.alone ?? false,
      judgesAtOnce: draft.judgesAtOnce ?? true,
      timeoutMs: one.timeoutSeconds === undefined ? limit : one.timeoutSeconds * 1000,
      retries: one.retries ?? settings.retries,
      // Repeats exist to see how much results vary, so only the first may be a remembered one.
      cacheKey: mayRemember && repeat === 0 ? draft.cacheKey : undefined,
      ...(draft.admit === undefined ? {} : { admit: draft.admit }),
      observe: draft.observe,
      judge: draft.judge,
    };
  }
}

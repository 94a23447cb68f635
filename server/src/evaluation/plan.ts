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
  /** Made anew each time they are gone through: there may be very many, and few are needed at once. */
  readonly items: Iterable<WorkItem>;
  readonly count: number;
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
  const full: PlanContext = { ...context, fault };
  const planned: { readonly one: CaseDefinition; readonly drafts: Iterable<ItemDraft> }[] = [];
  for (const one of context.suite.cases) {
    if (0 < only.size && !only.has(one.id)) continue;
    planned.push({ one, drafts: one.kind === "detect" ? await planDetect(one, full) : await outer(one, full) });
  }
  const items: Iterable<WorkItem> = {
    *[Symbol.iterator]() {
      for (const { one, drafts } of planned) for (const draft of drafts) yield* repeated(one, draft, full);
    },
  };
  const ids = new Set<string>();
  for (const { id, file, line } of items) {
    if (ids.has(id)) fault({ file, line, column: 1 }, `there are two cases called \`${id}\``);
    ids.add(id);
  }
  return { items, count: ids.size, problems, hash: contentHash([...ids].join("\n")) };
}

function* repeated(one: CaseDefinition, draft: ItemDraft, { settings }: PlanContext): Generator<WorkItem> {
  const times = one.repeat ?? settings.repeat;
  const limit = one.kind === "command" ? settings.commandTimeoutMs : settings.timeoutMs;
  const mayRemember = one.kind === "command" ? settings.commandCache : settings.cache;
  const id = draft.suffix === undefined ? one.id : `${one.id} / ${draft.suffix}`;
  const place = draft.place ?? one.place;
  for (let repeat = 0; repeat < times; repeat++) {
    const title = titleOf(one, draft, repeat);
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

/** Tells items of one case apart as their ids do. */
function titleOf(one: CaseDefinition, draft: ItemDraft, repeat: number): string | undefined {
  const title =
    draft.title ??
    (draft.suffix === undefined || one.title === undefined ? one.title : `${one.title} / ${draft.suffix}`);
  return title === undefined || repeat === 0 ? title : `${title} #${repeat + 1}`;
}

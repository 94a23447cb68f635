/** Finds a join or relation load whose rows are looked up by columns no index begins with, while the rows on the other side are few and known. */
import { candidateText } from "../../advisor/candidate.js";
import { defineRule, type Description } from "../define-rule.js";
import { columnList, describeAdvice } from "./describe-advice.js";
import { fixLacked } from "./index-fixes.js";
import { type LackedIndex, lackedIndexes } from "./query-advice.js";

/** One query may load many relations: they are told together. */
interface LackedByQuery extends LackedIndex {
  readonly more: readonly LackedIndex[];
}

export const unindexedJoin = defineRule<LackedByQuery>({
  id: "unindexed-join",
  family: "missing-index",
  since: "0.1.0",
  severity: "warning",
  fixSafety: "review",
  readsWorkload: true,
  docs: {
    what: "A query goes from rows it has found to the rows that belong to them, over columns that no index begins with.",
    why: "However few rows there are on one side, the whole table is read on the other, for every run.",
    instead: "Add an index on the columns the join compares. It also serves deletes of the rows referred to.",
    limits:
      "Only joins between tables of the schema whose columns are known, and only where one side is found through an index or was loaded before.",
  },
  check: (view, schema) => byQuery([...lackedIndexes(view, schema, ["join"])]),
  describe(lacked, view) {
    const { more } = lacked;
    const { table, needs } = lacked.advice;
    const columns = columnList(needs.map((need) => need.column.name));
    const words = describeAdvice(
      lacked,
      `rows of \`${table.name}\` are looked up by ${columns}, which no index serves`,
      0.75,
      view,
    );
    return more.length === 0 ? words : withMore(words, lacked, more);
  },
  fixes: (lacked, view, sources) => fixLacked([lacked, ...lacked.more], view, sources),
});

function byQuery(all: readonly LackedIndex[]): readonly LackedByQuery[] {
  const queries = new Map<number, LackedIndex[]>();
  for (const one of all) queries.set(one.query.expr, [...(queries.get(one.query.expr) ?? []), one]);
  return [...queries.values()].flatMap((some) => {
    // An index that is told here goes before those that are told elsewhere.
    const told = some.filter(({ toldAt }) => toldAt === undefined);
    const [first, ...more] = [...told, ...some.filter(({ toldAt }) => toldAt !== undefined)];
    return first === undefined ? [] : [{ ...first, more }];
  });
}

/** Indexes that are told elsewhere are named only where none is told here: one message for each index is enough. */
function withMore(words: Description, first: LackedIndex, more: readonly LackedIndex[]): Description {
  const told = more.filter(({ toldAt }) => (toldAt === undefined) === (first.toldAt === undefined));
  const names = told.flatMap(({ candidates }) => candidates.map((candidate) => `\`${candidateText(candidate)}\``));
  const declared = more.flatMap(({ advice: { needs, table } }) =>
    needs.map(({ column }) => ({
      at: column.location,
      message: `\`${column.name}\` of \`${table.name}\` is declared here`,
    })),
  );
  const served = told
    .flatMap(({ alsoServes }) => alsoServes)
    .map((at) => ({ at, message: "this query needs one of the indexes too" }));
  const also = names.length === 0 ? "" : `; so would ${names.join(", ")} for other rows of this query`;
  return { ...words, message: `${words.message}${also}`, related: [...words.related, ...declared, ...served] };
}

/** Prints a query model in one line, for tests and for people who want to know what was understood. Not SQL. */
import {
  ANY_TABLE,
  type ColumnRef,
  type Condition,
  type Predicate,
  type QueryModel,
  type QueryValue,
} from "./model.js";

/** `read User where email = ? and posts.title ~ %? order createdAt desc limit 10 [a filter that is put together]` */
export function renderQuery(query: QueryModel): string {
  const [main] = query.tables;
  const joins = query.joins.map(({ table, kind, on }) => {
    const pairs = on.map(({ left, right }) => `${columnText(query, left)} = ${columnText(query, right)}`).join(" and ");
    return ` ${kind} ${tableText(query, table)}${pairs === "" ? "" : ` on ${pairs}`}`;
  });
  const where = conditionText(query, query.where);
  const order = query.orderBy.map(
    ({ column, direction, optional }) => `${columnText(query, column)} ${direction}${optional === true ? "?" : ""}`,
  );
  return [
    `${query.keyed === true ? "keyed " : ""}${query.access} ${main?.name ?? ""}`,
    joins.join(""),
    where === "" ? "" : ` where ${where}`,
    query.aggregate === true ? " aggregate" : "",
    order.length === 0 ? "" : ` order ${order.join(", ")}`,
    query.orderUnknown === true ? " order ?" : "",
    query.limit === undefined ? "" : ` limit ${valueText(query, query.limit)}`,
    query.offset === undefined ? "" : ` offset ${valueText(query, query.offset)}`,
    query.complete ? "" : ` [${query.unknown.join("; ")}]`,
  ].join("");
}

function tableText(query: QueryModel, index: number): string {
  const table = query.tables[index];
  if (table === undefined) return "?";
  const parent = table.of === undefined ? "" : `${tableText(query, table.of)}.`;
  return `${parent}${table.name}`;
}

function columnText(query: QueryModel, { table, name }: ColumnRef): string {
  if (table === 0) return name;
  return table === ANY_TABLE ? `?.${name}` : `${tableText(query, table)}.${name}`;
}

function conditionText(query: QueryModel, condition: Condition): string {
  switch (condition.kind) {
    case "and":
    case "or":
      return condition.of
        .map((part) =>
          part.kind === "and" || part.kind === "or" ? `(${conditionText(query, part)})` : conditionText(query, part),
        )
        .join(` ${condition.kind} `);
    case "not":
      return `not (${conditionText(query, condition.of)})`;
    case "optional":
      return `maybe (${conditionText(query, condition.of)})`;
    case "unknown":
      return "…";
    default:
      return predicateText(query, condition);
  }
}

function predicateText(query: QueryModel, predicate: Predicate): string {
  const bare = columnText(query, predicate.column);
  const column = "fn" in predicate ? `${predicate.fn}(${bare})` : bare;
  switch (predicate.kind) {
    case "equal":
      return `${column} = ${valueText(query, predicate.value)}`;
    case "not-equal":
      return `${column} <> ${valueText(query, predicate.value)}`;
    case "in":
      return `${column} in ${valueText(query, predicate.value)}`;
    case "range":
      return `${column} < ${valueText(query, predicate.value)}`;
    case "like":
      return `${column} ${predicate.insensitive === true ? "~*" : "~"} ${predicate.leading === "wildcard" ? "%" : predicate.leading === "fixed" ? "a%" : "?"}`;
    case "null":
      return `${column} is null`;
    case "not-null":
      return `${column} is not null`;
    case "special":
      return `${column} ${predicate.operator} ?`;
  }
}

function valueText(query: QueryModel, value: QueryValue): string {
  switch (value.kind) {
    case "literal":
      return JSON.stringify(value.value);
    case "parameter":
      return "?";
    case "list":
      return value.length === undefined ? "[…]" : `[${value.length}]`;
    case "column":
      return columnText(query, value.column);
  }
}

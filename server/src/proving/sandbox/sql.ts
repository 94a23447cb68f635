/** Pieces of SQL with their parameters in place, put together by the query layers. */

export type Chunk = string | { readonly param: unknown };

/** Part of a statement. */
export class Sql {
  readonly chunks: readonly Chunk[];
  constructor(chunks: readonly Chunk[]) {
    this.chunks = chunks;
  }
}

export function text(value: string): Sql {
  return new Sql([value]);
}

export function param(value: unknown): Sql {
  return new Sql([{ param: value }]);
}

/** `` sql`a = ${param(1)}` ``: pieces are put in, anything else is a parameter. */
export function sql(parts: TemplateStringsArray, ...values: readonly unknown[]): Sql {
  const chunks: Chunk[] = [];
  parts.forEach((part, index) => {
    chunks.push(part);
    if (index >= values.length) return;
    const value = values[index];
    if (value instanceof Sql) chunks.push(...value.chunks);
    else chunks.push({ param: value });
  });
  return new Sql(chunks);
}

export function join(pieces: readonly Sql[], between: string): Sql {
  return new Sql(pieces.flatMap((piece, index) => (index === 0 ? piece.chunks : [between, ...piece.chunks])));
}

/** A plain value as text. */
export function written(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** `schema.table` or `table.column`, each part quoted. */
export function identifier(name: string): Sql {
  return text(
    name
      .split(".")
      .map((part) => (part === "*" ? "*" : quote(part)))
      .join("."),
  );
}

export function list(values: readonly unknown[]): Sql {
  return join(
    values.map((value) => (value instanceof Sql ? value : param(value))),
    ", ",
  );
}

/** `IN`, with what a database says of an empty list: nothing is in it. */
export function inList(column: Sql, values: readonly unknown[], negated: boolean): Sql {
  if (values.length === 0) return text(negated ? "true" : "false");
  return sql`${column} ${text(negated ? "NOT IN" : "IN")} (${list(values)})`;
}

export function render(piece: Sql): { readonly text: string; readonly params: readonly unknown[] } {
  const params: unknown[] = [];
  const written = piece.chunks.map((chunk) => (typeof chunk === "string" ? chunk : `$${params.push(chunk.param)}`));
  return { text: written.join(""), params };
}

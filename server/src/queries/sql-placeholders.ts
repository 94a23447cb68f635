/**
 * SQL as drivers take it → SQL as PostgreSQL's grammar takes it: `?`, `:name` and `@name` become `$1`, `$2` …, backticks become double quotes. Strings, names
 * and comments are left as they are.
 */

export interface RewrittenSql {
  readonly text: string;
  /** Offset in the text as written, for an offset in `text`. */
  readonly offsetOf: (offset: number) => number;
}

const pieces =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\$(\w*)\$[^]*?\$\1\$|--[^\n]*|\/\*[^]*?\*\/|::|\?\?|\?[|&]|\?|:[a-zA-Z_]\w*|\$\d+|@[a-zA-Z_]\w*/g;

export function rewritePlaceholders(sql: string): RewrittenSql {
  const shifts: { readonly from: number; readonly by: number }[] = [];
  const named = new Map<string, number>();
  let last = Math.max(0, ...[...sql.matchAll(/\$(\d{1,4})\b/g)].map((match) => Number(match[1])));
  let text = "";
  let at = 0;
  for (const match of sql.matchAll(pieces)) {
    const [piece] = match;
    const next = replacement(piece, named, () => ++last);
    text += sql.slice(at, match.index) + next;
    at = match.index + piece.length;
    if (next.length !== piece.length) shifts.push({ from: text.length, by: at - text.length });
  }
  text += sql.slice(at);
  return { text, offsetOf: (offset) => offset + (shifts.findLast(({ from }) => from <= offset)?.by ?? 0) };
}

function replacement(piece: string, named: Map<string, number>, next: () => number): string {
  const [first] = piece;
  if (first === "`") return `"${piece.slice(1, -1).replaceAll('"', '""')}"`;
  if (piece === "?") return `$${next()}`;
  if ((first !== ":" && first !== "@") || piece === "::") return piece;
  let number = named.get(piece);
  if (number === undefined) named.set(piece, (number = next()));
  return `$${number}`;
}

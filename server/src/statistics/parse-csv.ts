/** Reads CSV as `COPY … CSV HEADER` writes it: quoted values may hold commas, quotes and lines. */

export type CsvRow = Readonly<Record<string, string>>;

/** Rows by the names of the first line; a row that is shorter has no value for the rest. */
export function parseCsv(text: string): readonly CsvRow[] {
  const [names = [], ...lines] = parseLines(text);
  return lines
    .filter((values) => values.length > 1 || values[0] !== "")
    .map((values) => Object.fromEntries(names.map((name, i) => [name.trim().toLowerCase(), values[i] ?? ""])));
}

function parseLines(text: string): readonly (readonly string[])[] {
  const lines: string[][] = [];
  let line: string[] = [];
  let at = text.startsWith("\uFEFF") ? 1 : 0;
  while (at < text.length) {
    const { value, end } = readValue(text, at);
    line.push(value);
    at = end + 1;
    if (text[end] === ",") continue;
    lines.push(line);
    line = [];
    if (text[end] === "\r" && text[at] === "\n") at++;
  }
  if (line.length > 0) lines.push(line);
  return lines;
}

/** @returns The value, and the place of the separator behind it. */
function readValue(text: string, start: number): { readonly value: string; readonly end: number } {
  if (text[start] !== '"') {
    const end = nextSeparator(text, start);
    return { value: text.slice(start, end), end };
  }
  let value = "";
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return { value: value + text.slice(at), end: text.length };
    value += text.slice(at, quote);
    at = quote + 1;
    if (text[at] !== '"') break;
    value += '"';
    at++;
  }
  return { value, end: nextSeparator(text, at) };
}

function nextSeparator(text: string, start: number): number {
  let at = start;
  while (at < text.length && text[at] !== "," && text[at] !== "\n" && text[at] !== "\r") at++;
  return at;
}

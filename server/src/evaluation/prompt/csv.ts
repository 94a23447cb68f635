/** Comma-separated values as RFC 4180 has them; the first row names the columns. */

export function readCsv(text: string): Readonly<Record<string, string>>[] {
  const [names = [], ...rows] = cells(text);
  return rows.map((row) => Object.fromEntries(names.map((name, column) => [name.trim(), row[column] ?? ""])));
}

/** A quoted cell, with doubled quotes inside, or a plain one; then a comma, a line end or the end. */
const CELL = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;

function cells(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  CELL.lastIndex = 0;
  while (CELL.lastIndex < text.length) {
    const match = CELL.exec(text);
    // A stray quote inside a plain cell: what is left of the line is taken as it is.
    if (match === null) break;
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
    if (match[3] === ",") continue;
    if (1 < row.length || row[0] !== "") rows.push(row);
    row = [];
  }
  if (0 < row.length) rows.push(row);
  return rows;
}

/** Comma-separated values as RFC 4180 has them: quoted fields may hold commas, quotes and line breaks. Tabs and semicolons separate as well as commas. */
export function parseCsv(source: string): readonly (readonly string[])[] {
  const separator = separatorOf(source);
  const rows: string[][] = [];
  let row: string[] = [];
  let field = "";
  let quoted = false;
  for (let at = 0; at < source.length; at++) {
    const char = source.charAt(at);
    if (quoted) {
      if (char !== '"') field += char;
      else if (source.charAt(at + 1) === '"') {
        field += '"';
        at++;
      } else quoted = false;
    } else if (char === '"' && field === "") quoted = true;
    else if (char === separator) {
      row.push(field);
      field = "";
    } else if (char === "\n") {
      row.push(field.replace(/\r$/, ""));
      rows.push(row);
      row = [];
      field = "";
    } else field += char;
  }
  if (field !== "" || 0 < row.length) rows.push([...row, field]);
  return rows.filter((one) => 1 < one.length || one[0] !== "");
}

/** Whichever stands most often in the first line. */
function separatorOf(source: string): string {
  const end = source.indexOf("\n");
  const first = end < 0 ? source : source.slice(0, end);
  const counts = [",", "\t", ";"].map((char) => [char, first.split(char).length] as const);
  return counts.reduce((best, one) => (best[1] < one[1] ? one : best))[0];
}

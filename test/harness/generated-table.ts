/** Tables of a document that a test writes and compares: what stands between two marks, without the padding that Prettier adds. */

type Marks = readonly [string, string];

export function textBetween(text: string, [start, end]: Marks): string {
  return text
    .slice(text.indexOf(start) + start.length, text.indexOf(end))
    .trim()
    .replace(/ +\|/g, " |")
    .replace(/\| +/g, "| ")
    .replace(/-{3,}:?/g, "---");
}

export function replaceBetween(text: string, [start, end]: Marks, lines: string): string {
  return `${text.slice(0, text.indexOf(start) + start.length)}\n\n${lines}\n\n${text.slice(text.indexOf(end))}`;
}

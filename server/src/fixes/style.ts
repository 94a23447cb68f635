/** How a file is written, so that what a fix adds looks as if its author had written it. Decided by counting what the file does. */
import { ts } from "../syntax/typescript.js";

export interface Style {
  /** One step of indentation: a tab, or so many spaces. */
  readonly indent: string;
  readonly newline: "\n" | "\r\n";
  readonly quote: '"' | "'";
  /** What ends a statement: `;` or nothing. */
  readonly semicolon: ";" | "";
  /** What follows the last item of a list that is spread over lines: `,` or nothing. */
  readonly trailingComma: "," | "";
  /** Parameters of one-parameter arrow functions stand in parentheses. */
  readonly arrowParens: boolean;
  /** Line length the file keeps to; 80 to 140. */
  readonly width: number;
}

const known = new WeakMap<ts.SourceFile, Style>();

export function styleOf(tree: ts.SourceFile): Style {
  let style = known.get(tree);
  if (style === undefined) {
    style = measure(tree);
    known.set(tree, style);
  }
  return style;
}

interface Counts {
  double: number;
  single: number;
  withSemicolon: number;
  without: number;
  trailing: number;
  bare: number;
  parenthesized: number;
  naked: number;
}

function measure(tree: ts.SourceFile): Style {
  const counts: Counts = {
    double: 0,
    single: 0,
    withSemicolon: 0,
    without: 0,
    trailing: 0,
    bare: 0,
    parenthesized: 0,
    naked: 0,
  };
  const visit = (node: ts.Node): void => {
    count(node, tree, counts);
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(tree, visit);
  const { text } = tree;
  return {
    indent: indentOf(text),
    newline: text.includes("\r\n") ? "\r\n" : "\n",
    quote: counts.single > counts.double ? "'" : '"',
    semicolon: counts.without > counts.withSemicolon ? "" : ";",
    trailingComma: counts.bare > counts.trailing ? "" : ",",
    arrowParens: counts.naked <= counts.parenthesized,
    width: widthOf(text),
  };
}

function count(node: ts.Node, tree: ts.SourceFile, counts: Counts): void {
  if (ts.isStringLiteral(node)) {
    if (tree.text[node.getStart(tree)] === "'") counts.single++;
    else counts.double++;
  } else if (
    ts.isExpressionStatement(node) ||
    ts.isVariableStatement(node) ||
    ts.isReturnStatement(node) ||
    ts.isImportDeclaration(node)
  ) {
    if (tree.text[node.end - 1] === ";") counts.withSemicolon++;
    else counts.without++;
  } else if (ts.isObjectLiteralExpression(node) || ts.isArrayLiteralExpression(node)) {
    const items = ts.isObjectLiteralExpression(node) ? node.properties : node.elements;
    const last = items.at(-1);
    if (last === undefined || !tree.text.slice(last.end, node.end).includes("\n")) return;
    if (items.hasTrailingComma) counts.trailing++;
    else counts.bare++;
  } else if (ts.isArrowFunction(node)) {
    const [only] = node.parameters;
    if (only === undefined || node.parameters.length > 1 || !ts.isIdentifier(only.name) || only.type !== undefined)
      return;
    if (tree.text[only.getStart(tree) - 1] === "(") counts.parenthesized++;
    else counts.naked++;
  }
}

/** The smallest step lines are indented by; lines inside comments are left out. */
function indentOf(text: string): string {
  const tabs = text.match(/^\t+\S/gm)?.length ?? 0;
  const spaces = text.match(/^ +[^ *]/gm) ?? [];
  if (tabs > spaces.length) return "\t";
  const widths = new Map<number, number>();
  let before = 0;
  for (const line of text.split("\n")) {
    const found = /^( *)[^\s*]/.exec(line);
    if (found === null) continue;
    const width = found[1]?.length ?? 0;
    if (before < width) widths.set(width - before, (widths.get(width - before) ?? 0) + 1);
    before = width;
  }
  const [best] = [...widths].filter(([width]) => width === 2 || width === 4 || width === 8).sort((a, b) => b[1] - a[1]);
  return " ".repeat(best?.[0] ?? 2);
}

function widthOf(text: string): number {
  const lengths = text
    .split("\n")
    .map((line) => line.length)
    .sort((a, b) => a - b);
  const high = lengths[Math.floor(lengths.length * 0.99)] ?? 80;
  return high <= 80 ? 80 : high <= 100 ? 100 : high <= 120 ? 120 : 140;
}

/** White space the line of an offset begins with. */
export function indentAt(text: string, offset: number): string {
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(lineStart, offset))?.[0] ?? "";
}

/**
 * Lines of new code as one text. Lines are written with `\t` for each step of their own indentation; every line but the first gets `base` as well.
 * Ends without a line end.
 */
export function layOut(lines: readonly string[], base: string, style: Style): string {
  return lines
    .map((line, i) => {
      const steps = /^\t*/.exec(line)?.[0].length ?? 0;
      const own = line.slice(steps);
      if (own === "") return "";
      return (i === 0 ? "" : base) + style.indent.repeat(steps) + own;
    })
    .join(style.newline);
}

/** A string literal with the file's quotes. */
export function quoted(text: string, { quote }: Style): string {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll(quote, `\\${quote}`).replaceAll("\n", "\\n");
  return `${quote}${escaped}${quote}`;
}

/** `(name) =>` or `name =>`. */
export function arrow(parameter: string, { arrowParens }: Style): string {
  return arrowParens || !/^[\w$]+$/.test(parameter) ? `(${parameter}) =>` : `${parameter} =>`;
}

/** Case files: Markdown with one claim per heading and code blocks whose caret lines mark findings. See CONTRIBUTING.md. */

export type Claim = "Flagged" | "Accepted" | "Missed" | "Mistaken";

export interface Mark {
  /** 0-based, in the text without marker lines. */
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly kind: "finding" | "related";
  readonly rule?: string;
  /** Written behind the rule when it is no warning: `query-in-loop (information): …`. */
  readonly severity?: string;
  readonly message?: string;
}

export interface CaseBlock {
  readonly path: string;
  readonly language: string;
  /** Code without its marker lines. */
  readonly text: string;
  readonly marks: readonly Mark[];
  /** Lines of the Markdown file the code stands on: first, and one past the last. */
  readonly lines: readonly [number, number];
}

/** A whole file as it is after a fix of the case's first finding that has one: ```` ```ts src/case.ts fixed ````, or `fixed load-before-loop` to name it. */
export interface FixedBlock {
  readonly path: string;
  readonly language: string;
  readonly text: string;
  /** Id of the fix; undefined for the first that is offered. */
  readonly fix?: string;
  readonly lines: readonly [number, number];
}

export interface Case {
  readonly claim: Claim;
  readonly title: string;
  readonly line: number;
  readonly blocks: readonly CaseBlock[];
  readonly fixed: readonly FixedBlock[];
}

const HEADING = /^## (Flagged|Accepted|Missed|Mistaken): (.+)$/;
const FENCE = /^```(\w+)(?: (\S+))?(?: (fixed)(?: ([a-z0-9:-]+))?)?$/;
const MARKER =
  /^(\s*)(?:\/\/|--|#)(\s*)(\^+|-{2,})(?:\s+([a-z][a-z-]*)(?: \((error|information|hint)\))?(?::\s*(.*))?)?\s*$/;

/** Throws with the line at fault for a file that does not keep to the format. */
export function parseCaseFile(text: string): Case[] {
  const lines = text.split("\n");
  const cases: { claim: Claim; title: string; line: number; blocks: CaseBlock[]; fixed: FixedBlock[] }[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? "";
    if (line.startsWith("## ")) {
      const heading = HEADING.exec(line);
      if (heading === null)
        throw new Error(`line ${i + 1}: a heading starts with Flagged:, Accepted:, Missed: or Mistaken:`);
      cases.push({ claim: heading[1] as Claim, title: heading[2] ?? "", line: i + 1, blocks: [], fixed: [] });
      continue;
    }
    const fence = FENCE.exec(line);
    if (fence === null) continue;
    const end = lines.indexOf("```", i + 1);
    if (end < 0) throw new Error(`line ${i + 1}: the code block does not end`);
    const current = cases.at(-1);
    if (current === undefined) throw new Error(`line ${i + 1}: a code block stands before the first heading`);
    const [, language = "ts", path = `src/case.${language}`, fixed, fix] = fence;
    const at = [i + 1, end] as const;
    const code = lines.slice(i + 1, end);
    if (fixed === undefined) current.blocks.push(parseBlock(code, language, path, at));
    else
      current.fixed.push({
        path,
        language,
        text: `${code.join("\n")}\n`,
        lines: at,
        ...(fix === undefined ? {} : { fix }),
      });
    i = end;
  }
  for (const one of cases) if (one.blocks.length === 0) throw new Error(`line ${one.line}: the case has no code`);
  return cases;
}

function parseBlock(
  lines: readonly string[],
  language: string,
  path: string,
  at: readonly [number, number],
): CaseBlock {
  const code: string[] = [];
  const marks: Mark[] = [];
  for (const line of lines) {
    const marker = MARKER.exec(line);
    if (marker === null || code.length === 0) {
      code.push(line);
      continue;
    }
    const symbols = marker[3] ?? "";
    const start = line.indexOf(symbols, line.search(/\S/) + 2);
    marks.push({
      line: code.length - 1,
      start,
      end: start + symbols.length,
      kind: symbols.startsWith("^") ? "finding" : "related",
      ...(marker[4] === undefined ? {} : { rule: marker[4] }),
      ...(marker[5] === undefined ? {} : { severity: marker[5] }),
      ...(marker[6] === undefined ? {} : { message: marker[6] }),
    });
  }
  return { path, language, text: `${code.join("\n")}\n`, marks, lines: at };
}

/** The block's code with marker lines for these marks, in the format that is parsed. */
export function renderBlock(text: string, marks: readonly Mark[], comment = "//"): string[] {
  return text
    .replace(/\n$/, "")
    .split("\n")
    .flatMap((line, i) => [line, ...marks.filter((mark) => mark.line === i).map((mark) => renderMark(mark, comment))]);
}

function renderMark({ start, end, rule, severity, message, kind }: Mark, comment: string): string {
  const what = `${rule ?? ""}${severity === undefined ? "" : ` (${severity})`}${message === undefined ? "" : `: ${message}`}`;
  const sign = kind === "finding" ? "^" : "-";
  const gap = Math.max(0, start - 2);
  return `${comment}${" ".repeat(gap)}${sign.repeat(Math.max(1, end - Math.max(start, 2)))} ${what}`.trimEnd();
}

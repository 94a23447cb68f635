/**
 * The modules a text names, found without parsing it: several times faster than a tree, for deciding whether a file can matter at all. Text in comments and
 * strings may be taken for an import, but no import that can be followed is missed. Time grows with the length of the text, whatever it holds.
 */

export interface ModuleMention {
  readonly module: string;
  /** Only types are taken from it. */
  readonly typeOnly?: true;
}

/** Text longer than this between quotes names no module. */
const MAX_SPECIFIER = 400;
/** Comments and blanks between a keyword and its module beyond these are not written by anybody; without a limit, hostile text costs a square. */
const MAX_COMMENTS = 8;
const MAX_BLANKS = 200;

const KEYWORD = /\b(?:from|import|export|require)\b/g;
/** A whole statement that names types alone. `import { type A } from` may load the module and is not meant. */
const TYPE_ONLY = /^(?:import|export)\s+type\b(?!\s*(?:,|from\b|=))/;
const TYPE_ONLY_LENGTH = 60;

/** Modules of `import`, `export … from`, `require(…)` and `import(…)`, in the order of the text; one may come several times. */
export function scanModules(text: string): ModuleMention[] {
  const found: ModuleMention[] = [];
  const scanner: Scanner = { text, commentEnd: 0, lineEnd: 0 };
  let statement = -1;
  KEYWORD.lastIndex = 0;
  for (let match = KEYWORD.exec(text); match !== null; match = KEYWORD.exec(text)) {
    const [keyword] = match;
    if (keyword === "import" || keyword === "export") statement = match.index;
    if (keyword === "export") continue;
    const module = moduleAfter(scanner, KEYWORD.lastIndex, keyword !== "from");
    if (module === undefined) continue;
    const typeOnly =
      keyword === "from" && statement >= 0 && TYPE_ONLY.test(text.slice(statement, statement + TYPE_ONLY_LENGTH));
    found.push(typeOnly ? { module, typeOnly } : { module });
  }
  return found;
}

interface Scanner {
  readonly text: string;
  /**
   * Where the block comment and the line searched for last end. The answer holds until the scan has passed it, so nothing is searched twice. A keyword
   * inside a comment that was skipped already may get too late an answer; it is no import anyway.
   */
  commentEnd: number;
  lineEnd: number;
}

const PAREN_OPEN = 40;
const SLASH = 47;
const STAR = 42;

/** The string right after a keyword, with comments, blanks and, for calls, one parenthesis between them. */
function moduleAfter(scanner: Scanner, start: number, mayCall: boolean): string | undefined {
  const { text } = scanner;
  let at = skipTrivia(scanner, start);
  if (mayCall && text.charCodeAt(at) === PAREN_OPEN) at = skipTrivia(scanner, at + 1);
  const quote = text[at];
  if (quote !== '"' && quote !== "'" && quote !== "`") return undefined;
  const rest = text.slice(at + 1, at + 2 + MAX_SPECIFIER);
  const end = rest.indexOf(quote);
  const module = rest.slice(0, Math.max(0, end));
  return module === "" || /[\n\\]|\$\{/.test(module) ? undefined : module;
}

/** First offset at or after `start` that is neither blank nor in a comment; somewhere before it when there is too much of both. */
function skipTrivia(scanner: Scanner, start: number): number {
  const { text } = scanner;
  let at = start;
  let comments = 0;
  let blanks = 0;
  while (comments < MAX_COMMENTS && blanks < MAX_BLANKS) {
    const code = text.charCodeAt(at);
    if (isBlank(code)) {
      at++;
      blanks++;
      continue;
    }
    const next = code === SLASH ? text.charCodeAt(at + 1) : 0;
    if (next === STAR) at = commentEndAfter(scanner, at + 2);
    else if (next === SLASH) at = lineEndAfter(scanner, at + 2);
    else return at;
    comments++;
  }
  return at;
}

/** Space, tab, line ends, and the wider blanks of Unicode that a formatter or a paste can leave. */
function isBlank(code: number): boolean {
  return (
    code === 32 || (9 <= code && code <= 13) || code === 0xa0 || code === 0xfeff || code === 0x2028 || code === 0x2029
  );
}

function commentEndAfter(scanner: Scanner, start: number): number {
  if (scanner.commentEnd < start + 2) {
    const end = scanner.text.indexOf("*/", start);
    scanner.commentEnd = end < 0 ? scanner.text.length + 2 : end + 2;
  }
  return Math.min(scanner.commentEnd, scanner.text.length);
}

function lineEndAfter(scanner: Scanner, start: number): number {
  if (scanner.lineEnd < start + 1) {
    const end = scanner.text.indexOf("\n", start);
    scanner.lineEnd = end < 0 ? scanner.text.length + 1 : end + 1;
  }
  return Math.min(scanner.lineEnd, scanner.text.length);
}

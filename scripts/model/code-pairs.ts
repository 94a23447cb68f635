/** Sentence and function: the first paragraph of a JSDoc, and the function it stands before, without its comments. */
import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { ts } from "ts-morph";

const MAX_FILE_BYTES = 400_000;
const LINES = { least: 3, most: 60 } as const;
const WORDS = { least: 4, most: 60 } as const;

export interface Pair {
  readonly package: string;
  readonly name: string;
  readonly text: string;
  readonly code: string;
}

/** Packages below folders of node_modules, the first of a name counts: folder by name. */
export function packagesIn(folders: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const folder of folders)
    for (const name of readdirSync(folder)) {
      const names = name.startsWith("@") ? readdirSync(path.join(folder, name)).map((one) => `${name}/${one}`) : [name];
      for (const one of names) {
        const at = path.join(folder, one);
        if (!found.has(one) && !one.startsWith(".") && existsSync(path.join(at, "package.json"))) found.set(one, at);
      }
    }
  return found;
}

/** Sources of a package that somebody wrote, in a fixed order. */
export function* sourcesOf(folder: string): Generator<string> {
  for (const name of readdirSync(folder).sort()) {
    const at = path.join(folder, name);
    const stat = lstatSync(at);
    if (stat.isDirectory() && name !== "node_modules") yield* sourcesOf(at);
    else if (
      /\.(?:[cm]?js|ts)$/.test(name) &&
      !/\.min\.|\.d\.[cm]?ts$|bundle|umd/.test(name) &&
      statSync(at).size < MAX_FILE_BYTES
    )
      yield at;
  }
}

/** Every documented function of a file. */
export function pairsOf(name: string, file: string): Pair[] {
  const text = readFileSync(file, "utf8");
  if (!text.includes("/**") || text.split("\n", 3).some((line) => line.length > 1000)) return [];
  const tree = ts.createSourceFile(
    file,
    text,
    ts.ScriptTarget.Latest,
    true,
    file.endsWith("ts") ? ts.ScriptKind.TS : ts.ScriptKind.JS,
  );
  const pairs: Pair[] = [];
  const visit = (node: ts.Node): void => {
    const named = functionAt(node);
    if (named !== undefined) {
      const sentence = sentenceOf(node, text);
      const code = uncommented(node.getText(tree));
      const lines = code.split("\n").length;
      if (sentence !== undefined && LINES.least <= lines && lines <= LINES.most)
        pairs.push({ package: name, name: named, text: sentence, code });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return pairs;
}

function functionAt(node: ts.Node): string | undefined {
  if ((ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) && node.body !== undefined)
    return node.name?.getText();
  if (ts.isVariableStatement(node)) {
    const [declared] = node.declarationList.declarations;
    const value = declared?.initializer;
    if (value !== undefined && (ts.isArrowFunction(value) || ts.isFunctionExpression(value)))
      return declared?.name.getText();
  }
  if (
    ts.isExpressionStatement(node) &&
    ts.isBinaryExpression(node.expression) &&
    ts.isFunctionExpression(node.expression.right)
  )
    return node.expression.left.getText();
  return undefined;
}

/** First paragraph of the JSDoc right before a node, if it reads like a sentence. */
function sentenceOf(node: ts.Node, text: string): string | undefined {
  const comments = ts.getLeadingCommentRanges(text, node.pos) ?? [];
  const last = comments.at(-1);
  if (last === undefined || !text.startsWith("/**", last.pos)) return undefined;
  const lines = text
    .slice(last.pos + 3, last.end - 2)
    .split("\n")
    .map((line) => line.replace(/^\s*\*? ?/, "").trim());
  const start = lines.findIndex((line) => line !== "");
  const paragraph: string[] = [];
  for (const line of start < 0 ? [] : lines.slice(start)) {
    if (line === "" || line.startsWith("@") || line.startsWith("```")) break;
    paragraph.push(line);
  }
  const sentence = paragraph
    .join(" ")
    .replaceAll(/\{@\w+ ([^}]*)\}/g, "$1")
    .replaceAll(/\s+/g, " ")
    .trim();
  const words = sentence.split(" ").length;
  const plain =
    /^[\x20-\x7e]+$/.test(sentence) && !/^(?:deprecated|todo|eslint|istanbul|copyright|license)/i.test(sentence);
  return plain && WORDS.least <= words && words <= WORDS.most ? sentence : undefined;
}

/** Comments inside the function would give the sentence away. */
function uncommented(code: string): string {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, false, ts.LanguageVariant.Standard, code);
  let kept = "";
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    const comment = token === ts.SyntaxKind.SingleLineCommentTrivia || token === ts.SyntaxKind.MultiLineCommentTrivia;
    if (!comment) kept += scanner.getTokenText();
  }
  return kept
    .split("\n")
    .filter((line) => line.trim() !== "")
    .join("\n");
}

/** What two copies of a text share. */
export function normalized(text: string): string {
  return text.replaceAll(/\W+/g, " ").toLowerCase().trim();
}

/** Something that is the same each time it is made, made once for the module and used by name. */
import type { Span } from "../../base/span.js";
import { ts } from "../../syntax/typescript.js";
import type { AppliedSafety, Fix, FixSources } from "../fix.js";
import { dedented } from "../load/moved-text.js";
import { freshName } from "../names.js";
import { around, isFunction, nodeAt } from "../nodes.js";
import { layOut, styleOf } from "../style.js";
import { isReady } from "./hoist-client.js";

export interface ConstantToHoist {
  readonly path: string;
  /** `new Intl.NumberFormat("en")`, or the call of a method that makes such a thing by itself. */
  readonly made: Span;
  readonly noun: string;
  /** Names of the module that it uses. */
  readonly declaredBefore: readonly string[];
  /** `localeCompare`: what is made stands behind a method of what it is used on. */
  readonly method: string | undefined;
}

export function hoistConstant(sources: FixSources, wanted: ConstantToHoist): readonly Fix[] {
  const tree = sources.treeOf(wanted.path);
  const value = tree === undefined ? undefined : nodeAt(tree, wanted.made, isMaking);
  if (tree === undefined || value === undefined) return [];
  const top = around(value, (one): one is ts.Statement => ts.isStatement(one) && ts.isSourceFile(one.parent));
  const fn = around(value, isFunction);
  if (top === undefined || fn === undefined) return [];
  const parts = wanted.method === undefined ? byItself(tree, value, wanted.noun) : ofMethod(tree, value, wanted.method);
  if (parts === undefined || !isReady(tree, value, top, wanted.declaredBefore)) return [];
  const style = styleOf(tree);
  const text = layOut(dedented(`const ${parts.name} = ${parts.made}${style.semicolon}`, value), "", style);
  const [comment] = ts.getLeadingCommentRanges(tree.text, top.getFullStart()) ?? [];
  const at = comment === undefined || top === tree.statements[0] ? top.getStart(tree) : comment.pos;
  return [
    {
      id: "hoist-constant",
      title: `Make the ${wanted.noun} once, when the module loads`,
      safety: parts.safety,
      edits: [
        {
          path: wanted.path,
          edits: [
            { start: at, end: at, newText: `${text}${style.newline}${style.newline}` },
            { start: value.getStart(tree), end: value.end, newText: parts.use },
          ],
        },
      ],
      ...(parts.safety === "safe" ? {} : { note: parts.note }),
    },
  ];
}

interface Parts {
  readonly name: string;
  readonly made: string;
  readonly use: string;
  readonly safety: AppliedSafety;
  readonly note: string;
}

/** Formatters that depend on nothing but what they are given; dates are told in the time zone of the moment they are made. */
const TIMELESS =
  /^new Intl\.(NumberFormat|PluralRules|ListFormat|RelativeTimeFormat|Collator|DisplayNames|Segmenter)\b/;

function byItself(tree: ts.SourceFile, value: ts.NewExpression | ts.CallExpression, noun: string): Parts {
  const name = freshName(tree, [nameOf(noun)]);
  const made = value.getText(tree);
  const isSafe = TIMELESS.test(made) && (value.arguments ?? []).length > 0 && (value.arguments ?? []).every(isLiteral);
  return {
    name,
    made,
    use: name,
    safety: isSafe ? "safe" : "review",
    note: "It is made when the file is loaded: look whether everything it needs is there by then.",
  };
}

/** `a.localeCompare(b, "en", options)` is `collator.compare(a, b)`. */
function ofMethod(tree: ts.SourceFile, value: ts.NewExpression | ts.CallExpression, method: string): Parts | undefined {
  const callee = value.expression;
  const [other, ...settings] = value.arguments ?? [];
  if (method !== "localeCompare" || other === undefined || !ts.isPropertyAccessExpression(callee)) return undefined;
  if (callee.questionDotToken !== undefined || settings.some((one) => ts.isSpreadElement(one))) return undefined;
  const name = freshName(tree, ["collator"]);
  return {
    name,
    made: `new Intl.Collator(${settings.map((one) => one.getText(tree)).join(", ")})`,
    use: `${name}.compare(${callee.expression.getText(tree)}, ${other.getText(tree)})`,
    safety: "review",
    note: "The same order for strings; what is no string is compared by its text instead of failing.",
  };
}

function nameOf(noun: string): string {
  const words = noun.split(/\s+/);
  return words.map((word, i) => (i === 0 ? word.toLowerCase() : word.charAt(0).toUpperCase() + word.slice(1))).join("");
}

/** A value that is written out. */
function isLiteral(node: ts.Expression): boolean {
  if (ts.isObjectLiteralExpression(node))
    return node.properties.every((one) => ts.isPropertyAssignment(one) && isLiteral(one.initializer));
  return (
    ts.isStringLiteral(node) ||
    ts.isNumericLiteral(node) ||
    node.kind === ts.SyntaxKind.TrueKeyword ||
    node.kind === ts.SyntaxKind.FalseKeyword
  );
}

function isMaking(node: ts.Node): node is ts.NewExpression | ts.CallExpression {
  return ts.isNewExpression(node) || ts.isCallExpression(node);
}

/** A count that is only compared with nought, asked as what it means: whether there is a row. */
import type { Span } from "../../base/span.js";
import { ts } from "../../syntax/typescript.js";
import type { Fix, FixSources, TextEdit } from "../fix.js";
import { addProperty } from "../load/keyed-read.js";
import { freshName } from "../names.js";
import { nodeAt } from "../nodes.js";

export interface CountToReplace {
  readonly path: string;
  readonly dialect: string;
  /** The call of `count`. */
  readonly call: Span;
  /** Comparisons of the number with nought, and whether each is true when there is a row. */
  readonly tests: readonly { readonly span: Span; readonly whenThere: boolean }[];
  /** Field of the table's key, for a narrow `select`. */
  readonly key: string | undefined;
}

export function askForOne(sources: FixSources, count: CountToReplace): readonly Fix[] {
  const tree = sources.treeOf(count.path);
  const call = tree === undefined ? undefined : nodeAt(tree, count.call, ts.isCallExpression);
  const asked = call === undefined ? undefined : askedAs(call, count);
  if (tree === undefined || call === undefined || asked === undefined || !ts.isAwaitExpression(call.parent)) return [];
  const edits = editsOf(tree, call.parent, asked.test, count);
  if (edits === undefined) return [];
  return [
    {
      id: "ask-for-one",
      title: asked.title,
      safety: asked.safety,
      edits: [{ path: count.path, edits: [...asked.edits, ...edits] }],
      ...(asked.note === undefined ? {} : { note: asked.note }),
    },
  ];
}

interface Asked {
  readonly title: string;
  readonly safety: "safe" | "review";
  readonly edits: readonly TextEdit[];
  /** What is put behind the awaited call to make it a truth value; empty when it is one. */
  readonly test: string;
  readonly note?: string;
}

function askedAs(call: ts.CallExpression, { dialect, key }: CountToReplace): Asked | undefined {
  if (!ts.isPropertyAccessExpression(call.expression) || 1 < call.arguments.length) return undefined;
  const { name } = call.expression;
  const rename = (to: string): TextEdit => ({ start: name.getStart(), end: name.end, newText: to });
  const [options] = call.arguments;
  if (dialect === "prisma") {
    const select = prismaSelect(call, options, key);
    if (select === undefined) return undefined;
    return {
      title: "Ask for one row instead of counting all",
      safety: "safe",
      edits: [rename("findFirst"), ...select],
      test: " !== null",
    };
  }
  if (dialect === "mongoose" && name.text === "countDocuments") {
    const filter: readonly TextEdit[] =
      options === undefined ? [{ start: call.end - 1, end: call.end - 1, newText: "{}" }] : [];
    return {
      title: "Ask whether there is one with `exists`",
      safety: "safe",
      edits: [rename("exists"), ...filter],
      test: " !== null",
    };
  }
  if (dialect === "typeorm" && (name.text === "count" || name.text === "countBy")) {
    const to = name.text === "count" ? "exists" : "existsBy";
    return {
      title: `Ask whether there is one with \`${to}\``,
      safety: "review",
      edits: [rename(to)],
      test: "",
      note: `\`${to}\` is there from TypeORM 0.3.18 on.`,
    };
  }
  return undefined;
}

/** Only a filter may be given: with `take` or `skip` a count means something else. Without a known key the whole row is read. */
function prismaSelect(
  call: ts.CallExpression,
  options: ts.Expression | undefined,
  key: string | undefined,
): readonly TextEdit[] | undefined {
  const select = key === undefined ? undefined : `select: { ${key}: true }`;
  if (options === undefined) return select === undefined ? [] : [insert(call.end - 1, `{ ${select} }`)];
  if (!ts.isObjectLiteralExpression(options)) return undefined;
  if (!options.properties.every((one) => one.name?.getText() === "where")) return undefined;
  return select === undefined ? [] : [addProperty(options, select)];
}

/** A variable that held the number holds the answer, under a name that says so; a comparison in place becomes the answer. */
function editsOf(
  tree: ts.SourceFile,
  awaited: ts.AwaitExpression,
  test: string,
  { tests }: CountToReplace,
): readonly TextEdit[] | undefined {
  const [only] = tests;
  const direct = only === undefined ? undefined : nodeAt(tree, only.span, ts.isExpression);
  if (
    only !== undefined &&
    direct !== undefined &&
    direct.getStart() <= awaited.getStart() &&
    awaited.end <= direct.end
  ) {
    return inPlace(tree, awaited, direct, only.whenThere, test);
  }
  const declaration = awaited.parent;
  if (!ts.isVariableDeclaration(declaration) || !ts.isIdentifier(declaration.name) || declaration.type !== undefined)
    return undefined;
  const name = freshName(tree, [
    `has${capital(declaration.name.text.replace(/(Count|Total|Num|Number)$/i, ""))}`,
    "exists",
  ]);
  const replaced = tests.map(({ span, whenThere }): TextEdit => ({ ...span, newText: whenThere ? name : `!${name}` }));
  return [
    { start: declaration.name.getStart(tree), end: declaration.name.end, newText: name },
    ...(test === "" ? [] : [insert(awaited.getStart(tree), "("), insert(awaited.end, `)${test}`)]),
    ...replaced,
  ];
}

function capital(name: string): string {
  return name === "" || /^(count|total|n|num)$/i.test(name) ? "Any" : name.charAt(0).toUpperCase() + name.slice(1);
}

function inPlace(
  tree: ts.SourceFile,
  awaited: ts.AwaitExpression,
  direct: ts.Expression,
  whenThere: boolean,
  test: string,
): readonly TextEdit[] | undefined {
  const before = tree.text.slice(direct.getStart(tree), awaited.getStart(tree));
  const behind = tree.text.slice(awaited.end, direct.end);
  if (/\/[/*]/.test(before + behind)) return undefined;
  const sign = test === "" ? "" : whenThere ? test : test.replace("!==", "===");
  const negated = test === "" && !whenThere ? "!" : "";
  return [
    { start: direct.getStart(tree), end: awaited.getStart(tree), newText: `${negated}(` },
    { start: awaited.end, end: direct.end, newText: `)${sign}` },
  ];
}

function insert(at: number, newText: string): TextEdit {
  return { start: at, end: at, newText };
}

/** Parameters of a sibling: those of the function beside it, with a list of keys in place of the key. */
import { ts } from "../../syntax/typescript.js";
import { camelCase, pluralOf } from "../names.js";
import type { DeclaredFunction } from "./declared-function.js";
import type { TableAnswers } from "../load/keyed-read.js";
import { type KeyedArgument, keyNameOf } from "./keyed-argument.js";

export interface SiblingParameters {
  readonly text: string;
  /** Name of the list of keys. */
  readonly list: string;
  /** The key's type, where the file has types. */
  readonly keyType: string | undefined;
  /** The type lets the key be nothing. */
  readonly nullable: boolean;
}

/** Undefined where the key's type cannot be written down. */
export function siblingParameters(
  { fn }: DeclaredFunction,
  keyed: KeyedArgument,
  { tableName, table }: { readonly tableName: string | undefined; readonly table: TableAnswers },
): SiblingParameters | undefined {
  const { parameter } = keyed;
  const tree = fn.getSourceFile();
  const typed = /\.[cm]?tsx?$/.test(tree.fileName);
  const keyName = keyNameOf(keyed);
  const keyType = typed
    ? keyed.path === undefined
      ? keyTypeOf(tree, keyed)
      : scalarType(table.column(keyName)?.type)
    : undefined;
  if (typed && keyType === undefined) return undefined;
  // Rows are called after their table.
  const rows = pluralOf(camelCase(tableName ?? "row"));
  const list = freeIn(fn, [pluralOf(keyName), `${keyName}List`, "keys"], new Set([rows]));
  const listText = keyType === undefined ? list : `${list}: ${arrayOf(keyType)}`;
  const rest = keyed.property === undefined ? undefined : restOf(keyed, typed);
  if (rest === null) return undefined;
  const text = fn.parameters
    .flatMap((one) =>
      one === parameter ? [listText, ...(rest === undefined || rest === "" ? [] : [rest])] : [one.getText()],
    )
    .join(", ");
  return { text, list, keyType, nullable: keyType !== undefined && /\b(null|undefined|any|unknown)\b/.test(keyType) };
}

/** What a column's values are in code, for the types that leave no doubt. */
export function scalarType(column: string | undefined): string | undefined {
  if (/^(text|varchar|uuid|char|string)/i.test(column ?? "")) return "string";
  return /^(int|integer|smallint|serial|number)/i.test(column ?? "") ? "number" : undefined;
}

function keyTypeOf(tree: ts.SourceFile, { parameter, property }: KeyedArgument): string | undefined {
  const { type } = parameter;
  if (type === undefined) return undefined;
  if (property === undefined) return oneLine(type);
  const member = membersOf(tree, type)?.find((one) => one.name?.getText() === property);
  if (member === undefined || !ts.isPropertySignature(member) || member.questionToken !== undefined) return undefined;
  return member.type === undefined ? undefined : oneLine(member.type);
}

function oneLine(type: ts.TypeNode): string | undefined {
  const text = type.getText();
  return text.includes("\n") ? undefined : text;
}

/** Members of a type written here, or of the alias or interface of this file that it names. */
function membersOf(tree: ts.SourceFile, type: ts.TypeNode): readonly ts.TypeElement[] | undefined {
  if (ts.isTypeLiteralNode(type)) return type.members;
  if (!ts.isTypeReferenceNode(type) || !ts.isIdentifier(type.typeName) || type.typeArguments !== undefined)
    return undefined;
  const wanted = type.typeName.text;
  for (const statement of tree.statements) {
    if (ts.isInterfaceDeclaration(statement) && statement.name.text === wanted) return statement.members;
    if (ts.isTypeAliasDeclaration(statement) && statement.name.text === wanted)
      return ts.isTypeLiteralNode(statement.type) ? statement.type.members : undefined;
  }
  return undefined;
}

function arrayOf(type: string): string {
  return /^[\w.]+(\[[^\]]*\])?$/.test(type) ? `${type}[]` : `(${type})[]`;
}

/** What is left of a parameter that is taken apart; empty for nothing, `null` where it cannot be said. */
function restOf({ parameter, property }: KeyedArgument, typed: boolean): string | null {
  if (!ts.isObjectBindingPattern(parameter.name)) return null;
  const kept = parameter.name.elements.filter((one) => (one.propertyName ?? one.name).getText() !== property);
  if (kept.length === 0) return "";
  const pattern = `{ ${kept.map((one) => one.getText()).join(", ")} }`;
  if (!typed) return pattern;
  const type = parameter.type?.getText();
  return type === undefined || type.includes("\n") ? null : `${pattern}: Omit<${type}, "${property ?? ""}">`;
}

/** The first name that nothing in a function is called; names elsewhere in the file do not matter to it. */
export function freeIn(fn: ts.Node, wanted: readonly string[], taken: ReadonlySet<string> = new Set()): string {
  const used = new Set<string>(taken);
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) used.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(fn);
  const free = wanted.find((name) => !used.has(name));
  if (free !== undefined) return free;
  for (let n = 2; ; n++) if (!used.has(`${wanted[0] ?? "keys"}${n}`)) return `${wanted[0] ?? "keys"}${n}`;
}

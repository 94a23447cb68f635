/** New names that mean nothing yet. */
import { ts } from "../syntax/typescript.js";

const known = new WeakMap<ts.SourceFile, ReadonlySet<string>>();

/** Names that stand for something anywhere in the file, declared or used; names of properties and members are left out. */
export function namesIn(tree: ts.SourceFile): ReadonlySet<string> {
  let names = known.get(tree);
  if (names === undefined) {
    names = collect(tree);
    known.set(tree, names);
  }
  return names;
}

/**
 * The first of the wanted names that is free in the whole file, or the first one with a number behind it.
 * @param taken Names this fix has given already.
 */
export function freshName(
  tree: ts.SourceFile,
  wanted: readonly string[],
  taken: ReadonlySet<string> = new Set(),
): string {
  const used = namesIn(tree);
  const isFree = (name: string): boolean => !used.has(name) && !taken.has(name) && !RESERVED.has(name);
  const free = wanted.find(isFree);
  if (free !== undefined) return free;
  for (let n = 2; ; n++) {
    const name = `${wanted[0] ?? "value"}${n}`;
    if (isFree(name)) return name;
  }
}

function collect(tree: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && !isMemberName(node)) names.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return names;
}

function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  if (ts.isQualifiedName(parent)) return parent.right === node;
  if (ts.isBindingElement(parent)) return parent.propertyName === node;
  return (
    (ts.isPropertyAssignment(parent) ||
      ts.isPropertySignature(parent) ||
      ts.isPropertyDeclaration(parent) ||
      ts.isMethodDeclaration(parent) ||
      ts.isMethodSignature(parent) ||
      ts.isEnumMember(parent) ||
      ts.isJsxAttribute(parent)) &&
    parent.name === node
  );
}

/** `customers` → `customer`; undefined when the word does not look like a plural. */
export function singularOf(word: string): string | undefined {
  if (word.endsWith("ies")) return word.replace(/ies$/, "y");
  if (/(ss|x|ch|sh)es$/.test(word)) return word.slice(0, -2);
  if (/(ss|us|is)$/.test(word)) return undefined;
  return /s$/i.test(word) ? word.slice(0, -1) : undefined;
}

/** `customer` → `customers`, `category` → `categories`; words that are plurals stay. */
export function pluralOf(word: string): string {
  if (singularOf(word) !== undefined) return word;
  if (/[^aeiou]y$/.test(word)) return word.replace(/y$/, "ies");
  return /(s|x|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
}

/** A table's or model's name as the start of a variable's: `OrderItem`, `order_items`, `public.order_items` → `orderItem(s)`. */
export function camelCase(name: string): string {
  const words = (name.split(".").at(-1) ?? name).split(/[^A-Za-z0-9$]+/).filter((word) => word !== "");
  const joined = words.map((word, i) => (i === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1))).join("");
  const lower = /^[A-Z0-9]+$/.test(joined) ? joined.toLowerCase() : joined.charAt(0).toLowerCase() + joined.slice(1);
  return /^[A-Za-z_$]/.test(lower) ? lower : `_${lower}`;
}

/** With a capital first letter, for the second half of a name. */
export function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

const RESERVED: ReadonlySet<string> = new Set(
  (
    "abstract any arguments as async await boolean break case catch class const constructor continue debugger declare default delete do else enum eval export extends " +
    "false finally for from function get if implements import in instanceof interface is let module namespace never new null number object of package private " +
    "protected public readonly require return set static string super switch symbol this throw true try type typeof undefined unique unknown var void while with yield"
  ).split(" "),
);

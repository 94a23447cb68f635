/** Code that is written again elsewhere: its lines, with the indentation it had where it stood taken off. */
import { ts } from "../../syntax/typescript.js";
import { indentAt, type Style, styleOf } from "../style.js";

/** Lines for `layOut`; the first is taken as it is. `from` is a node of the line whose indentation the text was written for. */
export function dedented(text: string, from: ts.Node): readonly string[] {
  const tree = from.getSourceFile();
  const own = indentAt(tree.text, from.getStart(tree));
  const { indent } = styleOf(tree);
  return text.split(/\r?\n/).map((line, i) => {
    if (i === 0) return line;
    const rest = line.startsWith(own) ? line.slice(own.length) : line.trimStart();
    const space = /^[ \t]*/.exec(rest)?.[0] ?? "";
    const steps = indent === "\t" ? space.length : Math.floor(space.length / indent.length);
    const odd = indent === "\t" ? "" : " ".repeat(space.length - steps * indent.length);
    return "\t".repeat(steps) + odd + rest.slice(space.length);
  });
}

/** A statement that is too long for a line, with the properties of its call's last object on lines of their own. */
export function fitted(line: string, room: number, { trailingComma }: Style): readonly string[] {
  if (line.length <= room) return [line];
  const tree = ts.createSourceFile("line.ts", line, ts.ScriptTarget.Latest, true);
  const object = lastObject(tree);
  const steps = /^\t*/.exec(line)?.[0] ?? "";
  // In the middle of a chain, an object of several lines reads worse than a long line.
  const isLast = object !== undefined && /^[)\]]*;?$/.test(line.slice(object.end));
  if (object === undefined || object.properties.length === 0 || !isLast) return [line];
  const head = line.slice(0, object.getStart(tree) + 1);
  return [
    head,
    ...object.properties.map((property, i) => {
      const comma = i < object.properties.length - 1 ? "," : trailingComma;
      return `${steps}\t${property.getText(tree)}${comma}`;
    }),
    `${steps}}${line.slice(object.end)}`,
  ];
}

/** The object that ends the arguments of the outermost call that has one. */
function lastObject(node: ts.Node): ts.ObjectLiteralExpression | undefined {
  if (ts.isCallExpression(node)) {
    const last = node.arguments.at(-1);
    if (last !== undefined && ts.isObjectLiteralExpression(last)) return last;
  }
  return ts.forEachChild(node, lastObject);
}

/** Prints an expression from its facts, shortened, for messages. Not source text: comments and formatting are gone. */
import { NONE, type ExprId, type FileFacts } from "./model.js";

/** @param maxLength Characters of the result; what is over is cut with `…`. */
export function render(facts: FileFacts, id: ExprId, maxLength = 60): string {
  const text = print(facts, id, 0);
  return text.length <= maxLength ? text : `${text.slice(0, maxLength - 1)}…`;
}

function print(facts: FileFacts, id: ExprId, depth: number): string {
  const expr = facts.exprs[id];
  if (id === NONE || expr === undefined || depth > 12) return "…";
  const down = (child: ExprId): string => print(facts, child, depth + 1);
  switch (expr.kind) {
    case "ref":
      return expr.name;
    case "this":
    case "super":
      return expr.kind;
    case "member":
      return `${down(expr.object)}.${expr.name}`;
    case "index":
      return `${down(expr.object)}[${down(expr.index)}]`;
    case "call":
      return `${down(expr.callee)}(${expr.args.map(down).join(", ")})`;
    case "new":
      return `new ${down(expr.callee)}(${expr.args.map(down).join(", ")})`;
    case "literal":
      return typeof expr.value === "string"
        ? JSON.stringify(expr.value.length <= 24 ? expr.value : `${expr.value.slice(0, 23)}…`)
        : String(expr.value);
    case "regexp":
      return `/${expr.source}/${expr.flags}`;
    case "template":
      return `${expr.tag === NONE ? "" : down(expr.tag)}\`…\``;
    case "object":
      return expr.props.length === 0 ? "{}" : `{ ${expr.props.map((prop) => prop.name ?? "…").join(", ")} }`;
    case "array":
      return expr.elements.length <= 3 ? `[${expr.elements.map(down).join(", ")}]` : "[…]";
    case "function":
      return "() => …";
    case "class":
      return "class";
    case "await":
      return `await ${down(expr.value)}`;
    case "yield":
      return "yield";
    case "spread":
      return `...${down(expr.value)}`;
    case "conditional":
      return `${down(expr.test)} ? ${down(expr.whenTrue)} : ${down(expr.whenFalse)}`;
    case "logical":
    case "binary":
      return `${down(expr.left)} ${expr.op} ${down(expr.right)}`;
    case "unary":
      return `${expr.op}${/^[a-z]/.test(expr.op) ? " " : ""}${down(expr.value)}`;
    case "assign":
      return expr.value === NONE
        ? `${down(expr.target)}${expr.op}`
        : `${down(expr.target)} ${expr.op} ${down(expr.value)}`;
    case "import":
      return `import(${down(expr.value)})`;
    case "other":
      return "…";
  }
}

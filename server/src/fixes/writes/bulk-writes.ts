/** How each library writes many rows at once, by the call that writes one. */
import { ts } from "../../syntax/typescript.js";
import { chainOf, nameOf, propertyOf, replace, rewritten, valueOf } from "../load/keyed-read.js";
import { walk } from "../load/loop-scope.js";

export interface BulkWrite {
  /** The row of one element. */
  readonly row: ts.Expression;
  /** Everything else of the call. */
  readonly fixed: readonly ts.Node[];
  /** Each value is a parameter of its own, of which there can only be so many; and an empty list is refused. */
  readonly inPieces: boolean;
  readonly print: (rows: string) => string;
}

/** `isMade`: the row may also be what a call gives. */
type Maker = (node: ts.CallExpression, isMade: boolean) => BulkWrite | undefined;

const MAKERS: Readonly<Record<string, Maker>> = {
  prisma,
  sequelize: named("create", "bulkCreate"),
  mongoose: named("create", "insertMany"),
  typeorm,
  knex: inserted(/^(|insert|into|onConflict|ignore|transacting|withSchema)$/, "insert"),
  kysely: inserted(/^(insertInto|values|execute)$/, "values"),
  drizzle: inserted(/^(insert|values|onConflictDoNothing)$/, "values"),
};

export function bulkWriteOf(dialect: string, node: ts.CallExpression, isMade = false): BulkWrite | undefined {
  return Object.hasOwn(MAKERS, dialect) ? MAKERS[dialect]?.(node, isMade) : undefined;
}

/** Rows that a list of rows has no form for: with rows of other tables inside. */
const NESTED = /^(create|connect|connectOrCreate|createMany|disconnect|set)$/;

function prisma(node: ts.CallExpression, isMade: boolean): BulkWrite | undefined {
  const { expression, arguments: args } = node;
  const [options] = args;
  if (!ts.isPropertyAccessExpression(expression) || expression.name.text !== "create") return undefined;
  if (options === undefined || !ts.isObjectLiteralExpression(options) || options.properties.length !== 1)
    return undefined;
  const data = propertyOf(options, "data");
  const row = data === undefined ? undefined : valueOf(data);
  if (data === undefined || row === undefined) return undefined;
  if (ts.isObjectLiteralExpression(row) ? isNested(row) : !isMade || !ts.isCallExpression(row)) return undefined;
  return {
    row,
    fixed: [expression.expression],
    inPieces: false,
    print: (rows) => rewritten(node, [replace(expression.name, "createMany"), replace(row, rows)]),
  };
}

function isNested(row: ts.ObjectLiteralExpression): boolean {
  if (row.properties.some(ts.isSpreadAssignment)) return true;
  return row.properties.some(
    (property) =>
      ts.isPropertyAssignment(property) &&
      ts.isObjectLiteralExpression(property.initializer) &&
      property.initializer.properties.some((inner) => NESTED.test(nameOf(inner) ?? "")),
  );
}

/** `Model.create(row)`, with options where the library takes the same ones for many. */
function named(single: string, many: string): Maker {
  return (node) => {
    const { expression, arguments: args } = node;
    const [row, options, ...others] = args;
    if (!ts.isPropertyAccessExpression(expression) || expression.name.text !== single) return undefined;
    if (row === undefined || others.length > 0 || !ts.isObjectLiteralExpression(row)) return undefined;
    if (hasHooks(expression.expression)) return undefined;
    // Sequelize checks rows one by one unless it is told to leave that; many are only checked when it is told to.
    const validates = many === "bulkCreate";
    if (options !== undefined && (!validates || !isTransactionOnly(options))) return undefined;
    const extra = !validates ? "" : options === undefined ? ", { validate: true }" : "";
    return {
      row,
      fixed: [expression.expression, ...(options === undefined ? [] : [options])],
      inPieces: false,
      print: (rows) =>
        rewritten(node, [
          replace(expression.name, many),
          replace(row, `${rows}${extra}`),
          ...(options !== undefined && ts.isObjectLiteralExpression(options)
            ? [{ start: options.getStart() + 1, end: options.getStart() + 1, newText: " validate: true," }]
            : []),
        ]),
    };
  };
}

const HOOKS = /\.(pre|post|plugin|addHook)\(|\bhooks\s*:|\b(before|after)(Create|Save|Validate|BulkCreate)\b/i;

/** Whether single rows may have work done around them that many have not: said of every model that is not made in this file, where it could be seen. */
export function hasHooks(model: ts.Expression): boolean {
  if (!ts.isIdentifier(model)) return true;
  const tree = model.getSourceFile();
  const isOwn = tree.statements.some(
    (one) =>
      (ts.isClassDeclaration(one) && one.name?.text === model.text) ||
      (ts.isVariableStatement(one) &&
        one.declarationList.declarations.some(({ name }) => ts.isIdentifier(name) && name.text === model.text)),
  );
  return !isOwn || HOOKS.test(tree.text);
}

function isTransactionOnly(options: ts.Expression): boolean {
  return (
    ts.isObjectLiteralExpression(options) &&
    options.properties.length > 0 &&
    options.properties.every((property) => nameOf(property) === "transaction")
  );
}

/** `users.save(user)` takes a list as well, in pieces if it is told so. */
function typeorm(node: ts.CallExpression): BulkWrite | undefined {
  const { expression, arguments: args } = node;
  const row = args.at(-1);
  if (!ts.isPropertyAccessExpression(expression) || row === undefined) return undefined;
  const { name } = expression;
  const isManager = args.length === 2;
  if (args.length > 2 || (isManager && !ts.isIdentifier(args[0] ?? row))) return undefined;
  if (!ts.isObjectLiteralExpression(row) && !ts.isIdentifier(row)) return undefined;
  const fixed = [expression.expression, ...args.slice(0, -1)];
  if (name.text === "insert")
    return { row, fixed, inPieces: true, print: (rows) => rewritten(node, [replace(row, rows)]) };
  if (name.text !== "save" || isManager) return undefined;
  return { row, fixed, inPieces: false, print: (rows) => rewritten(node, [replace(row, `${rows}, { chunk: 1000 }`)]) };
}

/** A chain in which one step takes the rows. */
function inserted(steps: RegExp, step: string): Maker {
  return (node) => {
    const links = chainOf(node);
    const own = links.filter(({ name }) => name === step);
    const [link, ...others] = own;
    const [row, ...more] = link?.args ?? [];
    if (link === undefined || row === undefined || others.length > 0 || more.length > 0) return undefined;
    if (!links.every(({ name }) => steps.test(name))) return undefined;
    if (!ts.isObjectLiteralExpression(row) && !ts.isIdentifier(row)) return undefined;
    const fixed: ts.Node[] = links.filter((one) => one !== link).flatMap(({ args }) => [...args]);
    walk(node, (at) => {
      if (ts.isIdentifier(at) && at.getStart() < row.getStart() && !ts.isPropertyAccessExpression(at.parent))
        fixed.push(at);
    });
    return { row, fixed, inPieces: true, print: (rows) => rewritten(node, [replace(row, rows)]) };
  };
}

/** The function of a GraphQL field: which parameter is the parent, which the request's context, and what it belongs to. */
import { ts } from "../../syntax/typescript.js";
import { listedStatement, type ListedStatement } from "../nodes.js";

export interface Resolver {
  readonly body: ts.ConciseBody;
  readonly parent: ts.Identifier;
  readonly parentType: ts.TypeNode | undefined;
  readonly context: ts.Identifier;
  readonly contextType: string | undefined;
  /** Names of all other parameters. */
  readonly others: readonly string[];
  /** The method, for resolvers that are members of a class. */
  readonly member: ts.MethodDeclaration | undefined;
  /** The statement of the module that holds it. */
  readonly statement: ListedStatement;
}

/** Undefined unless parent and context are parameters with names. */
export function resolverOf(fn: ts.FunctionLikeDeclaration): Resolver | undefined {
  const { body, parameters } = fn;
  const isMember = ts.isMethodDeclaration(fn) && ts.isClassLike(fn.parent);
  const parent = isMember ? decorated(parameters, /^(Parent|Root)$/) : parameters[0];
  const context = isMember ? decorated(parameters, /^(Context|Ctx)$/) : parameters[2];
  const statement = moduleStatement(fn);
  if (body === undefined || parent === undefined || context === undefined || statement === undefined) return undefined;
  if (!ts.isIdentifier(parent.name) || !ts.isIdentifier(context.name)) return undefined;
  return {
    body,
    parent: parent.name,
    parentType: parent.type,
    context: context.name,
    contextType: context.type?.getText(),
    others: parameters.filter((one) => one !== parent && one !== context).flatMap(({ name }) => namesOf(name)),
    member: isMember ? fn : undefined,
    statement,
  };
}

function decorated(
  parameters: readonly ts.ParameterDeclaration[],
  wanted: RegExp,
): ts.ParameterDeclaration | undefined {
  return parameters.find((one) =>
    (ts.getDecorators(one) ?? []).some(({ expression }) => {
      // `@Context("user")` is a part of it.
      const isWhole = ts.isCallExpression(expression) && expression.arguments.length === 0;
      return isWhole && wanted.test(expression.expression.getText());
    }),
  );
}

function namesOf(name: ts.BindingName): readonly string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((one) => (ts.isBindingElement(one) ? namesOf(one.name) : []));
}

function moduleStatement(fn: ts.Node): ListedStatement | undefined {
  for (let at: ts.Node = fn; !ts.isSourceFile(at); at = at.parent) {
    const isOuter = ts.isSourceFile(at.parent);
    if (isOuter) return listedStatement(at);
    // Resolvers made by a function may use what is its own.
    if (at !== fn && ts.isFunctionLike(at)) return undefined;
  }
  return undefined;
}

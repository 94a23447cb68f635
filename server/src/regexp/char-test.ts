/** Whether a class of characters takes a character: the engine's own business, linear, and exactly what it does. */
import type { AST } from "@eslint-community/regexpp";

export type CharElement = AST.Character | AST.CharacterSet | AST.CharacterClass | AST.ExpressionCharacterClass;
export type CharTest = (element: CharElement, char: string) => boolean;

/** A test for the elements of one pattern, which remembers its answers. */
export function createCharTest({ ignoreCase, unicode, dotAll }: AST.Flags): CharTest {
  const flags = `${ignoreCase ? "i" : ""}${unicode ? "u" : ""}${dotAll ? "s" : ""}`;
  const known = new Map<CharElement, { readonly expression: RegExp; readonly answers: Map<string, boolean> }>();
  return (element, char) => {
    let set = known.get(element);
    if (set === undefined)
      known.set(element, (set = { expression: new RegExp(`^(?:${element.raw})$`, flags), answers: new Map() }));
    const answer = set.answers.get(char) ?? set.expression.test(char);
    set.answers.set(char, answer);
    return answer;
  };
}

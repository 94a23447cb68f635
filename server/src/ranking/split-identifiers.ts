/** Code and sentences to the words they are made of: `findUserById` and "find a user by its id" share three. */

/** Words of every second function say nothing about any of them. */
const COMMON = new Set(
  (
    "a an the of to in on is are be for and or if it its as at by with this that these those from into not no do does was were will can has have " +
    "const let var function return async await new else export import default class extends typeof instanceof void null undefined true false"
  ).split(" "),
);

const MAX_LETTERS = 40;

/** Lower-case words in the order of the text: parts of identifiers, without endings of plurals, without words that everything has. */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const [identifier] of text.matchAll(/[\p{L}\p{N}_$]+/gu)) {
    for (const [part] of identifier.matchAll(/\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}]+|\p{N}+/gu)) {
      const word = part.toLowerCase();
      if (word.length < 2 || MAX_LETTERS < word.length || COMMON.has(word)) continue;
      words.push(singular(word));
    }
  }
  return words;
}

/** Identifiers taken apart, everything else left alone: what a model trained on sentences reads best. */
export function spacedIdentifiers(text: string): string {
  return text
    .replaceAll(/(\p{Ll}|\p{N})(\p{Lu})/gu, "$1 $2")
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2")
    .replaceAll(/_+/g, " ");
}

function singular(word: string): string {
  if (word.length < 3 || !word.endsWith("s") || /(?:ss|us|is)$/.test(word)) return word;
  if (word.endsWith("ies") && 4 < word.length) return `${word.slice(0, -3)}y`;
  return /(?:ch|sh|ss|x|z)es$/.test(word) ? word.slice(0, -2) : word.slice(0, -1);
}

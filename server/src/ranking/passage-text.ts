/** What of a piece of code is given to the model. */
import { spacedIdentifiers } from "./split-identifiers.js";

/** The model reads so many tokens; more letters than this never reach it. */
const MAX_LETTERS = 1_500;

/** @param code A function or a statement as written. */
export function passageText(code: string): string {
  return spacedIdentifiers(code.slice(0, MAX_LETTERS)).replaceAll(/\s+/g, " ").trim();
}

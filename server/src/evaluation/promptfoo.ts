/** `promptfoo` configurations as suites: the common subset; everything else is named, line by line. */
import { parseSuite, type ParsedSuite } from "./parse-suite.js";

export function looksLikePromptfoo(path: string): boolean {
  return /(?:^|\/)promptfooconfig\.ya?ml$/.test(path);
}

export function importPromptfoo(path: string, text: string): ParsedSuite {
  return parseSuite(path, text);
}

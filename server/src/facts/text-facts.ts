/** Facts of a file that is not code: its lines and its ignore comments. Lets findings in SQL and Prisma schemas be placed and ignored like any other. */
import { lineStartsOf } from "../base/line-index.js";
import { EXTRACTOR_VERSION, type FileFacts } from "./model.js";
import { extractSuppressions, SCHEMA_COMMENTS } from "./suppressions.js";

export function textFacts(text: string): FileFacts {
  const lineStarts = lineStartsOf(text);
  return {
    extractorVersion: EXTRACTOR_VERSION,
    lineStarts,
    exprs: [],
    functions: [],
    regions: [],
    bindings: [],
    classes: [],
    types: [],
    imports: [],
    exports: [],
    exits: [],
    suppressions: text.includes("hotpath-ignore-") ? extractSuppressions(text, lineStarts, [], SCHEMA_COMMENTS) : [],
    directives: [],
    problems: [],
  };
}

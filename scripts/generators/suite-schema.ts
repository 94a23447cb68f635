/** JSON schema of evaluation suites, from the table that validates them. */
import { schemaOf } from "../../server/src/evaluation/shape-schema.js";
import { suiteShape } from "../../server/src/evaluation/suite-shape.js";

export function renderSuiteSchema(): string {
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Hotpath evaluation suite",
    ...schemaOf(suiteShape),
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

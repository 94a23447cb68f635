/** How messages name a function. */
import type { FileView } from "../project/file-view.js";
import type { FunctionRef } from "../project/model.js";

/** Its name as code, or words for one that has none. */
export function functionText(view: FileView, ref: FunctionRef): string {
  const { name } = view.describeFunction(ref);
  return name.endsWith("an anonymous function") ? "a function without a name" : `\`${name}\``;
}

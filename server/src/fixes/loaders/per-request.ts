/** The function that keeps one loader for each request. */
import type { ts } from "../../syntax/typescript.js";
import { type FileHelper, fileHelper } from "../file-helper.js";
import { arrow } from "../style.js";

export function perRequestHelper(tree: ts.SourceFile): FileHelper {
  return fileHelper(tree, "perRequest", (name, style, typed) => {
    const { semicolon } = style;
    return [
      "/** Makes one loader for each request's context, so that no request is given what another one has loaded. */",
      typed
        ? `function ${name}<C extends object, L>(create: (context: C) => L): (context: C) => L {`
        : `function ${name}(create) {`,
      `\tconst loaders = new WeakMap${typed ? "<C, L>" : ""}()${semicolon}`,
      `\treturn ${arrow("context", style)} {`,
      `\t\tlet loader = loaders.get(context)${semicolon}`,
      "\t\tif (loader === undefined) {",
      `\t\t\tloader = create(context)${semicolon}`,
      `\t\t\tloaders.set(context, loader)${semicolon}`,
      "\t\t}",
      `\t\treturn loader${semicolon}`,
      `\t}${semicolon}`,
      "}",
    ];
  });
}

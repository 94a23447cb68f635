/** Whether a call holds the event loop, by the catalogue of synchronous APIs. */
import { type ExprId } from "../facts/model.js";
import { blockingApiOf, blockingApis } from "./blocking-catalog.js";
import { type BlockingOperation } from "./model.js";
import { exprOf, type ProjectFile } from "./project-file.js";

const blockingModules: ReadonlySet<string> = new Set(
  [...blockingApis.keys()].map((api) => api.slice(0, api.indexOf("#"))),
);

/** The blocking operation behind an external call, if the catalogue knows it. */
export function blockingOperation(
  file: ProjectFile,
  id: ExprId,
  external: { readonly module: string; readonly path: readonly string[] },
): BlockingOperation | undefined {
  if (!blockingModules.has(external.module)) return undefined;
  const api = blockingApiOf(external.module, external.path);
  const expr = exprOf(file, id);
  if (api === undefined || expr === undefined) return undefined;
  return {
    category: api.category,
    api: `${external.module}#${external.path.join(".")}`,
    ...(api.instead === undefined ? {} : { instead: api.instead }),
    weight: api.weight,
    expr: id,
    span: { start: expr.start, end: expr.end },
  };
}

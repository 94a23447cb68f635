/** What imports bring in and what modules export, through re-exports, stars, namespaces and CommonJS. */
import { type ExportFact, NONE } from "../facts/model.js";
import { aliasedExport } from "./commonjs-exports.js";
import { type Value } from "./model.js";
import { type ModuleTarget } from "./module-graph.js";
import { type ProjectFile } from "./project-file.js";
import { type Provenance, valueOf } from "./provenance.js";
import { bindingValue } from "./resolve-binding.js";
import { memberValue } from "./resolve-member.js";
import { externalValue, unknown } from "./value.js";

/** The value an entry of `facts.imports` binds. */
export function importValue(ctx: Provenance, file: ProjectFile, index: number): Value {
  const entry = file.facts.imports[index];
  const target = file.targets[index];
  if (entry === undefined || target === undefined) return unknown;
  return entry.imported === "*" ? moduleValue(ctx, target) : exportOfModule(ctx, target, entry.imported);
}

/** A whole module, as `import * as x` or `require()` gives it. */
export function moduleValue(ctx: Provenance, target: ModuleTarget): Value {
  if (target.kind === "external") return packageExport(ctx, target.module, []);
  if (target.kind === "missing") return unknown;
  const file = ctx.fileAt(target.file);
  if (file === undefined) return unknown;
  ctx.memo.touch(file.token);
  return file.names().exports.has("=") ? exportValue(ctx, file, "=") : { kind: "namespace", file: file.path };
}

/** One export of a module, wherever the module is. */
export function exportOfModule(ctx: Provenance, target: ModuleTarget, name: string): Value {
  if (target.kind === "external") return packageExport(ctx, target.module, [name]);
  if (target.kind === "missing") {
    const home = ctx.dialects.generatedPackage(name);
    return home === undefined ? unknown : packageExport(ctx, home, [name]);
  }
  const file = ctx.fileAt(target.file);
  return file === undefined ? unknown : exportValue(ctx, file, name);
}

/** An export of a package: what a dialect says of it, else just its name. The default export of a Node built-in is the module. */
export function packageExport(ctx: Provenance, module: string, path: readonly string[]): Value {
  const normal = module.startsWith("node:") && path[0] === "default" ? path.slice(1) : path;
  return ctx.dialects.exportOf(module, normal) ?? externalValue(module, normal);
}

/** What a file exports under a name; `=` is `module.exports`. */
export function exportValue(ctx: Provenance, file: ProjectFile, name: string): Value {
  const key = `export ${name}`;
  const known = file.cells.get(key);
  if (known !== undefined) return ctx.memo.reuse(known);
  return ctx.memo.fill(file.cells, key, file.token, () => {
    const { exports, stars } = file.names();
    const entry = exports.get(name);
    if (entry !== undefined) return entryValue(ctx, file, entry);
    if (exports.has("=")) {
      const whole = exportValue(ctx, file, "=");
      return name === "default" ? whole : memberValue(ctx, whole, name);
    }
    if (name === "default" || name === "=") return unknown;
    return stars.length === 0 ? aliasedExport(ctx, file, name) : starValue(ctx, file, name);
  });
}

function entryValue(ctx: Provenance, file: ProjectFile, entry: ExportFact): Value {
  if (entry.module !== undefined) {
    const target = ctx.resolveModule(file, entry.module);
    return entry.imported === "*"
      ? moduleValue(ctx, target)
      : exportOfModule(ctx, target, entry.imported ?? entry.name);
  }
  if (entry.expr !== NONE) return valueOf(ctx, file, entry.expr);
  return entry.binding === NONE ? unknown : bindingValue(ctx, file, entry.binding);
}

/** Workspace modules first; a package's star may export any name, so it only answers when nothing else did. */
function starValue(ctx: Provenance, file: ProjectFile, name: string): Value {
  const table = ctx.exportTables.of(file);
  ctx.memo.touch(table.token);
  const origin = ctx.fileAt(table.origins.get(name) ?? "");
  if (origin !== undefined) return exportValue(ctx, origin, name);
  for (const target of table.packages) {
    const value = exportOfModule(ctx, target, name);
    if (value.kind !== "unknown") return value;
  }
  return unknown;
}

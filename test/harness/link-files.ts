/** Links a few files held in memory and puts what their calls mean into short lines that tests can compare. */
import { extractFacts } from "../../server/src/facts/extract.js";
import type { FileFacts } from "../../server/src/facts/model.js";
import { createLinker, type WorkspaceLinker } from "../../server/src/project/linker.js";
import type { CallSite, FunctionRef, Operation } from "../../server/src/project/model.js";

export interface LinkedFiles {
  readonly linker: WorkspaceLinker;
  /** What the calls whose callee reads `callee` mean, one line each; `file` defaults to the only file that has one. */
  calls(callee: string, file?: string): readonly string[];
  /** The same for the only such call. */
  call(callee: string, file?: string): string;
  /** Operations of a file in source order: `prisma.findMany user read many`. */
  operations(file: string): readonly string[];
  /** Replaces, adds or (undefined) removes a file and returns the files that had to be linked again. */
  edit(file: string, text: string | undefined): readonly string[];
}

const ROOT = "/case";

/** Files by name relative to the case's root; `package.json` and `tsconfig.json` files are manifests. */
export function linkFiles(files: Readonly<Record<string, string>>): LinkedFiles {
  const texts = new Map<string, string>();
  const facts = new Map<string, FileFacts>();
  const linker = createLinker();
  const put = (name: string, text: string): void => {
    const path = `${ROOT}/${name}`;
    texts.set(path, text);
    facts.set(path, extractFacts(path, text));
    linker.setFile(path, facts.get(path)!);
  };
  const manifests = Object.keys(files).filter((name) => name.endsWith(".json"));
  linker.setManifests(manifests.map((name) => ({ path: `${ROOT}/${name}`, text: files[name]! })));
  for (const [name, text] of Object.entries(files)) if (!name.endsWith(".json")) put(name, text);
  const linkStale = (): readonly string[] =>
    linker.stale().map((path) => (linker.link(path), path.slice(ROOT.length + 1)));
  linkStale();

  const calleeText = (path: string, site: CallSite): string => {
    const expr = facts.get(path)!.exprs[site.expr]!;
    const id =
      expr.kind === "call" || expr.kind === "new" ? expr.callee : expr.kind === "template" ? expr.tag : site.expr;
    const callee = facts.get(path)!.exprs[id]!;
    const text = texts.get(path)!.slice(callee.start, callee.end).replace(/\s+/g, "");
    return expr.kind === "new" ? `new ${text}` : text;
  };
  const nameOf = (ref: FunctionRef): string => {
    const fn = facts.get(ref.file)!.functions[ref.fn]!;
    return `${ref.file.slice(ROOT.length + 1)}#${fn.cls < 0 ? "" : `${facts.get(ref.file)!.classes[fn.cls]!.name}.`}${fn.name || "anonymous"}`;
  };
  const describe = (path: string, site: CallSite): string => {
    const parts = [
      ...site.targets.map(nameOf).sort(),
      ...(site.operation === undefined ? [] : [operationLine(site.operation)]),
      ...(site.external === undefined ? [] : [`${site.external.module}#${site.external.path.join(".")}`]),
      ...(site.blocking === undefined ? [] : [`blocks ${site.blocking.category}`]),
      ...site.callbacks.map((use) => {
        const over = use.over === undefined ? undefined : facts.get(path)!.exprs[use.over];
        const of = over === undefined ? "" : ` of ${texts.get(path)!.slice(over.start, over.end)}`;
        return `${use.transaction === true ? "transaction " : ""}${use.runs}${of}: ${nameOf(use.ref)}`;
      }),
      ...(site.confidence === "low" ? ["?"] : []),
    ];
    return parts.join(", ");
  };
  const calls = (callee: string, file?: string): readonly string[] =>
    [...texts.keys()]
      .filter((path) => file === undefined || path === `${ROOT}/${file}`)
      .flatMap((path) =>
        linker
          .link(path)
          .filter((site) => calleeText(path, site) === callee)
          .map((site) => describe(path, site)),
      );

  return {
    linker,
    calls,
    call(callee, file) {
      const found = calls(callee, file);
      if (found.length !== 1) throw new Error(`${found.length} calls of ${callee}`);
      return found[0]!;
    },
    operations: (file) =>
      linker
        .link(`${ROOT}/${file}`)
        .flatMap((site) => (site.operation === undefined ? [] : [operationLine(site.operation)])),
    edit(name, text) {
      if (text !== undefined) put(name, text);
      else {
        texts.delete(`${ROOT}/${name}`);
        facts.delete(`${ROOT}/${name}`);
        linker.removeFile(`${ROOT}/${name}`);
      }
      return [...linkStale()].sort();
    },
  };
}

function operationLine(operation: Operation): string {
  return [
    `${operation.dialect}.${operation.method}`,
    operation.table,
    operation.access,
    operation.rows,
    operation.transaction === true ? "transaction" : undefined,
    operation.bulk === true ? "bulk" : undefined,
    operation.confidence === "low" ? "?" : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(" ");
}

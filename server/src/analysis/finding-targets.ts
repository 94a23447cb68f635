/** What a finding is about, told by the calls it covers: two findings of one rule about the same thing usually want the same fix. */
import type { FileView } from "../project/file-view.js";
import type { CallSite } from "../project/model.js";

export interface FindingTarget {
  /** The same for the same thing anywhere in the workspace. */
  readonly key: string;
  /** For a reader: `` table `users` ``. */
  readonly label: string;
}

/** Without repetition, in source order. @param start Offset the finding begins at. @param end Offset after it. */
export function findingTargets(view: FileView, start: number, end: number): readonly FindingTarget[] {
  const inside = view.calls.filter(({ span }) => start <= span.start && span.end <= end);
  // A finding may mark less than the call it is about.
  const around = view.calls.filter(({ span }) => span.start <= start && end <= span.end);
  const innermost = around.sort((a, b) => a.span.end - a.span.start - (b.span.end - b.span.start)).slice(0, 1);
  const sites = inside.length === 0 ? innermost : inside;
  const byKind = [tableOf, apiOf, (site: CallSite) => functionsOf(view, site)].map((kind) => sites.flatMap(kind));
  const told = byKind.find((targets) => targets.length > 0);
  // That two places ask some table through the same library says nothing.
  const isQuery = sites.some(({ operation }) => operation !== undefined);
  const targets = told ?? (isQuery ? [] : sites.flatMap(packageOf));
  return [...new Map(targets.map((target) => [target.key, target])).values()];
}

function tableOf({ operation }: CallSite): FindingTarget[] {
  const table = operation?.table;
  return table === undefined ? [] : [{ key: `table ${table.toLowerCase()}`, label: `table \`${table}\`` }];
}

function apiOf({ blocking }: CallSite): FindingTarget[] {
  if (blocking === undefined) return [];
  return [{ key: `api ${blocking.api}`, label: `\`${blocking.api.split("#").at(-1) ?? blocking.api}\`` }];
}

function functionsOf(view: FileView, { targets }: CallSite): FindingTarget[] {
  return targets.flatMap((ref) => {
    const { name, file } = view.describeFunction(ref);
    // One without a name is told in words, and every file has some.
    return name.includes(" ") ? [] : [{ key: `function ${file}#${name}`, label: `function \`${name}\`` }];
  });
}

/** Members of what a package gives are called in every other line; what it exports itself is meant. */
function packageOf({ external }: CallSite): FindingTarget[] {
  if (external === undefined || external.path.length === 0 || external.path.includes("prototype")) return [];
  const member = external.path.join(".");
  const name = member === "default" ? external.module : member;
  return [{ key: `package ${external.module}#${name}`, label: `\`${name}\`` }];
}

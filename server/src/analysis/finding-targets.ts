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
  const targets = (inside.length === 0 ? innermost : inside).flatMap((site) => targetsOf(view, site));
  return [...new Map(targets.map((target) => [target.key, target])).values()];
}

function targetsOf(view: FileView, { operation, blocking, targets, external }: CallSite): FindingTarget[] {
  if (operation?.table !== undefined)
    return [{ key: `table ${operation.table.toLowerCase()}`, label: `table \`${operation.table}\`` }];
  if (blocking !== undefined) {
    const name = blocking.api.split("#").at(-1) ?? blocking.api;
    return [{ key: `api ${blocking.api}`, label: `\`${name}\`` }];
  }
  // That two places query some table through the same library says nothing.
  if (operation !== undefined) return [];
  if (targets.length > 0)
    return targets.map((ref) => {
      const { name, file } = view.describeFunction(ref);
      return { key: `function ${file}#${name}`, label: `function \`${name}\`` };
    });
  if (external === undefined || external.path.length === 0) return [];
  const name = external.path.join(".");
  return [{ key: `package ${external.module}#${name}`, label: `\`${name}\`` }];
}

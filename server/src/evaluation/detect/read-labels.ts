/** Labels of a folder: written in the suite, or a list in a JSON or YAML file beside it. */
import { dirname, resolve } from "node:path/posix";
import type { PlanContext } from "../plan-context.js";
import { faultsOf, type Shape } from "../shape.js";
import type { DetectCase, FolderLabel } from "../suite.js";
import { readYaml } from "../yaml-source.js";

const LABELS: Shape = {
  kind: "list",
  of: {
    kind: "record",
    fields: {
      file: { shape: { kind: "text" }, required: true, doc: "File, relative to the folder." },
      line: { shape: { kind: "number", integer: true, min: 1 }, required: true, doc: "Line of the finding." },
      expect: { shape: { kind: "text" }, required: true, doc: "Rule or family that is expected." },
    },
  },
};

/** Undefined when they are wrong, which has been said. */
export async function readLabels(one: DetectCase, context: PlanContext): Promise<readonly FolderLabel[] | undefined> {
  if (typeof one.labels !== "string") return one.labels ?? [];
  const file = resolve(dirname(one.place.file), one.labels);
  const read = await context.files.read(file);
  if (read.kind === "unreadable") {
    context.fault(one.place, `the labels \`${one.labels}\` cannot be read: ${read.reason}`);
    return undefined;
  }
  // JSON is YAML.
  const source = readYaml(file, read.text);
  const [problem] = source.problems;
  if (problem !== undefined) {
    context.fault(problem, problem.message);
    return undefined;
  }
  const faults = faultsOf(source.value, LABELS);
  for (const fault of faults) context.fault({ file, ...source.place(fault.path, fault.atKey) }, fault.message);
  return 0 < faults.length ? undefined : (source.value as readonly FolderLabel[]);
}

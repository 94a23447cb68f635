/** Prometheus' text, read by a parser that is not ours. */
import { createRequire } from "node:module";

interface Parsed {
  readonly name: string;
  readonly type: string;
  readonly metrics: readonly { readonly value?: string; readonly labels?: Readonly<Record<string, string>> }[];
}

const loaded = createRequire(__filename)("parse-prometheus-text-format") as ((text: string) => readonly Parsed[]) & {
  readonly default?: (text: string) => readonly Parsed[];
};
const parse = loaded.default ?? loaded;

export interface Family {
  readonly name: string;
  readonly type: string;
  readonly samples: readonly {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
  }[];
}

/** Throws for a text that is not in the format. */
export function parsePrometheus(text: string): readonly Family[] {
  const families = parse(text);
  // Told the types, the parser folds histograms and loses their labels; without them it gives every sample as it stands.
  const samples = parse(text.replaceAll(/^# TYPE .*\n/gm, "")).flatMap(({ name, metrics }) =>
    metrics.map(({ value, labels = {} }) => ({ name, labels, value: Number(value) })),
  );
  for (const { name, value } of samples) if (Number.isNaN(value)) throw new Error(`${name} has no number`);
  return families.map(({ name, type }) => ({
    name,
    type: type.toLowerCase(),
    samples: samples.filter((one) => one.name === name || one.name.replace(/_(?:bucket|sum|count)$/, "") === name),
  }));
}

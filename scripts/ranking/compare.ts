/**
 * Compares orders of findings on projects that were left out: severity alone, what happened to the most alike findings of other projects (BM25), and a logistic
 * regression over the evidence. Labels are those of `collect.ts`.
 *
 *     npx tsx scripts/ranking/compare.ts build/findings.jsonl [build/hand-labelled.jsonl]
 *
 * With a second file, what was learned from the first is tried on places that programmers fixed on purpose, project by project left out as before.
 *
 * Each project is ranked by what was learned from all others. Intervals are of a bootstrap over projects, seeded.
 */
import { readFileSync } from "node:fs";
import { scoreOf } from "../../server/src/ranking/rank.js";
import type { Evidence } from "../../server/src/ranking/evidence.js";
import { best } from "../../server/src/ranking/fuse.js";
import { wordsOf } from "../../server/src/ranking/split-identifiers.js";
import { WordIndex } from "../../server/src/ranking/word-index.js";

interface Labelled {
  readonly project: string;
  readonly label: "open" | "closed";
  readonly rule: string;
  readonly message: string;
  readonly evidence: Evidence;
  /** Commits of the year before that changed its file. */
  readonly churn: number;
  readonly code: string;
}

type Scorer = (train: readonly Labelled[]) => (one: Labelled) => number;

/** What only the workspace of a user knows; no public project publishes it. */
const NOT_KNOWN = { measured: 0, size: 0 };
const NEIGHBOURS = 10;
const LEAST_PER_PROJECT = 10;

const severityOrder: Scorer = () => (one) => one.evidence.severity;
const shippedOrder: Scorer = () => (one) => scoreOf(one.evidence, undefined);
/** More than this weight would let it lead across severities together with the others. */
const CHURN_WEIGHT = 0.3;
/** Changes in a year that say all there is to say. */
const CHURN_REACH = 50;
const churnOrder: Scorer = () => (one) => scoreOf(one.evidence, undefined) + CHURN_WEIGHT * churnOf(one);
const churnAlone: Scorer = () => churnOf;

function churnOf({ churn }: Labelled): number {
  return Math.min(1, Math.log1p(churn) / Math.log1p(CHURN_REACH));
}

/** Mean label of the most alike findings of the same rule elsewhere. */
const wordNeighbours: Scorer = (train) => {
  const index = new WordIndex();
  const words = (one: Labelled): string[] => wordsOf(`${one.rule} ${one.message} ${one.code}`);
  for (const one of train) index.add(words(one));
  return (one) => {
    const near = best(index.search(words(one)), NEIGHBOURS);
    const weight = near.reduce((sum, hit) => sum + hit.score, 0);
    return weight === 0 ? 0 : near.reduce((sum, hit) => sum + hit.score * labelOf(train[hit.document]), 0) / weight;
  };
};

function labelOf(one: Labelled | undefined): number {
  return one?.label === "closed" ? 1 : 0;
}

/** Long functions are rewritten more often, whatever was found in them: an order that is no better than this one has learned nothing of findings. */
const longestFirst: Scorer = () => lengthOf;

function lengthOf(one: Labelled): number {
  return Math.log1p(one.code.split("\n").length) / 5;
}

/** Nothing that was known only later, nothing that names a project or repeats the label. */
function featuresOf(one: Labelled, rules: readonly string[], withLength: boolean): number[] {
  const { severity, confidence, degree, perRequest, steps, fixable } = one.evidence;
  const lines = withLength ? [lengthOf(one)] : [];
  return [
    1,
    severity / 3,
    confidence,
    degree / 3,
    perRequest,
    steps / 8,
    fixable,
    ...lines,
    ...rules.map((rule) => (rule === one.rule ? 1 : 0)),
  ];
}

const logistic =
  (withLength: boolean): Scorer =>
  (train) => {
    const rules = [...new Set(train.map((one) => one.rule))].sort();
    const rows = train.map((one) => ({ x: featuresOf(one, rules, withLength), y: labelOf(one) }));
    const weights = new Array<number>(rows[0]?.x.length ?? 0).fill(0);
    const penalty = 1 / rows.length;
    for (let step = 0; step < 3000; step++) {
      const gradient = weights.map((weight, i) => (i === 0 ? 0 : penalty * weight));
      for (const { x, y } of rows) {
        const error = (sigmoid(dot(weights, x)) - y) / rows.length;
        x.forEach((value, i) => (gradient[i] = (gradient[i] ?? 0) + error * value));
      }
      gradient.forEach((value, i) => (weights[i] = (weights[i] ?? 0) - 1.5 * value));
    }
    return (one) => sigmoid(dot(weights, featuresOf(one, rules, withLength)));
  };

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

/** Chance that a closed finding stands before an open one; ties count half. */
function auc(scored: readonly { readonly score: number; readonly label: number }[]): number | undefined {
  const [closed, open] = [scored.filter((one) => one.label === 1), scored.filter((one) => one.label === 0)];
  if (closed.length === 0 || open.length === 0) return undefined;
  let wins = 0;
  for (const a of closed) for (const b of open) wins += b.score < a.score ? 1 : a.score === b.score ? 0.5 : 0;
  return wins / (closed.length * open.length);
}

/** Of the first ten; findings of equal scores share their places. */
function ndcg(scored: readonly { readonly score: number; readonly label: number }[]): number | undefined {
  const total = scored.filter((one) => one.label === 1).length;
  if (total === 0) return undefined;
  const sorted = [...scored].sort((a, b) => b.score - a.score);
  const gain = (place: number): number => (place < 10 ? 1 / Math.log2(place + 2) : 0);
  let found = 0;
  for (let from = 0; from < sorted.length;) {
    let to = from;
    while (to < sorted.length && sorted[to]?.score === sorted[from]?.score) to++;
    const group = sorted.slice(from, to);
    const share = group.filter((one) => one.label === 1).length / group.length;
    for (let place = from; place < to; place++) found += share * gain(place);
    from = to;
  }
  let ideal = 0;
  for (let place = 0; place < Math.min(10, total); place++) ideal += gain(place);
  return found / ideal;
}

function main([history = "build/findings.jsonl", hand]: readonly string[]): void {
  const past = readFindings(history);
  compare(past, past);
  if (hand !== undefined) compare(past, readFindings(hand));
}

function readFindings(file: string): readonly Labelled[] {
  return readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Labelled)
    .map((one) => ({ ...one, evidence: { ...NOT_KNOWN, ...one.evidence } }));
}

/** Name of the repository, without the commit. */
function repositoryOf({ project }: Labelled): string {
  return project.split("@")[0] ?? project;
}

function compare(train: readonly Labelled[], tested: readonly Labelled[]): void {
  const groups = new Map<string, Labelled[]>();
  for (const one of tested) groups.set(one.project, [...(groups.get(one.project) ?? []), one]);
  const projects = [...groups]
    .filter(([, found]) => LEAST_PER_PROJECT <= found.length)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const closed = tested.filter((one) => one.label === "closed").length;
  console.log(`${tested.length} findings, ${closed} closed, in ${projects.length} groups`);
  const scorers: Readonly<Record<string, Scorer>> = {
    "severity order": severityOrder,
    "severity, then evidence (shipped)": shippedOrder,
    "severity, evidence, then churn": churnOrder,
    "churn alone": churnAlone,
    "length of the function": longestFirst,
    "BM25 neighbours": wordNeighbours,
    "logistic regression": logistic(false),
    "logistic regression with the length": logistic(true),
  };
  const results = Object.entries(scorers).map(([name, scorer]) => {
    const learnedFor = new Map<string, (one: Labelled) => number>();
    const scored = projects.map(([, found]) => {
      const repository = found[0] === undefined ? "" : repositoryOf(found[0]);
      const others = (): readonly Labelled[] => train.filter((one) => repositoryOf(one) !== repository);
      const score = learnedFor.get(repository) ?? scorer(others());
      learnedFor.set(repository, score);
      return found.map((one) => ({ score: score(one), label: labelOf(one) }));
    });
    const learned = name.startsWith("BM25") || name.startsWith("logistic");
    const calibration = learned ? `  calibration error ${calibrationError(scored.flat()).toFixed(3)}` : "";
    const values = { name, auc: scored.map(auc), ndcg: scored.map(ndcg) };
    console.log(`${name.padEnd(36)} AUC ${interval(values.auc)}  nDCG@10 ${interval(values.ndcg)}${calibration}`);
    return values;
  });
  const [base, ...others] = results;
  for (const { name, auc: ofAuc, ndcg: ofNdcg } of others) {
    const gain = (own: readonly (number | undefined)[], theirs: readonly (number | undefined)[] = []): string =>
      interval(own.map((value, i) => difference(value, theirs[i])));
    console.log(`${`  ${name}, gain`.padEnd(44)} AUC ${gain(ofAuc, base?.auc)}  nDCG@10 ${gain(ofNdcg, base?.ndcg)}`);
  }
}

function difference(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a - b;
}

/** Mean over projects and its 95 % interval. */
function interval(given: readonly (number | undefined)[]): string {
  const values = given.filter((value) => value !== undefined);
  const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;
  const random = seeded(7);
  const means = Array.from({ length: 2000 }, () =>
    mean(values.map(() => values[Math.floor(random() * values.length)] ?? 0)),
  ).sort((a, b) => a - b);
  return `${mean(values).toFixed(3)} [${(means[50] ?? 0).toFixed(3)}, ${(means[1949] ?? 0).toFixed(3)}]`;
}

/** Mean distance between what is predicted and what happened, over ten equal groups. */
function calibrationError(scored: readonly { readonly score: number; readonly label: number }[]): number {
  const sorted = [...scored].sort((a, b) => a.score - b.score);
  let error = 0;
  for (let group = 0; group < 10; group++) {
    const part = sorted.slice(Math.floor((group * sorted.length) / 10), Math.floor(((group + 1) * sorted.length) / 10));
    const mean = (of: (one: { readonly score: number; readonly label: number }) => number): number =>
      part.reduce((sum, one) => sum + of(one), 0) / Math.max(1, part.length);
    error += (Math.abs(mean((one) => one.score) - mean((one) => one.label)) * part.length) / sorted.length;
  }
  return error;
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

main(process.argv.slice(2));

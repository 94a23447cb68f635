/**
 * Tells when a fix that was handed out has been applied: the texts are the ones it makes, and its finding is gone. That counts as an answer of the user about
 * the finding, and is taken back when the texts are what they were before. Anything else that happens to the texts says nothing.
 */
import { contentHash } from "../base/content-hash.js";
import type { DescribedFinding } from "../ranking/alike.js";
import type { Feedback } from "../ranking/neighbours.js";
import type { FeedbackPort } from "./finding-order.js";
import type { FixOrigin, FixPlace } from "./similar-fixes.js";
import type { WorkspaceService } from "./workspace-service.js";

/** A text before and after, for one file; undefined where there is no file. */
export interface TextChange {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string;
}

export interface HandedOut extends FixPlace {
  readonly described: DescribedFinding;
  readonly changes: readonly TextChange[];
}

export interface AppliedFix extends FixPlace {
  readonly rule: string;
}

interface Tracked {
  readonly origin: FixOrigin;
  readonly files: readonly { readonly path: string; readonly before: string; readonly after: string }[];
  /** Undefined until it is accepted; then the answer it took the place of, if there was one. */
  accepted: { readonly before: Feedback | undefined } | undefined;
}

/** Fixes that are watched; the oldest are forgotten first. */
const MOST_WATCHED = 100;

type Service = Pick<WorkspaceService, "textOf" | "findings">;

/** A class because what was handed out is remembered until it is settled. */
export class FixAcceptance {
  readonly #service: Service;
  readonly #feedback: FeedbackPort;
  #tracked: readonly Tracked[] = [];

  constructor(service: Service, feedback: FeedbackPort) {
    this.#service = service;
    this.#feedback = feedback;
  }

  /** A fix is on its way to the user. */
  note({ path, fingerprint, fix, described, changes }: HandedOut): void {
    const files = changes.map((one) => ({ path: one.path, before: hashOf(one.before), after: hashOf(one.after) }));
    const origin = { path, fingerprint, fix, described };
    const others = this.#tracked.filter((one) => !isSame(one.origin, origin));
    this.#tracked = [...others, { origin, files, accepted: undefined }].slice(-MOST_WATCHED);
  }

  /** To be called when findings are up to date. Returns the fixes that were applied since the last call. */
  settle(): readonly AppliedFix[] {
    const applied: AppliedFix[] = [];
    const hashes = new Map<string, string>();
    const hashIn = (path: string): string => {
      const hash = hashes.get(path) ?? hashOf(this.#service.textOf(path));
      hashes.set(path, hash);
      return hash;
    };
    this.#tracked = this.#tracked.filter((one) => {
      const { path, fingerprint, fix, described } = one.origin;
      const state = stateOf(one, hashIn);
      if (state === "elsewhere") return false;
      const isGone = !this.#service.findings(path).some((finding) => finding.fingerprint === fingerprint);
      if (state === "after" && isGone && one.accepted === undefined) {
        one.accepted = { before: this.#accept(fingerprint, described) };
        applied.push({ path, fingerprint, fix, rule: described.rule });
      } else if (state === "before" && !isGone && one.accepted !== undefined) {
        this.#takeBack(fingerprint, described.rule, one.accepted.before);
        one.accepted = undefined;
      }
      return true;
    });
    return applied;
  }

  /** The finding whose fix was applied, as it was. */
  originOf(place: FixPlace): FixOrigin | undefined {
    return this.#tracked.find(({ origin, accepted }) => accepted !== undefined && isSame(origin, place))?.origin;
  }

  #accept(fingerprint: string, { rule, words, vector }: DescribedFinding): Feedback | undefined {
    const before = this.#feedback.all().find((one) => one.fingerprint === fingerprint && one.rule === rule);
    const base = { rule, words, fingerprint, verdict: "accepted" } as const;
    attempt(() => this.#feedback.add(vector === undefined ? base : { ...base, vector }));
    return before;
  }

  #takeBack(fingerprint: string, rule: string, before: Feedback | undefined): void {
    attempt(() => (before === undefined ? this.#feedback.remove(rule, fingerprint) : this.#feedback.add(before)));
  }
}

/** Some files may have been changed and others not yet. */
function stateOf({ files }: Tracked, hashIn: (path: string) => string): "before" | "after" | "between" | "elsewhere" {
  const now = files.map(({ path, before, after }) => {
    const hash = hashIn(path);
    return hash === after ? "after" : hash === before ? "before" : "elsewhere";
  });
  if (now.includes("elsewhere")) return "elsewhere";
  if (now.every((one) => one === "after")) return "after";
  return now.every((one) => one === "before") ? "before" : "between";
}

/** An answer that cannot be written down is lost: nobody waits for it, and findings are not held up for it. */
function attempt(write: () => void): void {
  try {
    write();
  } catch {
    return;
  }
}

function isSame(one: FixPlace, other: FixPlace): boolean {
  return one.path === other.path && one.fingerprint === other.fingerprint && one.fix === other.fix;
}

/** Editors keep the line ends of a document, whatever a fix brings. */
function hashOf(text: string | undefined): string {
  return text === undefined ? "" : contentHash(text.replaceAll("\r\n", "\n"));
}

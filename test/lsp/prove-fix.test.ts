/** *Prove Fix* over the protocol: never where nobody trusts the workspace, and what was proved comes first until the text changes. */
import { expect, test } from "vitest";
import type { _Connection, Diagnostic } from "vscode-languageserver";
import type { ProveFixParams, ProveFixResult } from "../../protocol/src/fix-proof.js";
import type { Fix } from "../../server/src/fixes/fix.js";
import { proveAction, registerProofs } from "../../server/src/lsp/handlers/proofs.js";
import { ProvedFixes } from "../../server/src/service/proved-fixes.js";
import type { FixQuestion } from "../../server/src/service/prove-fix.js";

type Handler = (params: ProveFixParams) => Promise<ProveFixResult>;

function served(trusted: boolean): { readonly ask: Handler; readonly questions: FixQuestion[] } {
  const questions: FixQuestion[] = [];
  const kept: { handler?: Handler } = {};
  const connection = { onRequest: (_method: string, handler: Handler) => (kept.handler = handler) };
  const proved: ProveFixResult = { kind: "proved", title: "t", summary: "s", markdown: "m" };
  const service = {
    proveFix: (question: FixQuestion) => {
      questions.push(question);
      return Promise.resolve(proved);
    },
  };
  const workspace = { settled: () => Promise.resolve(), service: () => service };
  registerProofs(connection as unknown as _Connection, { workspace } as never, () => trusted);
  return { ask: (params) => kept.handler!(params), questions };
}

const params: ProveFixParams = { uri: "file:///case/a.ts", fingerprint: "f1", fix: "load-before-loop" };

test("a workspace that is not trusted is not run", async () => {
  const { ask, questions } = served(false);
  expect(await ask(params)).toMatchObject({
    kind: "unprovable",
    summary: "Cannot prove: this workspace is not trusted, and a proof runs its code",
  });
  expect(questions).toEqual([]);
});

test("a trusted one is asked about the very fix", async () => {
  const { ask, questions } = served(true);
  expect(await ask(params)).toMatchObject({ kind: "proved" });
  expect(questions).toEqual([{ path: "/case/a.ts", fingerprint: "f1", fix: "load-before-loop" }]);
});

test("the action is offered for families whose queries change", () => {
  const diagnostic = { range: {}, message: "" } as Diagnostic;
  const data = { hotpath: 1, rule: "r", fingerprint: "f1", cost: "", fixes: [] } as const;
  const [action] = proveAction(params.uri, diagnostic, { ...data, family: "n-plus-one" }, "load-before-loop");
  expect(action?.command).toMatchObject({ command: "hotpath.proveFix", arguments: [params] });
  expect(proveAction(params.uri, diagnostic, { ...data, family: "blocking-call" }, "async-variant")).toEqual([]);
});

test("a proved fix comes first, until the text changes", () => {
  const texts = new Map([["/case/a.ts", "one"]]);
  const proved = new ProvedFixes((path) => texts.get(path));
  const fix: Fix = { id: "second", title: "Second", safety: "review", edits: [] };
  const offers = { f1: [{ id: "first", title: "First", safety: "review" as const }, { ...fix }] };
  proved.keep("/case/a.ts", "f1", fix, "Proved on made-up rows");
  const titles = (): readonly string[] => (proved.ranked("/case/a.ts", offers)["f1"] ?? []).map(({ title }) => title);
  expect(titles()).toEqual(["Second (proved)", "First"]);
  texts.set("/case/a.ts", "two");
  expect(titles()).toEqual(["First", "Second"]);
});

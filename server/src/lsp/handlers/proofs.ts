/** *Prove Fix*: a request of our own client, and the code action that leads to it. Never in a workspace that is not trusted: it runs the workspace's code. */
import { type CodeAction, CodeActionKind, type _Connection, type Diagnostic } from "vscode-languageserver";
import { proveFixMethod, type ProveFixParams, type ProveFixResult } from "../../../../protocol/src/fix-proof.js";
import type { DiagnosticData } from "../to-lsp.js";
import { pathOf } from "../uri.js";
import type { WorkspaceSession } from "../workspace-session.js";

interface Served {
  readonly workspace?: WorkspaceSession;
}

/** @param isTrusted Asked each time: trust is known when the client has said hello. */
export function registerProofs(connection: _Connection, served: Served, isTrusted: () => boolean): void {
  connection.onRequest(proveFixMethod, async ({ uri, fingerprint, fix }: ProveFixParams): Promise<ProveFixResult> => {
    const path = pathOf(uri);
    if (!isTrusted()) return refusal("this workspace is not trusted, and a proof runs its code");
    await served.workspace?.settled();
    const service = served.workspace?.service();
    if (path === undefined || service === undefined) return refusal("the analyzer is not ready yet");
    return service.proveFix({ path, fingerprint, ...(fix === undefined ? {} : { fix }) });
  });
}

function refusal(reason: string): ProveFixResult {
  return { kind: "unprovable", title: "", summary: `Cannot prove: ${reason}`, markdown: `Cannot prove: ${reason}.\n` };
}

/** Families whose fixes change which queries run. */
const PROVABLE = /^(n-plus-one|sequential-await|unbounded-query|uncached-hot-path)$/;

/** *Prove this fix*, below the fix it is about. */
export function proveAction(
  uri: string,
  diagnostic: Diagnostic,
  { family, fingerprint }: DiagnosticData,
  fix: string,
): CodeAction[] {
  if (!PROVABLE.test(family)) return [];
  const title = "Prove this fix on made-up rows";
  const params: ProveFixParams = { uri, fingerprint, fix };
  return [
    {
      title,
      kind: CodeActionKind.QuickFix,
      diagnostics: [diagnostic],
      command: { title, command: "hotpath.proveFix", arguments: [params] },
    },
  ];
}

/** *Apply the same fix to similar places*: requests of our own client, and the code action that leads to them. */
import {
  type CodeAction,
  CodeActionKind,
  type _Connection,
  type Diagnostic,
  type TextDocuments,
} from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import {
  similarEditsMethod,
  similarFixesMethod,
  type FixPlaceParams,
  type SimilarEditsParams,
  type SimilarEditsResult,
  type SimilarFixesResult,
  type SimilarFixMessage,
} from "../../../../protocol/src/similar-fixes.js";
import type { FixOffer } from "../../service/fixes.js";
import type { AppliedPlace } from "../../service/similar-edits.js";
import type { FixPlace, SimilarPlace } from "../../service/similar-fixes.js";
import type { ClientAbilities } from "../client-abilities.js";
import { pathOf, uriOf } from "../uri.js";
import { toWorkspaceEdit } from "../workspace-edit.js";
import type { WorkspaceSession } from "../workspace-session.js";

interface Served {
  readonly workspace?: WorkspaceSession;
  readonly abilities?: ClientAbilities;
}

const NOT_READY = { kind: "refused", reason: "The analyzer is not ready yet." } as const;

/** @param served Filled in when the client has said hello. */
export function registerSimilarFixes(
  connection: _Connection,
  documents: TextDocuments<TextDocument>,
  served: Served,
): void {
  connection.onRequest<SimilarFixesResult, never>(
    similarFixesMethod,
    async (params: FixPlaceParams): Promise<SimilarFixesResult> => {
      await served.workspace?.settled();
      const place = placeOf(params);
      const answer = place === undefined ? undefined : await served.workspace?.service()?.similarFixes(place);
      if (place === undefined || answer === undefined) return NOT_READY;
      if (answer.kind === "refused") return answer;
      return { ...answer, places: answer.places.map((one) => toMessage(one, place.fix)) };
    },
  );
  connection.onRequest<SimilarEditsResult, never>(
    similarEditsMethod,
    async ({ places }: SimilarEditsParams): Promise<SimilarEditsResult> => {
      await served.workspace?.settled();
      const { abilities } = served;
      const chosen = places.flatMap((one) => placeOf(one) ?? []);
      const answer = await served.workspace?.service()?.similarEdits(chosen);
      if (answer === undefined || abilities === undefined) return NOT_READY;
      const { changes, applied, waiting, gone } = answer;
      if (applied.length === 0)
        return { kind: "refused", reason: "The code has changed since: ask for similar places again." };
      const result = toWorkspaceEdit(changes, documents, abilities, ({ path }) => offerFor(path, applied));
      if (result.kind === "refused") return result;
      return { kind: "edit", edit: result.edit, applied: applied.length, waiting, gone };
    },
  );
}

/** What one file's changes are shown under: a file is confirmed as a whole, so what needs a look comes first. */
function offerFor(path: string, applied: readonly AppliedPlace[]): FixOffer | undefined {
  const own = applied.filter(({ files }) => files.includes(path)).map(({ offer }) => offer);
  return own.find(({ safety }) => safety === "review") ?? own[0];
}

function placeOf({ uri, fingerprint, fix }: FixPlaceParams): FixPlace | undefined {
  const path = pathOf(uri);
  return path === undefined ? undefined : { path, fingerprint, fix };
}

function toMessage({ finding, offer, reasons }: SimilarPlace, fix: string): SimilarFixMessage {
  const { path, range, fingerprint, message } = finding;
  const { line, column } = range.start;
  const place = { uri: uriOf(path), line: line - 1, character: column - 1, fingerprint, fix };
  return { ...place, message, title: offer.title, safety: offer.safety, reasons };
}

/** Below a fix, where there are other findings of its rule. */
export function similarAction(uri: string, diagnostic: Diagnostic, fingerprint: string, fix: string): CodeAction {
  const title = "Apply the same fix to similar places…";
  const params: FixPlaceParams = { uri, fingerprint, fix };
  return {
    title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [diagnostic],
    command: { title, command: "hotpath.applyToSimilar", arguments: [params] },
  };
}

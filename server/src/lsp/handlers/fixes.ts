/**
 * Code actions that change code: the fixes of a finding, all safe ones of its rule, and all safe ones of a file when it is saved. Edits are made when an action is
 * chosen, where the client can ask for them then; a client that cannot gets them at once.
 */
import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  type _Connection,
  type Diagnostic,
  MessageType,
  ShowMessageNotification,
  type TextDocuments,
} from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { FixAllScope, FixOffer } from "../../service/fixes.js";
import type { AsyncService } from "../async-service.js";
import type { ClientAbilities } from "../client-abilities.js";
import { dataOf, type DiagnosticData } from "../to-lsp.js";
import { pathOf } from "../uri.js";
import { toWorkspaceEdit } from "../workspace-edit.js";
import type { WorkspaceSession } from "../workspace-session.js";
import { codeActions } from "./code-action.js";
import { proveAction } from "./proofs.js";
import { similarAction } from "./similar-fixes.js";

const FIX_ALL_KIND = `${CodeActionKind.SourceFixAll}.hotpath`;

export const fixActionKinds: readonly string[] = [CodeActionKind.QuickFix, FIX_ALL_KIND];

/** What travels from an action that is shown to the one that is chosen. */
type ActionData =
  | { readonly hotpath: "fix"; readonly path: string; readonly fingerprint: string; readonly id: string }
  | { readonly hotpath: "fix-all"; readonly scope: FixAllScope };

interface Served {
  readonly workspace?: WorkspaceSession;
  readonly abilities?: ClientAbilities;
}

interface Desk {
  readonly connection: _Connection;
  readonly documents: TextDocuments<TextDocument>;
  readonly service: AsyncService;
  readonly abilities: ClientAbilities;
  /** Whether there are other findings of the rule. */
  readonly hasOthers: (data: DiagnosticData) => boolean;
}

/** @param served Filled in when the client has said hello. */
export function registerCodeActions(
  connection: _Connection,
  documents: TextDocuments<TextDocument>,
  served: Served,
): void {
  const desk = (): Desk | undefined => {
    const { workspace, abilities } = served;
    const service = workspace?.service();
    if (workspace === undefined || service === undefined || abilities === undefined) return undefined;
    const hasOthers = ({ rule, fingerprint }: DiagnosticData): boolean =>
      workspace
        .visibleStore()
        .all()
        .some((one) => one.rule === rule && one.fingerprint !== fingerprint);
    return { connection, documents, service, abilities, hasOthers };
  };
  connection.onCodeAction(async (params) => {
    const document = documents.get(params.textDocument.uri);
    if (document === undefined || served.abilities === undefined) return [];
    const others = codeActions(document, params, served.abilities);
    await served.workspace?.settled();
    const at = desk();
    if (at === undefined || !at.abilities.codeActionLiterals) return others;
    return [...(await fixActions(at, params)), ...others, ...(await onSave(at, params))];
  });
  connection.onCodeActionResolve(async (action) => {
    await served.workspace?.settled();
    const at = desk();
    return at === undefined ? action : await withEdit(at, action);
  });
}

function wants({ context: { only } }: CodeActionParams, kind: string): boolean {
  return only === undefined || only.some((one) => one === "" || kind === one || kind.startsWith(`${one}.`));
}

async function fixActions(at: Desk, params: CodeActionParams): Promise<CodeAction[]> {
  const path = pathOf(params.textDocument.uri);
  if (path === undefined || !wants(params, CodeActionKind.QuickFix)) return [];
  const own = params.context.diagnostics.flatMap((diagnostic) => {
    const data = diagnostic.source === "hotpath" ? dataOf(diagnostic) : undefined;
    return data === undefined ? [] : [{ diagnostic, data }];
  });
  if (own.length === 0) return [];
  const offers = await at.service.fixOffers(
    path,
    own.map(({ data }) => data.fingerprint),
  );
  const actions = own.flatMap(({ diagnostic, data }) => [
    ...(offers[data.fingerprint] ?? []).map((offer, i) => fixAction(path, diagnostic, data, offer, i === 0)),
    ...(at.abilities.hotpathCommands
      ? (offers[data.fingerprint] ?? [])
          .slice(0, 1)
          .flatMap((offer) => [
            ...(at.abilities.provesFixes ? proveAction(params.textDocument.uri, diagnostic, data, offer.id) : []),
            ...(at.hasOthers(data)
              ? [similarAction(params.textDocument.uri, diagnostic, data.fingerprint, offer.id)]
              : []),
          ])
      : []),
    ...((offers[data.fingerprint] ?? []).some(({ safety }) => safety === "safe") ? allOf(path, diagnostic, data) : []),
  ]);
  if (at.abilities.resolvesEdits) return actions;
  const whole = await Promise.all(actions.map((action) => withEdit(at, action)));
  return whole.filter((action) => action.edit !== undefined);
}

function fixAction(
  path: string,
  diagnostic: Diagnostic,
  { fingerprint }: DiagnosticData,
  { id, title, safety }: FixOffer,
  isFirst: boolean,
): CodeAction {
  const data: ActionData = { hotpath: "fix", path, fingerprint, id };
  return {
    title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [diagnostic],
    ...(isFirst && safety === "safe" ? { isPreferred: true } : {}),
    data,
  };
}

/** *Fix all of this rule* in the file, and in the workspace. */
function allOf(path: string, diagnostic: Diagnostic, { rule }: DiagnosticData): CodeAction[] {
  const action = (title: string, scope: FixAllScope): CodeAction => {
    const data: ActionData = { hotpath: "fix-all", scope };
    return { title, kind: CodeActionKind.QuickFix, diagnostics: [diagnostic], data };
  };
  return [action(`Fix all ${rule} in this file`, { rule, path }), action(`Fix all ${rule} in the workspace`, { rule })];
}

/** All safe fixes of a file, for editors that are asked to apply them on save. Not made for a light bulb. */
async function onSave(at: Desk, params: CodeActionParams): Promise<CodeAction[]> {
  const path = pathOf(params.textDocument.uri);
  if (path === undefined || params.context.only === undefined || !wants(params, FIX_ALL_KIND)) return [];
  const data: ActionData = { hotpath: "fix-all", scope: { path } };
  const action = await withEdit(at, { title: "Fix all that Hotpath can fix safely", kind: FIX_ALL_KIND, data });
  return action.edit === undefined ? [] : [action];
}

/** The action with its edit; as it was, after a word to the user, where there is none to be had. */
async function withEdit(at: Desk, action: CodeAction): Promise<CodeAction> {
  const data = action.data as ActionData | undefined;
  if (data?.hotpath === "fix") {
    const answer = await at.service.fixChanges(data.path, data.fingerprint, data.id);
    if (answer.kind === "refused") return refuse(at, action, answer.reason);
    const result = toWorkspaceEdit(answer.changes, at.documents, at.abilities, answer.offer);
    return result.kind === "refused" ? refuse(at, action, result.reason) : { ...action, edit: result.edit };
  }
  if (data?.hotpath !== "fix-all") return action;
  const { changes } = await at.service.fixAll(data.scope);
  if (changes.length === 0) return action;
  const result = toWorkspaceEdit(changes, at.documents, at.abilities);
  return result.kind === "refused" ? refuse(at, action, result.reason) : { ...action, edit: result.edit };
}

function refuse({ connection }: Desk, action: CodeAction, reason: string): CodeAction {
  // A notification: nobody has to answer it.
  void connection.sendNotification(ShowMessageNotification.type, {
    type: MessageType.Warning,
    message: `Hotpath: ${reason}`,
  });
  return action;
}

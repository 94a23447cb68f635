/** Requests about queries: explain one, lines above them, and where a table or column is used. */
import type {
  _Connection,
  CodeLens,
  CodeLensParams,
  Location,
  ReferenceParams,
  TextDocuments,
} from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import {
  explainQueryMethod,
  type ExplainQueryParams,
  type QueryExplanation,
} from "../../../../protocol/src/query-explanation.js";
import type { QueryLens } from "../../analysis/explain-query/query-lenses.js";
import type { ClientAbilities } from "../client-abilities.js";
import { costLenses } from "./costs.js";
import { toRange } from "../to-lsp.js";
import { pathOf, uriOf } from "../uri.js";
import type { WorkspaceSession } from "../workspace-session.js";

interface Served {
  readonly workspace?: WorkspaceSession;
  readonly abilities?: ClientAbilities;
}

/** @param served Filled in when the client has said hello. */
export function registerQueries(connection: _Connection, documents: TextDocuments<TextDocument>, served: Served): void {
  connection.onRequest(explainQueryMethod, (params: ExplainQueryParams) => explain(served, params));
  connection.onCodeLens((params) => lenses(served, params));
  connection.onReferences((params) => references(served, documents.get(params.textDocument.uri), params));
}

async function explain(
  { workspace }: Served,
  { uri, line, character }: ExplainQueryParams,
): Promise<QueryExplanation | null> {
  const path = pathOf(uri);
  if (path === undefined) return null;
  await workspace?.settled();
  const place = { line, ...(character === undefined ? {} : { character }) };
  return (await workspace?.service()?.explainQuery(path, place)) ?? null;
}

/** A line does nothing without the command behind it, so only our own client gets any. */
async function lenses({ workspace, abilities }: Served, { textDocument }: CodeLensParams): Promise<CodeLens[]> {
  const path = pathOf(textDocument.uri);
  if (path === undefined || workspace === undefined || abilities?.hotpathCommands !== true) return [];
  const { lenses: scope, costLenses: costs } = workspace.settings() ?? {};
  await workspace.settled();
  const found = scope === undefined ? [] : await workspace.service()?.queryLenses(path, scope);
  return [
    ...(costs === true ? await costLenses({ workspace }, path) : []),
    ...queryLenses(textDocument.uri, found ?? []),
  ];
}

function queryLenses(uri: string, found: readonly QueryLens[]): CodeLens[] {
  return found.map(({ at, title }) => {
    const position = { line: at.line - 1, character: at.column - 1 };
    return {
      range: { start: position, end: position },
      command: { title, command: "hotpath.explainQuery", arguments: [{ uri, ...position }] },
    };
  });
}

async function references(
  { workspace }: Served,
  document: TextDocument | undefined,
  { textDocument, position, context }: ReferenceParams,
): Promise<Location[]> {
  const path = pathOf(textDocument.uri);
  const word = document === undefined ? "" : wordAt(document, position);
  if (path === undefined || word === "") return [];
  await workspace?.settled();
  const found = await workspace
    ?.service()
    ?.references({ path, ...position, word, declarations: context.includeDeclaration });
  return (found ?? []).map((place) => ({ uri: uriOf(place.path), range: toRange(place.range) }));
}

/** The name around a position, without quotes; quoted names of SQL may hold blanks. */
function wordAt(document: TextDocument, { line, character }: ReferenceParams["position"]): string {
  const text = document.getText({ start: { line, character: 0 }, end: { line: line + 1, character: 0 } });
  for (const match of text.matchAll(/"[^"\n]+"|`[^`\n]+`|'[^'\n]+'|[\p{L}_$][\p{L}\p{N}_$]*/gu)) {
    if (match.index <= character && character <= match.index + match[0].length)
      return match[0].replaceAll(/["'`]/g, "");
  }
  return "";
}

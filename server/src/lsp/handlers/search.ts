/** Searching code by a sentence and by likeness, for the client's quick picks. */
import type { TextDocuments, _Connection } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import {
  judgeFindingMethod,
  modelStatusMethod,
  orderedFindingsMethod,
  resetLearningMethod,
  searchCodeMethod,
  similarCodeMethod,
  type FoundCodeMessage,
  type JudgeFindingParams,
  type ModelStatusParams,
  type OrderedFinding,
  type SearchCodeParams,
  type SearchCodeResult,
  type SearchFilterParams,
  type SimilarCodeParams,
} from "../../../../protocol/src/search.js";
import type { FoundCode, SearchAnswer, SearchFilter } from "../../service/code-search.js";
import type { OrderedFinding as Ordered } from "../../service/finding-order.js";
import { modelStatus } from "../model-status.js";
import { pathOf, uriOf } from "../uri.js";
import type { WorkspaceSession } from "../workspace-session.js";

interface Served {
  readonly workspace?: WorkspaceSession;
}

const LIMIT = { usual: 30, most: 200 } as const;

/** @param served Filled in when the client has said hello. */
export function registerSearch(connection: _Connection, documents: TextDocuments<TextDocument>, served: Served): void {
  connection.onRequest(searchCodeMethod, async (params: SearchCodeParams): Promise<SearchCodeResult> => {
    await served.workspace?.settled();
    return toResult(
      await served.workspace?.service()?.searchCode(params.text, filterOf(params), limitOf(params.limit)),
    );
  });
  connection.onRequest(similarCodeMethod, async (params: SimilarCodeParams): Promise<SearchCodeResult | null> => {
    const path = pathOf(params.uri);
    const offset = documents.get(params.uri)?.offsetAt(params.position);
    if (path === undefined || offset === undefined) return null;
    await served.workspace?.settled();
    const place = { path, offset, ...(params.rule === undefined ? {} : { rule: params.rule }) };
    const answer = await served.workspace?.service()?.similarCode(place, filterOf(params), limitOf(params.limit));
    return answer === undefined ? null : toResult(answer);
  });
  connection.onRequest(orderedFindingsMethod, async (): Promise<readonly OrderedFinding[]> => {
    await served.workspace?.settled();
    return ((await served.workspace?.service()?.orderFindings(LIMIT.most)) ?? []).map(toOrdered);
  });
  connection.onRequest<boolean, never>(judgeFindingMethod, (params: JudgeFindingParams) => judge(served, params));
  connection.onRequest(
    resetLearningMethod,
    async (): Promise<number> => (await served.workspace?.service()?.resetLearning()) ?? 0,
  );
  connection.onRequest(modelStatusMethod, async (): Promise<ModelStatusParams> =>
    modelStatus(await served.workspace?.service()?.searchStatus(), undefined),
  );
}

async function judge(served: Served, { uri, line, rule, verdict }: JudgeFindingParams): Promise<boolean> {
  const path = pathOf(uri);
  const service = served.workspace?.service();
  if (path === undefined || service === undefined || !["accepted", "dismissed", "ignored"].includes(verdict))
    return false;
  return await service.judgeFinding({ path, rule, line: line + 1 }, verdict);
}

function toOrdered({ finding, reasons, copyOf }: Ordered): OrderedFinding {
  const { path, range, rule, severity, message } = finding;
  const { line, column } = range.start;
  const ordered = { uri: uriOf(path), line: line - 1, character: column - 1, rule, severity, message, reasons };
  return copyOf === undefined ? ordered : { ...ordered, copyOf };
}

/** What a client sends is only taken for what it should be. */
function filterOf({ folder, kind, family }: SearchFilterParams): SearchFilter {
  return {
    ...(typeof folder === "string" && folder !== "" ? { folder } : {}),
    ...(kind === "function" || kind === "query" ? { kind } : {}),
    ...(typeof family === "string" && family !== "" ? { family } : {}),
  };
}

function limitOf(limit: unknown): number {
  return typeof limit === "number" && 0 < limit ? Math.min(LIMIT.most, Math.floor(limit)) : LIMIT.usual;
}

function toResult(answer: SearchAnswer | undefined): SearchCodeResult {
  if (answer === undefined) return { found: [], note: "no folder is open" };
  return { found: answer.found.map(toMessage), ...(answer.note === undefined ? {} : { note: answer.note }) };
}

function toMessage({ unit, line, rules, fixes, similarity }: FoundCode): FoundCodeMessage {
  const message = { uri: uriOf(unit.path), line: line - 1, name: unit.name, kind: unit.kind, rules };
  return {
    ...message,
    ...(fixes === undefined ? {} : { fixes }),
    ...(similarity === undefined ? {} : { similarity }),
  };
}

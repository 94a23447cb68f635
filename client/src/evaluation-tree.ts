/** Suites as test items: one for each suite, one for each case, and one for each result of a case that has several. */
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import {
  listSuitesMethod,
  type CaseResult,
  type ListedProblem,
  type ListedSuite,
} from "../../protocol/src/evaluation.js";

export interface EvaluationTree {
  dispose(): void;
  refresh(): Promise<void>;
  suites(): readonly ListedSuite[];
  suiteItem(file: string): vscode.TestItem | undefined;
  caseItem(file: string, id: string): vscode.TestItem | undefined;
  /** The item a result belongs to; made when it is first heard of. */
  itemOf(suiteFile: string, result: CaseResult): vscode.TestItem | undefined;
  /** Suite and case of an item; without a case for a whole suite. */
  meaningOf(item: vscode.TestItem): { readonly file: string; readonly caseId?: string } | undefined;
}

export function createEvaluationTree(
  controller: vscode.TestController,
  clientOf: () => LanguageClient | undefined,
): EvaluationTree {
  const problems = vscode.languages.createDiagnosticCollection("hotpath-evaluation");
  const meanings = new WeakMap<vscode.TestItem, { readonly file: string; readonly caseId?: string }>();
  const state: { suites: readonly ListedSuite[] } = { suites: [] };

  const itemFor = (id: string, label: string, file: string, line: number): vscode.TestItem => {
    const item = controller.createTestItem(id, label, vscode.Uri.file(file));
    item.range = new vscode.Range(line - 1, 0, line - 1, 0);
    return item;
  };
  const suiteTest = (suite: ListedSuite): vscode.TestItem => {
    const item = itemFor(suite.file, suite.name, suite.file, 1);
    if (suite.bundled) item.description = "comes with Hotpath";
    // A suite with warnings runs.
    const first = suite.problems.find(({ severity }) => severity === "error");
    if (first !== undefined) item.error = `line ${first.line}: ${first.message}`;
    meanings.set(item, { file: suite.file });
    item.children.replace(
      suite.cases.map((one) => {
        const child = itemFor(`${suite.file}#${one.id}`, one.title, one.file, one.line);
        child.description = one.kind;
        meanings.set(child, { file: suite.file, caseId: one.id });
        return child;
      }),
    );
    return item;
  };
  const caseItem = (file: string, id: string): vscode.TestItem | undefined =>
    controller.items.get(file)?.children.get(`${file}#${id}`);

  return {
    dispose: () => problems.dispose(),
    async refresh() {
      state.suites = (await clientOf()?.sendRequest<readonly ListedSuite[]>(listSuitesMethod)) ?? [];
      controller.items.replace(state.suites.map(suiteTest));
      problems.clear();
      for (const [uri, found] of diagnostics(state.suites)) if (!isOpen(uri)) problems.set(uri, found);
    },
    suites: () => state.suites,
    suiteItem: (file) => controller.items.get(file),
    caseItem,
    itemOf(suiteFile, result) {
      const parent = caseItem(suiteFile, result.caseId);
      if (parent === undefined || result.id === result.caseId) return parent;
      const id = `${suiteFile}#${result.id}`;
      const known = parent.children.get(id);
      if (known !== undefined) return known;
      const item = itemFor(id, result.title ?? result.id, result.file, result.line);
      meanings.set(item, { file: suiteFile, caseId: result.caseId });
      parent.children.add(item);
      return item;
    },
    meaningOf: (item) => meanings.get(item),
  };
}

/** The server keeps the mistakes of open suites current while they are typed. */
function isOpen(uri: vscode.Uri): boolean {
  return vscode.workspace.textDocuments.some((document) => document.uri.toString() === uri.toString());
}

function diagnostics(suites: readonly ListedSuite[]): Map<vscode.Uri, vscode.Diagnostic[]> {
  const byFile = new Map<string, ListedProblem[]>();
  for (const problem of suites.flatMap((suite) => suite.problems)) {
    byFile.set(problem.file, [...(byFile.get(problem.file) ?? []), problem]);
  }
  return new Map([...byFile].map(([file, found]) => [vscode.Uri.file(file), found.map(toDiagnostic)]));
}

function toDiagnostic({ line, column, message, severity }: ListedProblem): vscode.Diagnostic {
  const { Error: Mistake, Warning } = vscode.DiagnosticSeverity;
  const range = new vscode.Range(line - 1, column - 1, line - 1, Number.MAX_SAFE_INTEGER);
  const diagnostic = new vscode.Diagnostic(range, message, severity === "error" ? Mistake : Warning);
  diagnostic.source = "hotpath";
  return diagnostic;
}

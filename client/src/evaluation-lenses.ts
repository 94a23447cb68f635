/** "Run" above each case of a suite file. */
import * as vscode from "vscode";
import { suitePattern } from "../../protocol/src/evaluation.js";
import type { EvaluationTree } from "./evaluation-tree.js";

/** @param changed Fires when the list of suites is a new one. */
export function registerEvaluationLenses(tree: EvaluationTree, changed: vscode.Event<void>): vscode.Disposable {
  return vscode.languages.registerCodeLensProvider(
    { scheme: "file", pattern: suitePattern },
    {
      onDidChangeCodeLenses: changed,
      provideCodeLenses(document) {
        const file = document.uri.fsPath.replaceAll("\\", "/");
        const suite = tree.suites().find((one) => one.file === file);
        if (suite === undefined) return [];
        const lens = (line: number, title: string, cases?: readonly string[]): vscode.CodeLens =>
          new vscode.CodeLens(new vscode.Range(line - 1, 0, line - 1, 0), {
            title,
            command: "hotpath.runEvaluationCases",
            arguments: [{ suite: file, ...(cases === undefined ? {} : { cases }) }],
          });
        const own = suite.cases.filter((one) => one.file === file);
        return [lens(1, "$(run-all) Run all"), ...own.map(({ id, line }) => lens(line, "$(run) Run case", [id]))];
      },
    },
  );
}

/** How entry points, and the calls their cost comes from, are shown in a tree. */
import * as vscode from "vscode";
import type { CostPlace, CostStep, EndpointCost } from "../../protocol/src/costs.js";

/** An entry point with what a request costs, measured where a profile says so. */
export function endpointItem(endpoint: EndpointCost): vscode.TreeItem {
  const item = new vscode.TreeItem(
    endpoint.label === "" ? endpoint.handler : endpoint.label,
    vscode.TreeItemCollapsibleState.Collapsed,
  );
  const { measured, unknown } = endpoint;
  item.id = endpoint.id;
  item.description = measured === undefined ? endpoint.cost : `${measured.text} · ${endpoint.cost}`;
  const notes = unknown.map(({ kind, text }) => `- \`${text}\` (${kind})`);
  item.tooltip = new vscode.MarkdownString(
    [
      `**${endpoint.label}** ${endpoint.kind}, ${endpoint.framework}`,
      `One request: \`${endpoint.cost}\` (${measured === undefined ? "estimated" : "estimated; times measured"})`,
      ...(measured === undefined ? [] : [`Measured: ${measured.text}`]),
      ...(notes.length === 0 ? [] : [["Not counted (`?`):", "", ...notes].join("\n")]),
    ].join("\n\n"),
  );
  item.iconPath = new vscode.ThemeIcon(measured === undefined ? "symbol-event" : "flame");
  item.command = openCommand(endpoint);
  return item;
}

/** A call on the way to the queries, which opens its place. */
export function stepItem(step: CostStep): vscode.TreeItem {
  const state =
    step.steps.length === 0 ? vscode.TreeItemCollapsibleState.None : vscode.TreeItemCollapsibleState.Collapsed;
  const item = new vscode.TreeItem(step.text, state);
  item.description = [step.cost, step.often, step.measured?.text].filter((part) => part !== undefined).join(" · ");
  item.tooltip = `${step.file}:${step.range.start.line}`;
  item.iconPath = new vscode.ThemeIcon(step.steps.length === 0 ? "database" : "call-outgoing");
  item.command = openCommand(step);
  return item;
}

function openCommand({ file, range }: CostPlace): vscode.Command {
  const { start, end } = range;
  const selection = new vscode.Range(start.line - 1, start.column - 1, end.line - 1, end.column - 1);
  return {
    title: "Open",
    command: "vscode.open",
    arguments: [vscode.Uri.file(file), { selection, preserveFocus: true }],
  };
}

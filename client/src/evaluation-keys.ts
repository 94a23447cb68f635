/**
 * Keys of models in the editor's secret storage. They reach a private server as environment variables of its process, and the shared daemon with the first
 * line of the connection: messages can be traced to a log, neither of these is.
 */
import * as vscode from "vscode";

const PREFIX = "hotpath.key.";
/** Names are no secrets; the storage itself cannot list them. */
const NAMES = "hotpath.keyNames";
const DATABASE_URL = "HOTPATH_DATABASE_URL";
const SUGGESTED = ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", DATABASE_URL];
/** Tells the server which of its variables come from here, so that it hands them to no other program. */
const LIST_VARIABLE = "HOTPATH_STORED_KEYS";

/** Variables for the server's process, or for the evaluations this window starts in the shared one. */
export async function storedKeys(context: vscode.ExtensionContext): Promise<Record<string, string>> {
  const names = context.globalState.get<readonly string[]>(NAMES, []);
  const found = await Promise.all(names.map(async (name) => [name, await context.secrets.get(PREFIX + name)] as const));
  const keys = found.flatMap(([name, key]) => (key === undefined ? [] : [[name, key] as const]));
  return keys.length === 0
    ? {}
    : { ...Object.fromEntries(keys), [LIST_VARIABLE]: keys.map(([name]) => name).join(",") };
}

/** @param restart Starts the server anew: it takes keys only when it starts. */
export function registerKeyCommand(context: vscode.ExtensionContext, restart: () => Promise<void>): vscode.Disposable {
  return vscode.commands.registerCommand("hotpath.setModelKey", async () => {
    const name = await askName(context.globalState.get<readonly string[]>(NAMES, []));
    if (name === undefined) return;
    const key = await vscode.window.showInputBox({
      title: name,
      prompt:
        name === DATABASE_URL
          ? "postgresql://user:password@host/database: kept in the editor's secret storage; its catalog and statistics are read, never its rows, and only in trusted folders. Empty removes it."
          : "The key is kept in the editor's secret storage and sent to the model's provider alone. Empty removes it.",
      password: true,
      ignoreFocusOut: true,
    });
    if (key === undefined) return;
    const others = context.globalState.get<readonly string[]>(NAMES, []).filter((other) => other !== name);
    if (key === "") await context.secrets.delete(PREFIX + name);
    else await context.secrets.store(PREFIX + name, key);
    await context.globalState.update(NAMES, key === "" ? others : [...others, name]);
    await restart();
  });
}

async function askName(known: readonly string[]): Promise<string | undefined> {
  const other = "Another…";
  const names = [...new Set([...known, ...SUGGESTED])];
  const choice = await vscode.window.showQuickPick([...names, other], { title: "Set Model Key" });
  if (choice !== other) return choice;
  return await vscode.window.showInputBox({
    title: "Set Model Key",
    prompt: "Name of the variable, as a suite's `keyEnv` has it",
    validateInput: (text) => (/^[A-Z][A-Z0-9_]*$/.test(text) ? undefined : "Capital letters, digits and _ only."),
  });
}

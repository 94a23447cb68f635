/** Everything `package.json` contributes to VS Code. */
import { contributedConfiguration } from "./settings.js";

const commands = [
  { command: "hotpath.explainRule", title: "Explain Rule…" },
  { command: "hotpath.explainQuery", title: "Explain Query" },
  { command: "hotpath.proveFix", title: "Prove Fix" },
  { command: "hotpath.showQueryText", title: "Show Explained Query as Text" },
  { command: "hotpath.showEndpointCost", title: "Show Cost of Endpoint…" },
  { command: "hotpath.refreshEndpoints", title: "Refresh Endpoints by Cost", icon: "$(refresh)" },
  { command: "hotpath.importProfile", title: "Import Profile…", icon: "$(desktop-download)" },
  { command: "hotpath.clearProfile", title: "Clear Profile" },
  { command: "hotpath.searchCode", title: "Search Slow Code…" },
  { command: "hotpath.findSimilar", title: "Find Similar Code" },
  { command: "hotpath.applyToSimilar", title: "Apply Fix to Similar Places" },
  { command: "hotpath.showByImportance", title: "Show Findings by Importance" },
  { command: "hotpath.resetLearning", title: "Reset Learning" },
  { command: "hotpath.downloadModel", title: "Download Model…" },
  { command: "hotpath.openDashboard", title: "Open Dashboard" },
  { command: "hotpath.showHealth", title: "Show Health" },
  { command: "hotpath.rescan", title: "Rescan Workspace" },
  { command: "hotpath.restartServer", title: "Restart Server" },
  { command: "hotpath.showOutput", title: "Show Log" },
  { command: "hotpath.showMenu", title: "Show Menu" },
  { command: "hotpath.openSettings", title: "Open Settings" },
  { command: "hotpath.runEvaluation", title: "Run Evaluation…" },
  { command: "hotpath.runEvaluationAtCursor", title: "Run Evaluation at Cursor" },
  { command: "hotpath.rerunFailed", title: "Rerun Failed Evaluation Cases" },
  { command: "hotpath.cancelEvaluation", title: "Cancel Evaluation" },
  { command: "hotpath.compareRuns", title: "Compare Evaluation Runs…" },
  { command: "hotpath.setModelKey", title: "Set Model Key…" },
  { command: "hotpath.showEvaluation", title: "Show Evaluation" },
  { command: "hotpath.showEvaluationReport", title: "Show Evaluation Report" },
];

const steps = [
  {
    id: "findings",
    title: "See findings where you write",
    description:
      "Queries in loops and blocking calls are underlined while you type.\n[Show findings](command:workbench.actions.view.problems)",
    media: { markdown: "docs/walkthrough/findings.md" },
  },
  {
    id: "fix",
    title: "Let it be fixed",
    description:
      "The light bulb rewrites a loop into one query, adds the missing index, and shows what it would do first.\n[Explain the query at the cursor](command:hotpath.explainQuery)",
    media: { markdown: "docs/walkthrough/fix.md" },
  },
  {
    id: "ignore",
    title: "Say why it is fine",
    description:
      "Ignore a finding with a reason that stays in the code.\n[Explain a rule](command:hotpath.explainRule)",
    media: { markdown: "docs/walkthrough/ignore.md" },
  },
  {
    id: "costs",
    title: "See what a request costs",
    description:
      "Endpoints by cost, findings over time, and how the server is.\n[Open the dashboard](command:hotpath.openDashboard)",
    media: { markdown: "docs/walkthrough/costs.md" },
  },
  {
    id: "evaluate",
    title: "Evaluate prompts, queries and load",
    description:
      "A suite comes with Hotpath; your own check prompts, plans, commands and endpoints.\n[Run an evaluation](command:hotpath.runEvaluation)",
    media: { markdown: "docs/walkthrough/evaluate.md" },
  },
  {
    id: "ci",
    title: "Run the same check in CI",
    description: "The command line gives the same findings.\n[Open settings](command:hotpath.openSettings)",
    media: { markdown: "docs/walkthrough/continuous-integration.md" },
  },
];

const embedded = { "meta.embedded.block.sql.hotpath": "sql", "meta.embedded.inline.sql.hotpath": "sql" };
const scripts = ["source.ts", "source.tsx", "source.js", "source.jsx"];

/** The `contributes` object. */
export function contributions(): Readonly<Record<string, unknown>> {
  return {
    commands: commands.map((command) => ({ ...command, category: "Hotpath" })),
    configuration: contributedConfiguration(),
    grammars: [
      {
        path: "./syntaxes/embedded-sql.injection.tmLanguage.json",
        scopeName: "hotpath.embedded-sql.injection",
        injectTo: scripts,
        embeddedLanguages: embedded,
      },
      {
        path: "./syntaxes/suppression.injection.tmLanguage.json",
        scopeName: "hotpath.suppression.injection",
        injectTo: scripts,
      },
    ],
    menus: {
      commandPalette: [{ command: "hotpath.refreshEndpoints", when: "false" }],
      "view/title": ["refreshEndpoints", "importProfile"].map((name) => ({
        command: `hotpath.${name}`,
        when: "view == hotpath.endpoints",
        group: "navigation",
      })),
    },
    views: { explorer: [{ id: "hotpath.endpoints", name: "Hotpath: Endpoints by Cost", visibility: "collapsed" }] },
    viewsWelcome: [
      {
        view: "hotpath.endpoints",
        contents: "No entry point with a cost was found in this workspace.\n[Rescan](command:hotpath.rescan)",
      },
    ],
    jsonValidation: [{ fileMatch: "hotpath.config.json", url: "./schemas/hotpath.config.schema.json" }],
    // Read by YAML language servers; the editor itself validates JSON only.
    yamlValidation: [{ fileMatch: "*.hotpath-eval.yaml", url: "./schemas/hotpath-eval.schema.json" }],
    languages: [{ id: "jsonc", filenames: ["hotpath.config.json"] }],
    walkthroughs: [
      {
        id: "hotpath.start",
        title: "Find slow backend code",
        description: "What Hotpath shows, and what to do with it.",
        steps,
      },
    ],
  };
}

/** Whole manifest with generated parts put in place; everything else stays as it is. */
export function renderManifest(current: string): string {
  const manifest = JSON.parse(current) as Record<string, unknown>;
  manifest["activationEvents"] = [
    "onLanguage:typescript",
    "onLanguage:typescriptreact",
    "onLanguage:javascript",
    "onLanguage:javascriptreact",
    "onLanguage:sql",
    "onLanguage:prisma",
    "workspaceContains:**/*.hotpath-eval.yaml",
    "workspaceContains:**/promptfooconfig.yaml",
  ];
  manifest["contributes"] = contributions();
  manifest["capabilities"] = {
    untrustedWorkspaces: {
      supported: "limited",
      description: "Files are parsed and analyzed as text; the shared daemon is not started.",
      restrictedConfigurations: ["hotpath.daemon.enabled", "hotpath.cache.folder", "hotpath.model.path"],
    },
    virtualWorkspaces: { supported: false, description: "The analyzer reads files from disk." },
  };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

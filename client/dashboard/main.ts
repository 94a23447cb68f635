/** The dashboard's page: in the editor, where figures are streamed to it, and as a file of its own. */
import type { DashboardData, LiveParams } from "../../protocol/src/dashboard.js";
import type { Chart } from "./chart.js";
import { element, moment } from "./dom.js";
import { evaluationSection, findingSection } from "./history-sections.js";
import { liveSection, type LiveSection } from "./live-section.js";
import { endpointSection, ruleSection, serverSection, tiles } from "./table-sections.js";

type FromEditor =
  { readonly kind: "data"; readonly data: DashboardData } | { readonly kind: "live"; readonly params: LiveParams };

/** Only a page inside the editor has it. */
declare const acquireVsCodeApi: undefined | (() => { postMessage(message: unknown): void });

interface Shown {
  charts: readonly Chart[];
  live?: LiveSection | undefined;
  rules?: HTMLElement;
  server?: HTMLElement;
}

function start(): void {
  const isInEditor = typeof acquireVsCodeApi === "function";
  const state: Shown = { charts: [] };
  const text = document.getElementById("data")?.textContent ?? "null";
  const given = JSON.parse(text) as DashboardData | null;
  if (given !== null) show(given, state, isInEditor);
  window.addEventListener("message", ({ data }: MessageEvent<FromEditor>) => {
    if (data.kind === "data") show(data.data, state, isInEditor);
    if (data.kind === "live") take(data.params, state);
  });
  // The editor's theme is told by the body; the system's by a media query.
  const redraw = (): void => state.charts.forEach((chart) => chart.redraw());
  new MutationObserver(redraw).observe(document.body, { attributeFilter: ["class", "data-vscode-theme-kind"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  if (typeof acquireVsCodeApi === "function") acquireVsCodeApi().postMessage({ kind: "ready" });
}

function show(data: DashboardData, state: Shown, isInEditor: boolean): void {
  const findings = findingSection(data);
  const evaluations = evaluationSection(data);
  const live = isInEditor ? liveSection(data) : undefined;
  state.live = live;
  state.rules = ruleSection(data.rules);
  state.server = serverSection(data);
  state.charts = [...findings.charts, ...evaluations.charts, ...(live?.charts ?? [])];
  const sections = [
    findings.root,
    endpointSection(data),
    evaluations.root,
    ...(live === undefined ? [] : [live.root]),
    state.rules,
    ...(isInEditor ? [state.server] : []),
  ];
  const where = data.workspace === "" ? "no folder is open" : data.workspace;
  const header = element(
    "header",
    {},
    element("h1", {}, "Hotpath"),
    element("p", { class: "quiet" }, isInEditor ? where : `${where}, ${moment(Date.now())}, version ${data.version}`),
    tiles(data),
  );
  document.getElementById("page")?.replaceChildren(header, ...sections.filter((section) => section !== undefined));
}

function take(params: LiveParams, state: Shown): void {
  state.live?.take(params);
  const [rules, server] = [ruleSection(params.rules), serverSection(params)];
  // Somebody who reads or selects in a table is not disturbed.
  if (!isInUse(state.rules)) state.rules?.replaceWith(rules);
  if (!isInUse(state.server)) state.server?.replaceWith(server);
  if (rules.isConnected) state.rules = rules;
  if (server.isConnected) state.server = server;
}

function isInUse(section: HTMLElement | undefined): boolean {
  const selection = getSelection();
  return (
    section !== undefined &&
    (section.contains(document.activeElement) ||
      (selection !== null && !selection.isCollapsed && section.contains(selection.anchorNode)))
  );
}

start();

/** Style of the page of *Explain Query*: sizes and the editor's own colours, nothing that a theme would have to override. */
export const PAGE_STYLE = `
body { font-family: var(--vscode-font-family); font-size: var(--vscode-font-size); color: var(--vscode-foreground); background: var(--vscode-editor-background); padding: 0 20px 40px; line-height: 1.5; }
h1 { font-size: 1.5em; font-weight: 600; margin: 16px 0 0; overflow-wrap: anywhere; }
h2 { font-size: 1.15em; font-weight: 600; margin: 28px 0 4px; }
h2.along { border-top: 1px solid var(--vscode-panel-border, currentColor); padding-top: 20px; }
a { color: var(--vscode-textLink-foreground); }
a:focus-visible, summary:focus-visible, pre:focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: 2px; }
code, pre { font-family: var(--vscode-editor-font-family); font-size: var(--vscode-editor-font-size); }
pre { background: var(--vscode-textCodeBlock-background); padding: 8px 12px; margin: 8px 0; overflow-x: auto; white-space: pre; border: 1px solid var(--vscode-contrastBorder, transparent); }
.note { color: var(--vscode-descriptionForeground); margin: 4px 0; }
.note code { overflow-wrap: anywhere; }
table { border-collapse: collapse; margin: 16px 0; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 6px 12px 6px 0; border-bottom: 1px solid var(--vscode-panel-border, currentColor); }
thead th { font-weight: 600; color: var(--vscode-descriptionForeground); }
tbody th { font-weight: 600; }
tbody th a { font-weight: 400; overflow-wrap: anywhere; }
.sign { white-space: nowrap; font-weight: 600; }
.sign.missing { color: var(--vscode-editorWarning-foreground); }
.sign.served, .sign.unneeded { color: var(--vscode-testing-iconPassed, var(--vscode-foreground)); }
.wide { overflow-x: auto; }
.plans { display: flex; flex-wrap: wrap; gap: 12px 48px; align-items: flex-start; }
figure { margin: 8px 0; max-width: 100%; }
figcaption { margin-bottom: 8px; }
svg.plan { display: block; font-family: var(--vscode-font-family); }
.plan .box { fill: var(--vscode-editorWidget-background); stroke: var(--vscode-contrastBorder, var(--vscode-widget-border, var(--vscode-panel-border))); }
.plan .step { outline: none; }
.plan .step:focus-visible .box { stroke: var(--vscode-focusBorder); stroke-width: 2; }
.plan text { fill: var(--vscode-foreground); font-size: 12px; }
.plan .name { font-weight: 600; font-size: 13px; }
.plan .line { fill: var(--vscode-descriptionForeground); }
.plan .rows { fill: var(--vscode-descriptionForeground); font-size: 11px; }
.plan .edge { fill: none; stroke: var(--vscode-descriptionForeground); }
.plan .track { fill: var(--vscode-descriptionForeground); opacity: 0.25; }
.plan .share { fill: var(--vscode-charts-orange, var(--vscode-foreground)); }
summary { cursor: pointer; margin-top: 8px; }
`;

// The built server on standard streams in a real Neovim, which has no pull diagnostics: what it shows was pushed.
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { createSteps } from "./steps.mjs";
import { writeWorkspace } from "./workspace.mjs";

const { STATE, ROOT } = process.env;
const folder = writeWorkspace(join(STATE, "neovim-workspace"));
writeFileSync(
  join(folder, "src/names.ts"),
  `import { Pool } from "pg";
const pool = new Pool();
export async function names(ids: string[]) {
  const found = [];
  for (const id of ids) {
    const { rows } = await pool.query("select id, name from users where id = $1", [id]);
    found.push(rows[0]);
  }
  return found;
}
`,
);
const script = join(STATE, "client.lua");
writeFileSync(
  script,
  `
local root = ${JSON.stringify(folder)}
vim.cmd("edit " .. root .. "/src/app.ts")
local buffer = vim.api.nvim_get_current_buf()
local id = vim.lsp.start_client({ name = "hotpath", cmd = { ${JSON.stringify(process.execPath)}, ${JSON.stringify(join(ROOT, "dist/server.js"))}, "--stdio" }, root_dir = root,
  workspaceFolders = { { uri = vim.uri_from_fname(root), name = "sample" } } })
vim.lsp.buf_attach_client(buffer, id)
local out = {}
local function diagnostics() return vim.tbl_filter(function(d) return d.source == "hotpath" end, vim.diagnostic.get(buffer)) end
out.shown = vim.wait(30000, function() return #diagnostics() == 1 end, 50)
local first = diagnostics()[1]
out.code = first and first.code
out.line = first and first.lnum
out.message = first and first.message
-- An edit that batches the query takes the finding away, undoing it brings it back; nothing is saved.
vim.api.nvim_buf_set_lines(buffer, 9, 10, false, { "    users.push(id);" })
out.cleared = vim.wait(15000, function() return #diagnostics() == 0 end, 50)
vim.api.nvim_buf_set_lines(buffer, 9, 10, false, { "    users.push(await loadUser(id));" })
out.restored = vim.wait(15000, function() return #diagnostics() == 1 end, 50)
local d = diagnostics()[1]
if d then
  local range = d.user_data and d.user_data.lsp and d.user_data.lsp.range or { start = { line = d.lnum, character = d.col }, ["end"] = { line = d.end_lnum, character = d.end_col } }
  local lsp = d.user_data and d.user_data.lsp or {}
  local params = { textDocument = { uri = vim.uri_from_bufnr(buffer) }, range = range,
    context = { diagnostics = { { range = range, message = d.message, source = "hotpath", code = d.code, severity = d.severity, data = lsp.data } } } }
  out.data = lsp.data ~= nil
  local replies = vim.lsp.buf_request_sync(buffer, "textDocument/codeAction", params, 10000)
  local actions = replies and replies[id] and replies[id].result or {}
  out.actions = vim.tbl_map(function(a) return a.title end, actions)
  for _, action in ipairs(actions) do
    if action.edit and action.title:find("on this line") then vim.lsp.util.apply_workspace_edit(action.edit, "utf-16") break end
  end
  out.ignored = vim.wait(15000, function()
    for _, one in ipairs(diagnostics()) do if one.code == d.code then return false end end
    return true
  end, 50)
  out.comment = vim.api.nvim_buf_get_lines(buffer, 9, 10, false)[1]
end
local hover = vim.lsp.buf_request_sync(buffer, "textDocument/hover", { textDocument = { uri = vim.uri_from_bufnr(buffer) }, position = { line = 10, character = 24 } }, 10000)
local content = hover and hover[id] and hover[id].result
out.hover = content and content.contents and content.contents.value or ""
-- A fix, the way Neovim applies one: its edit is asked for when it is chosen.
vim.cmd("edit " .. root .. "/src/names.ts")
local names = vim.api.nvim_get_current_buf()
vim.lsp.buf_attach_client(names, id)
local function found() return vim.tbl_filter(function(d) return d.source == "hotpath" end, vim.diagnostic.get(names)) end
out.flawed = vim.wait(15000, function() return #found() == 1 end, 50)
local f = found()[1]
if f then
  local lsp = f.user_data and f.user_data.lsp or {}
  local range = lsp.range or { start = { line = f.lnum, character = f.col }, ["end"] = { line = f.end_lnum, character = f.end_col } }
  local replies = vim.lsp.buf_request_sync(names, "textDocument/codeAction", { textDocument = { uri = vim.uri_from_bufnr(names) }, range = range,
    context = { diagnostics = { { range = range, message = f.message, source = "hotpath", code = f.code, severity = f.severity, data = lsp.data } } } }, 10000)
  local action = (replies and replies[id] and replies[id].result or {})[1] or {}
  out.fix = action.title
  if not action.edit and action.title then
    local resolved = vim.lsp.buf_request_sync(names, "codeAction/resolve", action, 10000)
    action = resolved and resolved[id] and resolved[id].result or action
  end
  if action.edit then vim.lsp.util.apply_workspace_edit(action.edit, "utf-16") end
  out.fixed = vim.wait(15000, function() return #found() == 0 end, 50)
  out.fixedText = table.concat(vim.api.nvim_buf_get_lines(names, 0, -1, false), "\\n")
end
vim.lsp.stop_client(id)
out.stopped = vim.wait(10000, function() return vim.lsp.client_is_stopped(id) end, 50)
io.stdout:write("\\nRESULT " .. vim.fn.json_encode(out) .. "\\n")
vim.cmd("qa!")
`,
);

const { step, finish } = createSteps(join(ROOT, "build/test-results"));
let result = {};
await step("neovim runs the client script", async () => {
  const { stdout, stderr } = await promisify(execFile)("nvim", ["--clean", "--headless", "-c", `luafile ${script}`], {
    timeout: 120_000,
    env: { ...process.env, HOME: STATE, XDG_CACHE_HOME: join(STATE, "cache") },
  });
  const line = `${stdout}\n${stderr}`.split("\n").find((text) => text.startsWith("RESULT "));
  if (!line) throw new Error(`no result: ${(stderr || stdout).slice(0, 600)}`);
  result = JSON.parse(line.slice("RESULT ".length));
});
const claim = (name, holds, seen) =>
  step(name, async () => {
    if (!holds()) throw new Error(`saw ${JSON.stringify(seen())}`);
  });
await claim(
  "neovim: the loop's call across files is pushed as a diagnostic",
  () => result.shown && result.line === 9,
  () => result,
);
await claim(
  "neovim: an unsaved edit clears it and another restores it",
  () => result.cleared && result.restored,
  () => result,
);
await claim(
  "neovim: the ignore action hides it",
  () => result.ignored && /hotpath-ignore-next-line/.test(result.comment ?? ""),
  () => result,
);
await claim(
  "neovim: hover explains the call",
  () => /quer/i.test(result.hover ?? ""),
  () => result.hover,
);
await claim(
  "neovim: a fix is applied, and its finding is gone",
  () => result.flawed && result.fixed && /any\(\$1\)/.test(result.fixedText ?? ""),
  () => [result.flawed, result.fix, result.fixed, result.fixedText],
);
await claim(
  "neovim: the server leaves when asked",
  () => result.stopped,
  () => result.stopped,
);
process.exitCode = finish() ? 0 : 1;

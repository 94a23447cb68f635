/** What a synchronous call becomes when it may be waited for. */
import { ts } from "../../syntax/typescript.js";
import type { TextEdit } from "../fix.js";
import { importEdits } from "../imports.js";
import { importInstead } from "./import-instead.js";

export interface AsyncForm {
  /** Edits that turn the call into its promise, imports included; `await` is not among them. */
  readonly edits: readonly TextEdit[];
  /** The new call as a title names it. */
  readonly name: string;
  /** It looks at things or computes, and changes nothing. */
  readonly pure: boolean;
  /** What is taken from the promise's value: `.stdout`. */
  readonly behind?: string;
  readonly note?: string;
}

const FS =
  /^(readFile|writeFile|appendFile|readdir|stat|lstat|mkdir|mkdtemp|unlink|rename|rm|rmdir|cp|copyFile|access|realpath|readlink|chmod|chown|utimes|symlink|link|truncate)Sync$/;
const FS_PURE = /^(readFile|readdir|stat|lstat|access|realpath|readlink)Sync$/;
const FS_EXTRA =
  /^(copy|move|remove|emptyDir|outputFile|outputJson|outputJSON|readJson|readJSON|writeJson|writeJSON|ensureDir|ensureFile|mkdirp|mkdirs|pathExists)Sync$/;

/** @param api `node:fs#readFileSync`, as the blocking catalog names it. */
export function asyncForm(call: ts.CallExpression, api: string): AsyncForm | undefined {
  const [module = "", path = ""] = api.split("#");
  const name = path.split(".").at(-1) ?? path;
  if (calledAs(call) !== name || call.arguments.some(ts.isSpreadElement)) return undefined;
  if (module === "node:fs") return FS.test(name) ? fileForm(call, name) : undefined;
  if (module === "fs-extra" || module === "graceful-fs") {
    const own = FS.test(name) || (module === "fs-extra" && FS_EXTRA.test(name));
    return own && module === "fs-extra"
      ? renamed(call, name, FS_PURE.test(name) || /^(readJson|readJSON|pathExists)/.test(name))
      : undefined;
  }
  if (/^(bcrypt|bcryptjs|@node-rs\/bcrypt|@node-rs\/argon2|argon2)$/.test(module)) {
    return name.endsWith("Sync") ? renamed(call, name, true) : undefined;
  }
  if (module === "node:zlib") return promisified(call, name, []);
  if (module === "node:crypto") return cryptoForm(call, name);
  return module === "node:child_process" ? processForm(call, name) : undefined;
}

function calledAs({ expression }: ts.CallExpression): string {
  if (ts.isPropertyAccessExpression(expression)) return expression.name.text;
  return ts.isIdentifier(expression) ? expression.text : "";
}

function plainName(name: string): string {
  return name.replace(/Sync$/, "");
}

/** `fs.readFileSync` → `fs.promises.readFile`; `readFileSync` → `readFile` of `node:fs/promises`. */
function fileForm(call: ts.CallExpression, name: string): AsyncForm | undefined {
  const { expression } = call;
  const plain = plainName(name);
  const pure = FS_PURE.test(name);
  if (ts.isPropertyAccessExpression(expression)) {
    if (!ts.isIdentifier(expression.expression)) return undefined;
    const target = { start: expression.name.getStart(), end: expression.name.end, newText: `promises.${plain}` };
    return { edits: [target], name: `${expression.expression.text}.promises.${plain}`, pure };
  }
  const own = importInstead(call, name, plain, (module) => `${module}/promises`);
  return own === undefined ? undefined : { edits: [...own.edits, replaceCallee(call, own.local)], name: plain, pure };
}

/** Packages whose asynchronous form is the same name without `Sync`, and a promise when no callback is given. */
function renamed(call: ts.CallExpression, name: string, pure: boolean): AsyncForm | undefined {
  const { expression } = call;
  const plain = plainName(name);
  if (ts.isPropertyAccessExpression(expression)) {
    const edit = { start: expression.name.getStart(), end: expression.name.end, newText: plain };
    return { edits: [edit], name: expression.getText().replace(/Sync$/, ""), pure };
  }
  const own = importInstead(call, name, plain, (module) => module);
  return own === undefined ? undefined : { edits: [...own.edits, replaceCallee(call, own.local)], name: plain, pure };
}

/** `await promisify(pbkdf2)(…)`. @param more Arguments the types ask for where the call leaves them out. */
function promisified(call: ts.CallExpression, name: string, more: readonly string[]): AsyncForm | undefined {
  const tree = call.getSourceFile();
  const { expression } = call;
  const plain = plainName(name);
  const promisify = importEdits(tree, { module: "node:util", name: "promisify" });
  let callee: string;
  let edits: readonly TextEdit[] = promisify.edits;
  if (ts.isPropertyAccessExpression(expression)) callee = `${expression.expression.getText()}.${plain}`;
  else {
    const own = importInstead(call, name, plain, (module) => module);
    if (own === undefined) return undefined;
    callee = own.local;
    edits = [...edits, ...own.edits];
  }
  const last = call.arguments.at(-1);
  const extra =
    more.length === 0 || last === undefined
      ? []
      : [{ start: last.end, end: last.end, newText: more.map((one) => `, ${one}`).join("") }];
  return {
    edits: [...edits, replaceCallee(call, `${promisify.local}(${callee})`), ...extra],
    name: callee,
    pure: true,
  };
}

function replaceCallee({ expression }: ts.CallExpression, newText: string): TextEdit {
  return { start: expression.getStart(), end: expression.end, newText };
}

function cryptoForm(call: ts.CallExpression, name: string): AsyncForm | undefined {
  if (!/^(pbkdf2|scrypt|generateKeyPair|hkdf)Sync$/.test(name)) return undefined;
  // The types of `promisify` see the longest form only.
  const more =
    name === "scryptSync" && call.arguments.length === 3 && /\.[cm]?tsx?$/.test(call.getSourceFile().fileName)
      ? ["{}"]
      : [];
  return promisified(call, name, more);
}

/** `exec` and `execFile` give both outputs as text, where the synchronous forms give one as bytes unless an encoding is named. */
function processForm(call: ts.CallExpression, name: string): AsyncForm | undefined {
  if (name !== "execSync" && name !== "execFileSync") return undefined;
  const options = call.arguments.at(-1);
  const hasOptions = options !== undefined && ts.isObjectLiteralExpression(options);
  const keys = hasOptions ? options.properties.map((one) => one.name?.getText() ?? "...") : [];
  if (keys.some((key) => /^(stdio|input|\.\.\.)$/.test(key))) return undefined;
  if (!hasOptions && 1 < call.arguments.length && !(name === "execFileSync" && call.arguments.length === 2))
    return undefined;
  const { parent } = call;
  const asText = keys.includes("encoding") || isToString(parent);
  // Nobody looks at the output, or it is text either way.
  if (!asText && !ts.isExpressionStatement(parent)) return undefined;
  const form = promisified(call, name, []);
  if (form === undefined) return undefined;
  return {
    ...form,
    pure: false,
    note: "What the program writes to its error output is no longer passed on.",
    ...(ts.isExpressionStatement(parent) ? {} : { behind: ".stdout" }),
  };
}

function isToString(node: ts.Node): boolean {
  return ts.isPropertyAccessExpression(node) && node.name.text === "toString";
}

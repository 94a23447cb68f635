/** A file and everything of the workspace it imports, translated to what a bare context can run. */
import type { ProofModule, ProofProgram } from "../../proving/proof-case.js";
import { ts } from "../../syntax/typescript.js";

export interface ProgramSources {
  readonly textOf: (path: string) => string | undefined;
  /** The file of the workspace a specifier means. */
  readonly resolve: (from: string, specifier: string) => string | undefined;
  /** What was translated before, by path and text: both versions of a program share nearly all of their files. */
  readonly translated?: Map<string, Translated>;
}

export interface Translated {
  readonly text: string;
  readonly code: string | undefined;
  readonly specifiers: readonly string[];
}

/** Modules beyond these are left out; needing one ends the proof. */
const MAX_MODULES = 500;

export interface Program extends ProofProgram {
  /** Texts of all modules, to see which tables they name. */
  readonly texts: readonly string[];
}

export function programOf(entry: string, sources: ProgramSources): Program {
  const modules: Record<string, ProofModule> = {};
  const texts: string[] = [];
  const queue = [entry];
  for (const path of queue) {
    if (path in modules || Object.keys(modules).length === MAX_MODULES) continue;
    const text = sources.textOf(path);
    // Declarations hold nothing that runs.
    if (text === undefined || !/\.[cm]?[jt]sx?$/.test(path) || /\.d\.[cm]?ts$/.test(path)) continue;
    const { code, specifiers } = translatedOnce(path, text, sources);
    if (code === undefined) continue;
    const imports = importsOf(path, text, specifiers, sources);
    modules[path] = { code, imports };
    texts.push(text);
    queue.push(...Object.values(imports).filter((target) => !target.startsWith("lib:")));
  }
  return { entry, modules, texts };
}

function translatedOnce(path: string, text: string, { translated }: ProgramSources): Translated {
  const known = translated?.get(path);
  if (known?.text === text) return known;
  const specifiers = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
  const made = { text, code: translate(path, text), specifiers };
  translated?.set(path, made);
  return made;
}

function importsOf(
  path: string,
  text: string,
  specifiers: readonly string[],
  sources: ProgramSources,
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const fileName of specifiers) {
    const target = sources.resolve(path, fileName);
    if (target !== undefined && sources.textOf(target) !== undefined) found[fileName] = target;
    // Prisma writes its client where the schema says, and nobody commits it.
    else if (isGeneratedClient(fileName, text)) found[fileName] = "lib:@prisma/client";
  }
  return found;
}

/** A module that is not there, and by its name or what is taken from it can only be Prisma's client. */
function isGeneratedClient(specifier: string, text: string): boolean {
  if (specifier.startsWith("@prisma/")) return false;
  if (/^(\.|#|~|@\/).*(prisma|generated).*\/(client|enums|index)$/i.test(specifier)) return true;
  const quoted = specifier.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`\\{[^}]*\\b(PrismaClient|Prisma)\\b[^}]*\\}\\s*from\\s*["']${quoted}["']`).test(text);
}

/** Undefined for text the compiler cannot put into words; the module is left out then. */
function translate(path: string, text: string): string | undefined {
  try {
    return transpiled(path, text);
  } catch {
    return undefined;
  }
}

function transpiled(path: string, text: string): string {
  return ts.transpileModule(text, {
    fileName: path,
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      experimentalDecorators: true,
      // Parameter properties are set before fields are, as with the decorators frameworks use.
      useDefineForClassFields: false,
      esModuleInterop: true,
      allowJs: true,
      jsx: ts.JsxEmit.React,
    },
  }).outputText;
}

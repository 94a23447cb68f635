/** The analyzer for detection cases, in this process: small projects in memory, folders as a check reads them. */
import { createHost } from "../analysis/create-host.js";
import { ruleInfos } from "../analysis/explain.js";
import type { Finding } from "../analysis/finding.js";
import type { Analyzer, FoundPlace, ProjectFile } from "../evaluation/detect/analyzer.js";
import { createService } from "../service/create-service.js";
import { drain } from "../service/slices.js";
import { programIdentity } from "../workspace/build-identity.js";
import { isManifestName, isSchemaName, isSourceName } from "../workspace/discover.js";

/** Where projects in memory stand. */
const ROOT = "/case";

export function analyzerHere(): Analyzer {
  return {
    identity: programIdentity(),
    families: new Map(ruleInfos().map(({ id, family }) => [id, family])),
    analyzeTexts,
    analyzeFolder,
  };
}

async function analyzeTexts(
  files: readonly ProjectFile[],
  rules: readonly string[],
  throwIfStopped: () => void,
): Promise<readonly FoundPlace[]> {
  throwIfStopped();
  const host = createHost();
  host.configure({ roots: [ROOT], rules, severities: {}, quietPaths: [], smallLoopBound: 10, queryFunctions: [] });
  const manifests = files.filter(({ path }) => isManifestName(baseName(path)));
  const own = manifests.some(({ path }) => path === "package.json");
  host.setManifests([
    ...manifests.map(({ path, text }) => ({ path: `${ROOT}/${path}`, text })),
    ...(own ? [] : [{ path: `${ROOT}/package.json`, text: manifestFor(files) }]),
  ]);
  host.apply(
    files
      .filter(({ path }) => isSourceName(baseName(path)) || isSchemaName(baseName(path)))
      .map(({ path, text }) => ({ path: `${ROOT}/${path}`, text })),
  );
  await host.prepare();
  host.refresh({ throwIfCancelled: throwIfStopped });
  return host.allFindings().map((finding) => toPlace(finding, ROOT));
}

/** A project that depends on all it imports, for cases that do not say what is installed. */
function manifestFor(files: readonly ProjectFile[]): string {
  const imported = files.flatMap(({ text }) =>
    [...text.matchAll(/(?:from|import|require\()\s*["']((?:@[\w.-]+\/)?[\w.-]+)/g)].map(([, name = ""]) => name),
  );
  const names = imported.filter((name) => !name.startsWith(".") && name !== "node");
  return JSON.stringify({ name: "case", dependencies: Object.fromEntries(names.map((name) => [name, "*"])) });
}

async function analyzeFolder(
  folder: string,
  rules: readonly string[],
  throwIfStopped: () => void,
): Promise<readonly FoundPlace[]> {
  const service = await createService({ roots: [folder], cacheFolder: undefined, overrides: { rules }, workers: 0 });
  try {
    const token = { throwIfCancelled: throwIfStopped };
    await drain(service.scan(token));
    service.refresh(token);
    return service.allFindings().map((finding) => toPlace(finding, folder));
  } finally {
    await service.close();
  }
}

function toPlace({ rule, family, path, range, message }: Finding, root: string): FoundPlace {
  return { rule, family, file: path.slice(root.length + 1), line: range.start.line, message };
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/**
 * Synchronous APIs that hold the event loop, by `module#export path`, with the documented way to do the same without.
 *
 * Sources: the Node.js documentation's synchronous APIs of `fs`, `child_process`, `crypto` and `zlib`, its guide "Don't block the event
 * loop", and the READMEs of the packages named. Weights: `light` is a metadata call of some ten microseconds; `medium` grows with
 * a file's or a document's size; `heavy` waits for another process or computes for milliseconds by design (bcrypt at cost 10 takes
 * about 60 ms, `pbkdf2Sync` with 100,000 rounds about 40 ms on a 3 GHz core).
 */
export interface BlockingApi {
  readonly category:
    "fs" | "child-process" | "crypto" | "zlib" | "password-hash" | "database" | "http" | "archive" | "document";
  readonly weight: "light" | "medium" | "heavy";
  readonly instead?: string;
}

type Entry = readonly [key: string, api: BlockingApi];

const FS_LIGHT = [
  "existsSync",
  "statSync",
  "lstatSync",
  "accessSync",
  "realpathSync",
  "mkdirSync",
  "unlinkSync",
  "renameSync",
  "chmodSync",
  "chownSync",
  "utimesSync",
  "readlinkSync",
  "symlinkSync",
  "linkSync",
  "openSync",
  "closeSync",
  "fstatSync",
  "fsyncSync",
  "ftruncateSync",
  "truncateSync",
  "rmdirSync",
  "mkdtempSync",
  "opendirSync",
  "statfsSync",
  "lchownSync",
  "fdatasyncSync",
];
const FS_MEDIUM = [
  "readFileSync",
  "writeFileSync",
  "appendFileSync",
  "readdirSync",
  "copyFileSync",
  "cpSync",
  "rmSync",
  "readSync",
  "writeSync",
  "readvSync",
  "writevSync",
  "globSync",
];
const FS_EXTRA = [
  "copySync",
  "moveSync",
  "removeSync",
  "emptyDirSync",
  "outputFileSync",
  "outputJsonSync",
  "outputJSONSync",
  "readJsonSync",
  "readJSONSync",
  "writeJsonSync",
  "writeJSONSync",
];
const FS_EXTRA_LIGHT = [
  "ensureDirSync",
  "ensureFileSync",
  "mkdirpSync",
  "mkdirsSync",
  "pathExistsSync",
  "ensureSymlinkSync",
  "ensureLinkSync",
];

function fsModule(module: string): Entry[] {
  const promise = (name: string): string =>
    name === "existsSync" ? "fs.promises.access" : `fs.promises.${name.replace(/Sync$/, "")}`;
  return [
    ...FS_LIGHT.map((name): Entry => [
      `${module}#${name}`,
      { category: "fs", weight: "light", instead: promise(name) },
    ]),
    ...FS_MEDIUM.map((name): Entry => [
      `${module}#${name}`,
      { category: "fs", weight: "medium", instead: promise(name) },
    ]),
  ];
}

function plain(
  module: string,
  names: string,
  category: BlockingApi["category"],
  weight: BlockingApi["weight"],
  instead?: string,
): Entry[] {
  const api: BlockingApi = instead === undefined ? { category, weight } : { category, weight, instead };
  return names.split(" ").map((name): Entry => [`${module}#${name}`, api]);
}

/** The same function without `Sync`, as a promise or with a callback. */
function unsynced(
  module: string,
  names: string,
  category: BlockingApi["category"],
  weight: BlockingApi["weight"],
): Entry[] {
  return names
    .split(" ")
    .map((name): Entry => [
      `${module}#${name}`,
      { category, weight, instead: name.replace(/Sync$/, "").replace(/\.sync$/, "") },
    ]);
}

const ENTRIES: readonly Entry[] = [
  ...fsModule("node:fs"),
  ...fsModule("fs-extra"),
  ...fsModule("graceful-fs"),
  ...FS_EXTRA.map((name): Entry => [
    `fs-extra#${name}`,
    { category: "fs", weight: "medium", instead: `fs-extra's ${name.replace(/Sync$/, "")}` },
  ]),
  ...FS_EXTRA_LIGHT.map((name): Entry => [
    `fs-extra#${name}`,
    { category: "fs", weight: "light", instead: `fs-extra's ${name.replace(/Sync$/, "")}` },
  ]),
  ...unsynced("node:child_process", "execSync execFileSync spawnSync", "child-process", "heavy"),
  ...unsynced("execa", "execaSync execaCommandSync sync commandSync", "child-process", "heavy"),
  ...plain("cross-spawn", "sync spawn.sync", "child-process", "heavy", "spawn"),
  ...plain("shelljs", "exec", "child-process", "heavy", "child_process.execFile with a promise"),
  ...unsynced("node:crypto", "pbkdf2Sync scryptSync generateKeyPairSync argon2Sync", "crypto", "heavy"),
  ...unsynced(
    "node:crypto",
    "generateKeySync hkdfSync randomFillSync generatePrimeSync checkPrimeSync",
    "crypto",
    "light",
  ),
  ...unsynced(
    "node:zlib",
    "gzipSync gunzipSync deflateSync inflateSync deflateRawSync inflateRawSync unzipSync brotliCompressSync brotliDecompressSync zstdCompressSync zstdDecompressSync",
    "zlib",
    "medium",
  ),
  ...["bcrypt", "bcryptjs", "bcrypt-ts", "bcryptjs-react"].flatMap((module) => [
    ...unsynced(module, "hashSync compareSync", "password-hash", "heavy"),
    ...unsynced(module, "genSaltSync", "password-hash", "light"),
  ]),
  ...["@node-rs/bcrypt", "@node-rs/argon2"].flatMap((module) =>
    unsynced(module, "hashSync compareSync verifySync", "password-hash", "heavy"),
  ),
  ...unsynced("argon2", "hashSync verifySync", "password-hash", "heavy"),
  ...plain("sync-request", "default", "http", "heavy", "fetch"),
  ...plain("sync-fetch", "default", "http", "heavy", "fetch"),
  ...plain("deasync", "default loopWhile sleep", "http", "heavy", "async functions"),
  ...plain(
    "node:sqlite",
    "DatabaseSync.prototype.exec StatementSync.prototype.all StatementSync.prototype.get StatementSync.prototype.run",
    "database",
    "medium",
    "a worker thread",
  ),
  ...plain(
    "better-sqlite3",
    "default.prototype.exec Database.prototype.exec Statement.prototype.all Statement.prototype.get Statement.prototype.run",
    "database",
    "medium",
    "a worker thread",
  ),
  ...plain("glob", "sync globSync", "fs", "medium", "glob"),
  ...plain("globby", "sync globbySync", "fs", "medium", "globby"),
  ...plain("fast-glob", "sync globSync", "fs", "medium", "fast-glob's promise form"),
  ...plain("tinyglobby", "globSync", "fs", "medium", "glob"),
  ...plain("rimraf", "sync rimrafSync", "fs", "medium", "rimraf"),
  ...plain("del", "sync deleteSync", "fs", "medium", "deleteAsync"),
  ...plain("jsonfile", "readFileSync writeFileSync", "fs", "medium", "jsonfile's promise form"),
  ...plain(
    "adm-zip",
    "default.prototype.extractAllTo default.prototype.writeZip",
    "archive",
    "heavy",
    "its async methods, or a streaming unzip",
  ),
  ...plain("xlsx", "readFile writeFile", "document", "heavy", "a worker thread"),
  ...plain("node-xlsx", "parse", "document", "heavy", "a worker thread"),
];

export const blockingApis: ReadonlyMap<string, BlockingApi> = new Map(ENTRIES);

/** @param module As in `Value`'s external paths. */
export function blockingApiOf(module: string, path: readonly string[]): BlockingApi | undefined {
  return blockingApis.get(`${module}#${path.join(".")}`);
}

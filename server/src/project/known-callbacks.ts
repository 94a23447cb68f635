/**
 * What becomes of functions given to calls: data on the methods and helpers everybody uses. Sources: the ECMAScript and Node.js references, and the
 * documentation of lodash, async, bluebird, p-map and its siblings, radash and remeda.
 */

/** How a call iterates: what over, with which argument, and which parameter of that function is the element. */
export interface Iteration {
  /** `receiver`, or the argument that holds the collection. */
  readonly over: "receiver" | number;
  /** Argument that is called once per element. */
  readonly callback: number;
  readonly element: number;
}

const onReceiver: Iteration = { over: "receiver", callback: 0, element: 0 };
const reducer: Iteration = { over: "receiver", callback: 0, element: 1 };

function names(list: string): readonly string[] {
  return list.split(/\s+/);
}

/** Methods of arrays, sets, maps, typed arrays and look-alike collections. */
const methods: ReadonlyMap<string, Iteration> = new Map([
  ...names(
    "map forEach filter find findIndex findLast findLastIndex some every flatMap each mapSeries eachSeries eachAsync forEachSeries mapAsync forEachAsync",
  ).map((name): [string, Iteration] => [name, onReceiver]),
  ...names("reduce reduceRight").map((name): [string, Iteration] => [name, reducer]),
  ["sort", onReceiver],
  ["toSorted", onReceiver],
]);

const collectionFirst: Iteration = { over: 0, callback: 1, element: 0 };

/** Functions of packages, by their last name: the collection comes first, then (perhaps after a limit) the function. */
const helpers: ReadonlyMap<string, Iteration> = new Map([
  ...names(
    "map forEach each eachRight forEachRight filter find findLast some every flatMap keyBy groupBy sortBy orderBy mapValues mapKeys partition reject uniqBy sumBy maxBy minBy countBy " +
      "mapSeries eachSeries eachOf forEachOf eachOfSeries forEachSeries concat concatSeries detect detectSeries filterSeries everySeries someSeries rejectSeries " +
      "pMap pMapSeries pEachSeries pEach pFilter pMapIterable asyncMap asyncForEach mapAsync forEachAsync mapLimitAsync transform",
  ).map((name): [string, Iteration] => [name, collectionFirst]),
  ...names("mapLimit eachLimit forEachLimit eachOfLimit filterLimit concatLimit parallel asyncPool").map(
    (name): [string, Iteration] => [name, { over: 0, callback: 2, element: 0 }],
  ),
  ["from", collectionFirst],
  ...names("reduce reduceRight pReduce transduce").map((name): [string, Iteration] => [
    name,
    { over: 0, callback: 1, element: 1 },
  ]),
]);

/** Packages whose default export iterates. */
const helperPackages: ReadonlySet<string> = new Set([
  "p-map",
  "p-map-series",
  "p-each-series",
  "p-filter",
  "p-each",
  "async-pool",
  "tiny-async-pool",
]);

/** Packages whose named helpers take the collection first. Other packages' functions of the same name do not iterate by assumption. */
const collectionPackages =
  /^(lodash|lodash-es|lodash\/.*|lodash\..*|underscore|async|async\/.*|bluebird|remeda|radash|radashi|es-toolkit.*|ramda|p-iteration|modern-async|global:)$/;

/**
 * How a call iterates, if it does.
 *
 * @param module the package a plain function comes from, `undefined` for a method of some value.
 */
export function iteration(name: string, module: string | undefined, argumentCount: number): Iteration | undefined {
  if (module === undefined) return methods.get(name);
  if (helperPackages.has(module)) return collectionFirst;
  if (!collectionPackages.test(module)) return undefined;
  const found = helpers.get(name);
  if (found === undefined) return undefined;
  // Ramda's functions, and those used point-free, take the function first.
  if (module === "ramda" && found.callback === 1) return { over: 1, callback: 0, element: found.element };
  // `asyncPool(limit, items, fn)` and radash's `parallel(limit, items, fn)` put the limit first.
  if (found.callback === 2 && argumentCount === 3 && (name === "parallel" || name === "asyncPool"))
    return { over: 1, callback: 2, element: 0 };
  return found;
}

/** Packages whose values have `map` and `filter` without being collections: results, options, streams of events, schemas. */
export const singleValuePackages =
  /^(neverthrow|fp-ts(\/.*)?|effect(\/.*)?|@effect\/.*|ts-results(-es)?|oxide\.ts|true-myth|purify-ts|better-result|rxjs(\/.*)?|zod|valibot|yup|joi)$/;

/** Steps of such packages behind which plain data begins: what a schema accepted, and the types of it. */
export const plainDataSteps: ReadonlySet<string> = new Set(
  names(
    "infer input output TypeOf Infer InferInput InferOutput InferType parse parseAsync safeParse safeParseAsync decode validate validateSync validateAsync cast attempt",
  ),
);

/** Methods whose function argument runs later, on its own. */
export const deferringMethods: ReadonlySet<string> = new Set(
  names(
    "on once addListener prependListener addEventListener subscribe setTimeout setInterval setImmediate nextTick queueMicrotask requestAnimationFrame " +
      "requestIdleCallback use process define schedule scheduleJob createServer handle listen cron every onMessage consume addHook setErrorHandler " +
      "setNotFoundHandler watch register effect useEffect useCallback useMemo createFunction createWorker defineTask waitUntil after subscribeToShardEvents",
  ),
);

/** Methods that register routes when they are called on a router. */
export const routeMethods: ReadonlySet<string> = new Set(
  names("get post put patch delete del all options head route ws"),
);

/** Names routers usually go by. */
export const routerNames =
  /^(app|router|server|fastify|api|route|routes|hono|instance|v\d)$|(Router|Routes|App|Api|Server)$/;

/** Methods and functions whose function argument runs before the call's result is there, also where calls at module level otherwise only register. */
export const immediateMethods: ReadonlySet<string> = new Set(
  names(
    "then catch finally call apply run transaction $transaction tx withTransaction inTransaction executeInTransaction runInTransaction startActiveSpan",
  ),
);

/** Every rule, in the order of the documentation. Docs, settings and tests derive from this list. */
import { syncChildProcess } from "./blocking-call/sync-child-process.js";
import { superLinearRegex } from "./blocking-call/super-linear-regex.js";
import { syncCrypto } from "./blocking-call/sync-crypto.js";
import { syncIoInRequest } from "./blocking-call/sync-io-in-request.js";
import { syncPasswordHash } from "./blocking-call/sync-password-hash.js";
import { cacheKeyMissesInput } from "./caching/cache-key-misses-input.js";
import { cacheNeverRead } from "./caching/cache-never-read.js";
import { cacheWithoutExpiry } from "./caching/cache-without-expiry.js";
import { constructionPerCall } from "./caching/construction-per-call.js";
import { invariantQueryInLoop } from "./caching/invariant-query-in-loop.js";
import { inferenceOfConstant } from "./caching/inference-of-constant.js";
import { repeatedQuery } from "./caching/repeated-query.js";
import { uncachedConstantRead } from "./caching/uncached-constant-read.js";
import { clientPerRequest } from "./clients/client-per-request.js";
import type { Evidence, Rule } from "./define-rule.js";
import { leadingWildcard } from "./missing-index/leading-wildcard.js";
import { unindexedFilter } from "./missing-index/unindexed-filter.js";
import { unindexedJoin } from "./missing-index/unindexed-join.js";
import { unindexedSort } from "./missing-index/unindexed-sort.js";
import { queryInFieldResolver } from "./n-plus-one/query-in-field-resolver.js";
import { queryInLoop } from "./n-plus-one/query-in-loop.js";
import { queryInRecursion } from "./n-plus-one/query-in-recursion.js";
import { queryPerPromise } from "./n-plus-one/query-per-promise.js";
import { remoteCallInLoop } from "./n-plus-one/remote-call-in-loop.js";
import { writeInLoop } from "./n-plus-one/write-in-loop.js";
import { noTimeout } from "./no-timeout/no-timeout.js";
import { awaitInLoop } from "./sequential-await/await-in-loop.js";
import { awaitInPromiseAll } from "./sequential-await/await-in-promise-all.js";
import { independentAwaits } from "./sequential-await/independent-awaits.js";
import { countForExistence } from "./unbounded-query/count-for-existence.js";
import { deepOffset } from "./unbounded-query/deep-offset.js";
import { offsetWithoutLimit } from "./unbounded-query/offset-without-limit.js";
import { unboundedList } from "./unbounded-query/unbounded-list.js";
import { unusedColumns } from "./unbounded-query/unused-columns.js";

/**
 * A rule of any evidence: its `describe` takes what its own `check` yields, which the list cannot say for each element, so the pair is closed over
 * here.
 */
function anyRule<E extends Evidence>(rule: Rule<E>): Rule {
  return { ...rule, describe: (evidence, view, schema) => rule.describe(evidence as E, view, schema) };
}

export const rules: readonly Rule[] = [
  anyRule(queryInLoop),
  anyRule(queryPerPromise),
  anyRule(writeInLoop),
  anyRule(queryInRecursion),
  anyRule(queryInFieldResolver),
  anyRule(remoteCallInLoop),
  anyRule(awaitInPromiseAll),
  anyRule(independentAwaits),
  anyRule(awaitInLoop),
  anyRule(clientPerRequest),
  anyRule(noTimeout),
  anyRule(repeatedQuery),
  anyRule(invariantQueryInLoop),
  anyRule(uncachedConstantRead),
  anyRule(constructionPerCall),
  anyRule(inferenceOfConstant),
  anyRule(cacheWithoutExpiry),
  anyRule(cacheNeverRead),
  anyRule(cacheKeyMissesInput),
  anyRule(unindexedFilter),
  anyRule(unindexedJoin),
  anyRule(unindexedSort),
  anyRule(leadingWildcard),
  anyRule(offsetWithoutLimit),
  anyRule(deepOffset),
  anyRule(unboundedList),
  anyRule(unusedColumns),
  anyRule(countForExistence),
  anyRule(syncIoInRequest),
  anyRule(syncPasswordHash),
  anyRule(superLinearRegex),
  anyRule(syncCrypto),
  anyRule(syncChildProcess),
];

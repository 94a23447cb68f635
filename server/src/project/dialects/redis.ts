/**
 * Redis clients: a round trip per command that is waited for. Commands that are started together share one: ioredis and node-redis write them to the socket
 * without waiting for answers, Upstash collects those of one tick into one request. `pipeline()` and `multi()` send what was noted when they are executed.
 */
import { type Dialect, defineDialect, type DialectMember, type LibraryBatching } from "./define-dialect.js";
import { bulkRead, bulkWrite, calls, each, leads, readMany, readOne, write } from "./steps.js";

/** Commands in lower case, as ioredis has them; node-redis calls them in camel case and in capitals. */
const READS_ONE =
  "get getBuffer exists hget hexists hlen hstrlen llen lindex scard sismember zscore zrank zrevrank zcard zcount ttl pttl type strlen getrange bitcount getbit pfcount " +
  "dbsize dump object xlen geodist lpos srandmember randomkey";
const READS_MANY =
  "hgetall hkeys hvals lrange smembers sinter sunion sdiff zrange zrevrange zrangebyscore zrevrangebyscore zrangebylex keys scan hscan sscan zscan xrange xrevrange xread " +
  "geosearch georadius sort call";
const READS_BULK = "mget hmget smismember zmscore";
const WRITES =
  "set setex psetex setnx getset getdel getex append incr incrby incrbyfloat decr decrby expire pexpire expireat pexpireat persist rename renamenx copy move hset hsetnx hincrby " +
  "hincrbyfloat hdel lpush lpushx rpush rpushx lpop rpop lrem lset ltrim linsert lmove rpoplpush sadd srem spop smove zadd zrem zincrby zpopmin zpopmax zremrangebyscore " +
  "zremrangebyrank publish spublish xadd xack xdel xtrim xgroup setbit pfadd geoadd restore touch eval evalsha flushdb";
const WRITES_BULK = "del unlink mset msetnx hmset";

/** `hGetAll` and `HGETALL` for `hgetall`: node-redis 4 and later. */
const CAMEL =
  "hGet hGetAll hSet hSetNX hDel hExists hLen hKeys hVals hIncrBy hIncrByFloat hStrLen hScan lPush lPushX rPush rPushX lPop rPop lRange lRem lLen lSet lTrim lIndex sAdd sRem sPop sMembers " +
  "sIsMember sCard sInter sUnion sDiff zAdd zRem zRange zRangeByScore zRangeWithScores zScore zCard zCount zRank zIncrBy zPopMin zPopMax zRemRangeByScore setEx pSetEx setNX getDel " +
  "getEx getSet incrBy incrByFloat decrBy expireAt pExpire pTTL xAdd xAck xDel xLen xRange geoAdd pfAdd pfCount renameNX";

const CAMEL_READ =
  /^(h(Get|GetAll|Exists|Len|Keys|Vals|StrLen|Scan)|l(Range|Len|Index)|s(Members|IsMember|Card|Inter|Union|Diff)|z(Range|Score|Card|Count|Rank)\w*|pTTL|xLen|xRange|pfCount)$/;

function commands(batched: LibraryBatching): Readonly<Record<string, DialectMember>> {
  const [camelReads, camelWrites] = [
    CAMEL.split(" ").filter((name) => CAMEL_READ.test(name)),
    CAMEL.split(" ").filter((name) => !CAMEL_READ.test(name)),
  ];
  return {
    ...calls(READS_ONE, { ...readOne, batched }),
    ...calls(READS_MANY, { ...readMany, batched }),
    ...calls(READS_BULK, { ...bulkRead, batched }),
    ...calls(WRITES, { ...write, batched }),
    ...calls(WRITES_BULK, { ...bulkWrite, batched }),
    ...calls(camelReads.join(" "), { ...readOne, batched }),
    ...calls(camelWrites.join(" "), { ...write, batched }),
    ...calls("mGet hmGet hMGet smIsMember", { ...bulkRead, batched }),
    ...calls("mSet mSetNX", { ...bulkWrite, batched }),
    json: { get: { to: "module" } },
    ft: { get: { to: "module" } },
  };
}

function states(batched: LibraryBatching): Dialect["states"] {
  const noted: DialectMember = { call: { to: "same" } };
  return {
    client: {
      members: {
        ...commands(batched),
        ...each("sendCommand send_command", { call: { operation: { ...readOne, access: "unknown", batched } } }),
        ...leads("pipeline multi", "pipeline"),
        ...leads("duplicate connect withTypeMapping legacy", "client"),
        // Event emitters give themselves.
        ...leads("on once off addListener removeListener setMaxListeners", "same"),
        // These wait for what is not there yet.
        ...each(
          "blpop brpop blmove blPop brPop blMove brpoplpush subscribe psubscribe ssubscribe quit disconnect destroy",
          {
            call: {},
          },
        ),
      },
    },
    pipeline: {
      members: { ...calls("exec execAsPipeline execAsTransaction execTyped", bulkWrite), "*": noted },
    },
    module: { members: { "*": { call: { operation: { ...readOne, access: "unknown", batched } } } } },
  };
}

const written =
  "writes commands to the socket without waiting for earlier answers, so those started together share a round trip";

export const ioredis = defineDialect({
  id: "ioredis",
  title: "ioredis",
  kind: "cache",
  packages: ["ioredis", "@nestjs-modules/ioredis", "iovalkey"],
  instances: {
    default: { state: "client" },
    Redis: { state: "client" },
    Cluster: { state: "client" },
    "default.Cluster": { state: "client" },
    "default.Redis": { state: "client" },
    Pipeline: { state: "pipeline" },
    ChainableCommander: { state: "pipeline" },
  },
  factories: { "*": { state: "client" }, default: { state: "client" } },
  subclasses: { default: { instance: "client" }, Redis: { instance: "client" } },
  decorators: {
    "@nestjs-modules/ioredis#InjectRedis": { state: "client" },
    "@liaoliaots/nestjs-redis#InjectRedis": { state: "client" },
  },
  states: states({ package: "ioredis", since: "1.0.0", text: written }),
  documentation: "ioredis: README (Pipelining, Autopipelining), API; Redis command reference",
});

export const nodeRedis = defineDialect({
  id: "redis",
  title: "node-redis",
  kind: "cache",
  packages: ["redis", "@redis/client", "@valkey/valkey-glide"],
  instances: {
    RedisClientType: { state: "client" },
    RedisClient: { state: "client" },
    RedisClusterType: { state: "client" },
  },
  factories: {
    createClient: { state: "client" },
    createCluster: { state: "client" },
    createClientPool: { state: "client" },
  },
  states: states({ package: "redis", since: "2.0.0", text: written }),
  documentation: "node-redis: README (Auto-Pipelining), Client configuration; Redis command reference",
});

export const upstash = defineDialect({
  id: "upstash",
  title: "Upstash Redis",
  kind: "cache",
  packages: ["@upstash/redis", "@vercel/kv"],
  instances: { Redis: { state: "client" } },
  exports: { kv: "client" },
  factories: { "Redis.fromEnv": { state: "client" }, createClient: { state: "client" } },
  states: states({
    package: "@upstash/redis",
    since: "1.31.0",
    text: "collects the commands of one tick into one request (auto-pipelining)",
  }),
  documentation: "Upstash Redis TypeScript SDK: Commands, Pipelining, Auto-Pipelining",
});

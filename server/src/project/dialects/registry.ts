/** Every dialect Hotpath knows. Adding a library means one file and one line here. */
import type { Dialect } from "./define-dialect.js";
import { aws, bedrock, dynamodb } from "./aws.js";
import { cassandra, clickhouse, libsql, mssql, neo4j, sqlite3 } from "./drivers.js";
import { drizzle, drizzleSqlite } from "./drizzle.js";
import { elasticsearch, opensearch } from "./elasticsearch.js";
import { firestore } from "./firestore.js";
import { grpc, grpcStubs, nestMicroservices } from "./grpc.js";
import { globalFetch, graphqlClients, http } from "./http.js";
import { aiSdk, anthropic, googleAi, langchain, ollama, openai } from "./inference.js";
import { knex } from "./knex.js";
import { kysely } from "./kysely.js";
import { meteor } from "./meteor.js";
import { mikroOrm } from "./mikro-orm.js";
import { mongodb } from "./mongodb.js";
import { mongoose } from "./mongoose.js";
import { mysql2 } from "./mysql2.js";
import { objection } from "./objection.js";
import { pg, pgPromise } from "./pg.js";
import { postgresJs } from "./postgres-js.js";
import { prisma } from "./prisma.js";
import { brokers, bullmq, kafkajs } from "./queues.js";
import { ioredis, nodeRedis, upstash } from "./redis.js";
import { sequelize } from "./sequelize.js";
import { googleapis, messaging, objectStores, octokit, stripe } from "./services.js";
import { slonik } from "./slonik.js";
import { sqlite } from "./sqlite.js";
import { supabase } from "./supabase.js";
import { typeorm } from "./typeorm.js";

/** Of two that describe one package the first that knows an export answers: the narrower comes first. */
export const dialects: readonly Dialect[] = [
  prisma,
  typeorm,
  mikroOrm,
  drizzleSqlite,
  drizzle,
  knex,
  objection,
  kysely,
  sequelize,
  mongoose,
  mongodb,
  meteor,
  pg,
  pgPromise,
  postgresJs,
  slonik,
  mysql2,
  mssql,
  sqlite,
  sqlite3,
  libsql,
  clickhouse,
  cassandra,
  neo4j,
  supabase,
  firestore,
  dynamodb,
  elasticsearch,
  opensearch,
  ioredis,
  nodeRedis,
  upstash,
  http,
  globalFetch,
  graphqlClients,
  grpc,
  grpcStubs,
  nestMicroservices,
  bedrock,
  aws,
  stripe,
  octokit,
  googleapis,
  objectStores,
  messaging,
  openai,
  anthropic,
  aiSdk,
  googleAi,
  ollama,
  langchain,
  bullmq,
  kafkajs,
  brokers,
];

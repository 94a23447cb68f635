/**
 * Clients that are meant to be made once per process, by package and export. Sources: the packages' own documentation ("create one instance and
 * reuse it": Prisma "Instantiate Prisma Client", node-postgres "Pooling", MongoDB "MongoClient", AWS SDK "Reusing connections with keep-alive",
 * Stripe, OpenAI and PostHog READMEs, Google Cloud "client library best practices", Node.js `http.Agent`). Clients bound to one user's token by design
 * (Octokit, Supabase on the server) are left out.
 */
export interface ClientKind {
  /** What a reader calls it: `PrismaClient`, connection pool. */
  readonly noun: string;
  /** `connections`: it opens connections of its own; `agent`: it loses kept-alive connections and set-up work; `session`: it loads a model or starts a process. */
  readonly weight: "connections" | "agent" | "session";
}

const connections = (noun: string): ClientKind => ({ noun, weight: "connections" });
const agent = (noun: string): ClientKind => ({ noun, weight: "agent" });
const session = (noun: string): ClientKind => ({ noun, weight: "session" });

/** `module#export`; the export is the constructor or the factory. */
const CLIENTS: Readonly<Record<string, ClientKind>> = {
  "@prisma/client#PrismaClient": connections("Prisma client"),
  "pg#Pool": connections("connection pool"),
  "pg#Client": connections("database connection"),
  "postgres#default": connections("connection pool"),
  "slonik#createPool": connections("connection pool"),
  "mysql2#createPool": connections("connection pool"),
  "mysql2#createConnection": connections("database connection"),
  "mysql2/promise#createPool": connections("connection pool"),
  "mysql2/promise#createConnection": connections("database connection"),
  "mysql#createPool": connections("connection pool"),
  "mysql#createConnection": connections("database connection"),
  "mariadb#createPool": connections("connection pool"),
  "mariadb#createConnection": connections("database connection"),
  "mssql#ConnectionPool": connections("connection pool"),
  "oracledb#createPool": connections("connection pool"),
  "mongodb#MongoClient": connections("MongoDB client"),
  "mongoose#connect": connections("MongoDB connection"),
  "mongoose#createConnection": connections("MongoDB connection"),
  "ioredis#default": connections("Redis connection"),
  "ioredis#Redis": connections("Redis connection"),
  "ioredis#Cluster": connections("Redis connection"),
  "redis#createClient": connections("Redis connection"),
  "redis#createCluster": connections("Redis connection"),
  "typeorm#DataSource": connections("data source"),
  "typeorm#createConnection": connections("database connection"),
  "sequelize#Sequelize": connections("Sequelize instance"),
  "sequelize-typescript#Sequelize": connections("Sequelize instance"),
  "knex#default": connections("Knex instance"),
  "knex#knex": connections("Knex instance"),
  "better-sqlite3#default": connections("database handle"),
  "amqplib#connect": connections("AMQP connection"),
  "nats#connect": connections("NATS connection"),
  "bullmq#Queue": connections("queue, which connects to Redis"),
  "bullmq#QueueEvents": connections("queue listener, which connects to Redis"),
  "bull#default": connections("queue, which connects to Redis"),
  "neo4j-driver#driver": connections("Neo4j driver"),
  "cassandra-driver#Client": connections("Cassandra client"),
  "nodemailer#createTransport": connections("mail transport"),
  "@elastic/elasticsearch#Client": connections("Elasticsearch client"),
  "@opensearch-project/opensearch#Client": connections("OpenSearch client"),
  "@clickhouse/client#createClient": connections("ClickHouse client"),
  "stripe#default": agent("Stripe client"),
  "stripe#Stripe": agent("Stripe client"),
  "openai#default": agent("OpenAI client"),
  "openai#OpenAI": agent("OpenAI client"),
  "@anthropic-ai/sdk#default": agent("Anthropic client"),
  "@anthropic-ai/sdk#Anthropic": agent("Anthropic client"),
  "node:https#Agent": agent("HTTP agent"),
  "node:http#Agent": agent("HTTP agent"),
  "undici#Agent": agent("HTTP agent"),
  "undici#Pool": agent("HTTP agent"),
  "aws-sdk#S3": agent("AWS client"),
  "aws-sdk#SQS": agent("AWS client"),
  "aws-sdk#SES": agent("AWS client"),
  "aws-sdk#SNS": agent("AWS client"),
  "aws-sdk#DynamoDB": agent("AWS client"),
  "aws-sdk#DynamoDB.DocumentClient": agent("AWS client"),
  "@google-cloud/storage#Storage": agent("Cloud Storage client"),
  "@google-cloud/bigquery#BigQuery": agent("BigQuery client"),
  "@google-cloud/pubsub#PubSub": agent("Pub/Sub client"),
  "firebase-admin#initializeApp": agent("Firebase app"),
  "twilio#default": agent("Twilio client"),
  "@google-cloud/firestore#Firestore": connections("Firestore client"),
  "@google-cloud/tasks#CloudTasksClient": connections("Cloud Tasks client"),
  "@google-cloud/secret-manager#SecretManagerServiceClient": connections("Secret Manager client"),
  "@google-cloud/kms#KeyManagementServiceClient": connections("KMS client"),
  "posthog-node#PostHog": agent("PostHog client"),
  "minio#Client": agent("object store client"),
  "typesense#Client": agent("Typesense client"),
  "algoliasearch#default": agent("Algolia client"),
  "algoliasearch#algoliasearch": agent("Algolia client"),
  "@qdrant/js-client-rest#QdrantClient": agent("Qdrant client"),
  "@pinecone-database/pinecone#Pinecone": agent("Pinecone client"),
  "groq-sdk#default": agent("Groq client"),
  "meilisearch#MeiliSearch": agent("Meilisearch client"),
  "meilisearch#Meilisearch": agent("Meilisearch client"),
  "onnxruntime-node#InferenceSession.create": session("model session"),
  "@xenova/transformers#pipeline": session("model pipeline"),
  "@huggingface/transformers#pipeline": session("model pipeline"),
};

/** AWS SDK v3: `S3Client` or `S3` from `@aws-sdk/client-s3`. */
const AWS_MODULE = /^@aws-sdk\/client-[\w-]+$/;
const AWS_CLIENT = /^(\w+Client|[A-Z][A-Za-z0-9]*)$/;

const MODULES: ReadonlySet<string> = new Set(Object.keys(CLIENTS).map((key) => key.slice(0, key.indexOf("#", 1))));

/** The client that an export of a package makes when it is called or constructed; undefined for everything else. */
export function clientKindOf(module: string, path: readonly string[]): ClientKind | undefined {
  if (!MODULES.has(module) && !AWS_MODULE.test(module)) return undefined;
  const name = (path.at(-1) === "prototype" ? path.slice(0, -1) : path).join(".");
  const known =
    CLIENTS[`${module}#${name}`] ??
    (path[0] === "default" ? CLIENTS[`${module}#${path.slice(1).join(".")}`] : undefined);
  if (known !== undefined) return known;
  if (!AWS_MODULE.test(module) || path.length !== 1 || !AWS_CLIENT.test(name)) return undefined;
  return /(Command|Exception|Error)$/.test(name) ? undefined : agent("AWS client");
}

/**
 * Queues and brokers: a round trip per message that is waited for. amqplib's channels only write to a buffer, so publishing on one is no round trip and is left
 * out; a confirm channel is waited for once, by `waitForConfirms`.
 */
import { defineDialect } from "./define-dialect.js";
import { bulkWrite, calls, leads, readMany, readOne, write } from "./steps.js";

export const bullmq = defineDialect({
  id: "bullmq",
  title: "BullMQ and Bull",
  kind: "queue",
  packages: ["bullmq", "bull", "@nestjs/bullmq", "@nestjs/bull", "bee-queue"],
  instances: {
    Queue: { state: "queue" },
    default: { state: "queue" },
    "default.Queue": { state: "queue" },
    FlowProducer: { state: "flow" },
    Job: { state: "job" },
    "default.Job": { state: "job" },
  },
  subclasses: { Queue: { instance: "queue" } },
  decorators: { "@nestjs/bullmq#InjectQueue": { state: "queue" }, "@nestjs/bull#InjectQueue": { state: "queue" } },
  states: {
    queue: {
      members: {
        ...calls(
          "add upsertJobScheduler removeRepeatable removeRepeatableByKey remove removeJobScheduler retryJobs",
          write,
        ),
        ...calls("addBulk removeJobs drain obliterate clean", bulkWrite),
        ...calls("getJob getJobState getRepeatableJobs getJobCounts count", readOne),
        ...calls("getJobs getWaiting getActive getDelayed getCompleted getFailed", readMany),
      },
    },
    flow: { members: { ...calls("add", write), ...calls("addBulk", bulkWrite) } },
    job: {
      members: {
        ...calls("remove retry updateData update promote moveToFailed moveToCompleted", write),
        ...calls("getState isCompleted isFailed", readOne),
      },
    },
  },
  documentation: "BullMQ: Queues, Adding jobs in bulk, Flows; Bull reference",
});

export const kafkajs = defineDialect({
  id: "kafka",
  title: "Kafka",
  kind: "queue",
  packages: ["kafkajs", "@confluentinc/kafka-javascript", "@confluentinc/kafka-javascript/*"],
  instances: {
    Kafka: { state: "kafka" },
    "KafkaJS.Kafka": { state: "kafka" },
    Producer: { state: "producer" },
    Transaction: { state: "producer" },
  },
  states: {
    kafka: { members: { ...leads("producer", "producer") } },
    producer: {
      members: {
        // One call takes any number of messages of one topic, `sendBatch` those of several.
        ...calls("send", write),
        ...calls("sendBatch", bulkWrite),
        ...leads("transaction", "producer"),
      },
    },
  },
  documentation: "KafkaJS: Producing messages",
});

export const brokers = defineDialect({
  id: "brokers",
  title: "Job queues and brokers",
  kind: "queue",
  packages: [
    "pg-boss",
    "agenda",
    "@google-cloud/tasks",
    "@google-cloud/pubsub",
    "inngest",
    "@trigger.dev/sdk",
    "@trigger.dev/sdk/v3",
    "@trigger.dev/sdk/v4",
    "@upstash/qstash",
    "graphile-worker",
  ],
  instances: {
    default: { state: "client" },
    PgBoss: { state: "client" },
    Agenda: { state: "client" },
    CloudTasksClient: { state: "client" },
    Inngest: { state: "client" },
    Client: { state: "client" },
    WorkerUtils: { state: "client" },
    PubSub: { state: "pubsub" },
    Topic: { state: "topic" },
  },
  factories: { makeWorkerUtils: { state: "client" }, task: { state: "task" }, schemaTask: { state: "task" } },
  exports: { tasks: "task" },
  states: {
    client: {
      members: {
        ...calls("send sendAfter sendOnce now schedule publish publishJSON enqueue createTask addJob", write),
        ...calls("insert batchTrigger batch batchJSON", bulkWrite),
      },
    },
    // Trigger.dev: a request for each run, or one for up to a thousand.
    task: {
      members: {
        ...calls("trigger triggerAndWait triggerAndPoll", write),
        ...calls("batchTrigger batchTriggerAndWait", bulkWrite),
      },
    },
    pubsub: { members: { ...leads("topic", "topic") } },
    // The publisher collects messages and sends them in batches; each call waits for its own.
    topic: {
      members: {
        ...calls("publishMessage publish publishJSON", {
          ...write,
          batched: {
            package: "@google-cloud/pubsub",
            since: "1.0.0",
            text: "collects messages and publishes them in batches",
          },
        }),
      },
    },
  },
  documentation:
    "pg-boss, Agenda, Inngest, Trigger.dev, QStash, Graphile Worker, Google Cloud Tasks and Pub/Sub references",
});

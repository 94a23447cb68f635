/** Elasticsearch and OpenSearch clients: one request per call; `bulk`, `mget` and `msearch` take many. */
import { type Dialect, defineDialect } from "./define-dialect.js";
import { bulkRead, bulkWrite, calls, readMany, readOne, write } from "./steps.js";

const index = { table: { arg: 0, property: "index" } } as const;

const states: Dialect["states"] = {
  client: {
    members: {
      ...calls("search searchTemplate sql eql", readMany, index),
      ...calls("get getSource exists existsSource count explain termvectors", readOne, index),
      ...calls("index create update delete", write, index),
      ...calls("updateByQuery deleteByQuery reindex", bulkWrite, index),
      ...calls("bulk", bulkWrite, index),
      ...calls("mget msearch msearchTemplate mtermvectors", bulkRead, index),
      // The next page needs the id the last one gave.
      ...calls("scroll", readMany),
      helpers: { get: { to: "helpers" } },
    },
  },
  helpers: {
    members: { ...calls("bulk", bulkWrite), ...calls("msearch", bulkRead), ...calls("search", readMany, index) },
  },
};

export const elasticsearch = defineDialect({
  id: "elasticsearch",
  title: "Elasticsearch",
  kind: "document",
  packages: ["@elastic/elasticsearch", "@elastic/elasticsearch-serverless", "elasticsearch", "@nestjs/elasticsearch"],
  instances: { Client: { state: "client" }, ElasticsearchService: { state: "client" } },
  subclasses: { Client: { instance: "client" } },
  states,
  documentation: "Elasticsearch JavaScript client: API reference, Client helpers",
});

export const opensearch = defineDialect({
  id: "opensearch",
  title: "OpenSearch",
  kind: "document",
  packages: ["@opensearch-project/opensearch"],
  instances: { Client: { state: "client" } },
  subclasses: { Client: { instance: "client" } },
  states,
  documentation: "OpenSearch JavaScript client guide",
});

/** Remote calls over HTTP. A round trip per element is slow too, but the other side decides whether it can be batched. */
import { defineDialect } from "./define-dialect.js";
import { calls, leads } from "./steps.js";

const get = { access: "read", rows: "many", when: "call" } as const;
const send = { access: "write", rows: "many", when: "call" } as const;

export const http = defineDialect({
  id: "http",
  title: "HTTP clients",
  kind: "http",
  packages: [
    "axios",
    "got",
    "ky",
    "ky-universal",
    "node-fetch",
    "node-fetch-native",
    "cross-fetch",
    "isomorphic-fetch",
    "undici",
    "superagent",
    "needle",
    "ofetch",
    "request",
    "request-promise",
    "request-promise-native",
    "wretch",
    "@nestjs/axios",
    "@hapi/wreck",
    "gaxios",
    "phin",
    "make-fetch-happen",
  ],
  exports: {
    fetch: "request",
    $fetch: "request",
    ofetch: "request",
    default: "client",
    "*": "client",
    request: "request",
    stream: "request",
    axios: "client",
    got: "client",
    ky: "client",
    gaxios: "client",
  },
  instances: {
    HttpService: { state: "client" },
    Axios: { state: "client" },
    AxiosInstance: { state: "client" },
    AxiosStatic: { state: "client" },
    Got: { state: "client" },
    KyInstance: { state: "client" },
    Gaxios: { state: "client" },
    Pool: { state: "client" },
    Client: { state: "client" },
    $Fetch: { state: "request" },
  },
  factories: { create: { state: "client" }, "axios.create": { state: "client" }, extend: { state: "client" } },
  states: {
    client: {
      call: { operation: get },
      members: {
        ...calls("get head options request fetch", get),
        ...calls("post put patch delete del postForm putForm patchForm", send),
        ...leads("create extend defaults instance", "client"),
        ...leads("agent", "client"),
        axiosRef: { get: { to: "client" } },
      },
    },
    request: {
      call: { operation: get },
      members: { ...leads("create defaults", "request"), ...calls("raw native", get) },
    },
  },
  documentation: "Fetch standard; documentation of axios, got, ky, undici, superagent, ofetch, request, gaxios",
});

export const globalFetch = defineDialect({
  id: "fetch",
  title: "fetch",
  kind: "http",
  packages: ["global:"],
  exports: { fetch: "request", $fetch: "request" },
  states: { request: { call: { operation: get } } },
  documentation: "Fetch standard",
});

/** GraphQL over HTTP: a request with a document; aliases or a list argument take many. */
export const graphqlClients = defineDialect({
  id: "graphql",
  title: "GraphQL clients",
  kind: "http",
  packages: ["graphql-request", "@apollo/client", "@apollo/client/core", "@urql/core", "@octokit/graphql"],
  instances: { GraphQLClient: { state: "client" }, ApolloClient: { state: "apollo" }, Client: { state: "apollo" } },
  exports: { request: "request", graphql: "request" },
  factories: { createClient: { state: "apollo" } },
  states: {
    client: { members: { ...calls("request rawRequest", get), ...calls("batchRequests", { ...get, bulk: true }) } },
    apollo: { members: { ...calls("query", get), ...calls("mutate mutation", send) } },
    request: { call: { operation: get } },
  },
  documentation: "graphql-request: README; Apollo Client: ApolloClient; urql: Core API",
});

/** Remote calls over HTTP. A round trip per element is slow too, but the other side decides whether it can be batched. */
import { defineDialect } from "./define-dialect.js";
import { calls, leads } from "./steps.js";

const get = { access: "read", rows: "many", when: "call" } as const;
const send = { access: "write", rows: "many", when: "call" } as const;

export const http = defineDialect({
  id: "http",
  title: "HTTP clients",
  kind: "http",
  packages: ["axios", "got", "ky", "node-fetch", "cross-fetch", "undici", "superagent", "needle", "@nestjs/axios"],
  exports: {
    fetch: "request",
    default: "client",
    "*": "client",
    request: "request",
    axios: "client",
    got: "client",
    ky: "client",
  },
  instances: { HttpService: { state: "client" }, Axios: { state: "client" }, AxiosInstance: { state: "client" } },
  factories: { create: { state: "client" }, "axios.create": { state: "client" }, extend: { state: "client" } },
  states: {
    client: {
      call: { operation: get },
      members: {
        ...calls("get head options request", get),
        ...calls("post put patch delete postForm", send),
        ...leads("create extend", "client"),
        axiosRef: { get: { to: "client" } },
      },
    },
    request: { call: { operation: get } },
  },
  documentation: "Fetch standard; documentation of axios, got, ky, undici",
});

export const globalFetch = defineDialect({
  id: "fetch",
  title: "fetch",
  kind: "http",
  packages: ["global:"],
  exports: { fetch: "request" },
  states: { request: { call: { operation: get } } },
  documentation: "Fetch standard",
});

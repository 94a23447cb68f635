/** gRPC stubs, whose methods are the service's own: everything called on a client is a call of the service. */
import { defineDialect } from "./define-dialect.js";
import { calls, each, leads } from "./steps.js";

const call = { access: "unknown", rows: "many", when: "call" } as const;

export const grpc = defineDialect({
  id: "grpc",
  title: "gRPC clients",
  kind: "rpc",
  packages: ["@grpc/grpc-js", "grpc"],
  instances: { Client: { state: "client" }, ServiceClient: { state: "client" } },
  subclasses: { Client: { instance: "client" } },
  states: {
    client: {
      members: {
        ...calls("makeUnaryRequest makeServerStreamRequest makeClientStreamRequest makeBidiStreamRequest", call),
      },
    },
  },
  documentation: "@grpc/grpc-js: Client",
});

export const grpcStubs = defineDialect({
  id: "grpc-stubs",
  title: "Connect and nice-grpc",
  kind: "rpc",
  packages: [
    "@connectrpc/connect",
    "@connectrpc/connect-node",
    "@bufbuild/connect",
    "nice-grpc",
    "nice-grpc-web",
    "@protobuf-ts/grpc-transport",
  ],
  instances: { Client: { state: "stub" }, PromiseClient: { state: "stub" }, CallbackClient: { state: "stub" } },
  factories: {
    createClient: { state: "stub" },
    createPromiseClient: { state: "stub" },
    createCallbackClient: { state: "stub" },
    createClientFactory: { state: "factory" },
  },
  states: {
    stub: { members: { ...each("close getChannel", { call: {} }), "*": { call: { operation: call } } } },
    factory: { members: { ...leads("create", "stub"), ...leads("use", "factory") } },
  },
  documentation: "Connect for ECMAScript: Using clients; nice-grpc: README",
});

/** NestJS microservices: a message that is answered, or one that is only sent. */
export const nestMicroservices = defineDialect({
  id: "nest-microservices",
  title: "NestJS microservices",
  kind: "rpc",
  packages: ["@nestjs/microservices"],
  instances: {
    ClientProxy: { state: "client" },
    ClientKafka: { state: "client" },
    ClientRMQ: { state: "client" },
    ClientRedis: { state: "client" },
    ClientTCP: { state: "client" },
    ClientNats: { state: "client" },
  },
  factories: { "ClientProxyFactory.create": { state: "client" } },
  states: { client: { members: { ...calls("send", call), ...calls("emit", { ...call, access: "write" }) } } },
  documentation: "NestJS documentation: Microservices, Sending messages, Publishing events",
});

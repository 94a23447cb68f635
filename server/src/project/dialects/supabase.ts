/** Supabase: each builder that is awaited is a request to PostgREST, which runs one statement. */
import { defineDialect } from "./define-dialect.js";
import { calls, each, lazily, leads, readMany, readOne, write } from "./steps.js";

const request = { access: "unknown", rows: "many", when: "call", kind: "http" } as const;

export const supabase = defineDialect({
  id: "supabase",
  title: "Supabase",
  kind: "sql",
  packages: ["@supabase/supabase-js", "@supabase/ssr", "@supabase/postgrest-js", "@supabase/auth-helpers-nextjs"],
  instances: { SupabaseClient: { state: "client" }, PostgrestClient: { state: "client" } },
  factories: {
    createClient: { state: "client" },
    createServerClient: { state: "client" },
    createBrowserClient: { state: "client" },
    createServerComponentClient: { state: "client" },
    createRouteHandlerClient: { state: "client" },
  },
  states: {
    client: {
      members: {
        ...leads("from", "table", { table: { arg: 0 } }),
        ...each("rpc", {
          call: { to: "builder", operation: lazily({ ...readMany, access: "unknown" }), table: { arg: 0 } },
        }),
        ...leads("schema", "client"),
        auth: { get: { to: "auth" } },
        storage: { get: { to: "storage" } },
        functions: { get: { to: "functions" } },
      },
    },
    table: {
      members: {
        ...each("select", { call: { to: "builder", operation: lazily(readMany) } }),
        ...each("insert upsert update delete", { call: { to: "builder", operation: lazily(write) } }),
      },
    },
    builder: {
      members: {
        ...each("single maybeSingle", { call: { to: "builder" } }),
        ...each("toString", { call: {} }),
        "*": { call: { to: "same" } },
      },
    },
    auth: {
      members: {
        admin: { get: { to: "admin" } },
        // Reads the session from memory or a cookie; `getUser` asks the server.
        ...each("getSession onAuthStateChange", { call: {} }),
        ...calls("getUser", { ...request, ...readOne, kind: "http" }),
      },
    },
    admin: { members: { "*": { call: { operation: request } } } },
    storage: { members: { ...leads("from", "bucket") } },
    bucket: {
      members: {
        ...each("getPublicUrl", { call: {} }),
        ...calls("remove createSignedUrls", { ...request, bulk: true }),
        ...calls("upload download update move copy list createSignedUrl createSignedUploadUrl info exists", request),
      },
    },
    functions: { members: { ...calls("invoke", request) } },
  },
  documentation: "Supabase JavaScript client reference: Fetch, insert, upsert and delete data, Storage, Auth admin",
});

/** Clients of well-known services, whose every method is a request: their names say what they do, so that only reading and writing is told apart. */
import { type Dialect, defineDialect, type DialectMember } from "./define-dialect.js";
import { calls, each } from "./steps.js";

const read = { access: "read", rows: "many", when: "call" } as const;
const write = { access: "write", rows: "none", when: "call" } as const;

/** Everything below a client is a resource, whose methods are requests when they are called by one of these names. */
const requests: Readonly<Record<string, DialectMember>> = {
  ...calls(
    "get list retrieve search query find fetch info history request get* list* search* find* retrieve* fetch* check* compare*",
    read,
  ),
  ...calls("batchGet batchUpdate batch bulk sendMultiple sendEach sendEachForMulticast", { ...write, bulk: true }),
  ...calls(
    "create update del delete remove cancel send post insert patch upload publish add replace set attach detach confirm capture refund invite revoke pay merge close join open " +
      "create* update* delete* remove* send* post* add* set* upload* publish* replace* cancel* dismiss* lock* unlock* merge*",
    write,
  ),
};

const resources: Dialect["states"] = {
  client: {
    call: { to: "client" },
    members: {
      ...requests,
      // Pages are fetched one after the other, each by the link in the last.
      ...each("paginate iterator autoPagingEach autoPagingToArray on once use setConfig", { call: {} }),
      "*": { get: { to: "client" }, call: { to: "client" } },
    },
  },
};

export const stripe = defineDialect({
  id: "stripe",
  title: "Stripe",
  kind: "rpc",
  packages: ["stripe"],
  instances: { default: { state: "client" }, Stripe: { state: "client" } },
  factories: { default: { state: "client" }, "*": { state: "client" } },
  states: {
    client: {
      members: {
        // Checks a signature, here.
        webhooks: { get: {} },
        ...each("setAppInfo on off", { call: {} }),
        "*": { get: { to: "resource" } },
      },
    },
    resource: { members: { ...requests, "*": { get: { to: "resource" } } } },
  },
  documentation: "Stripe API reference (Node)",
});

export const octokit = defineDialect({
  id: "octokit",
  title: "Octokit",
  kind: "rpc",
  packages: ["@octokit/rest", "@octokit/core", "octokit", "@octokit/app", "@actions/github"],
  instances: { Octokit: { state: "client" }, GitHub: { state: "client" } },
  factories: { getOctokit: { state: "client" }, "Octokit.defaults": { state: "class" } },
  subclasses: { Octokit: { instance: "client" } },
  states: {
    ...resources,
    class: { construct: { to: "client" } },
  },
  documentation: "Octokit REST client: Usage, Pagination",
});

/** Clients as functions declare them: `gmail: gmail_v1.Gmail`. */
const GOOGLE_CLIENTS =
  "gmail_v1.Gmail calendar_v3.Calendar drive_v3.Drive drive_v2.Drive sheets_v4.Sheets docs_v1.Docs slides_v1.Slides people_v1.People youtube_v3.Youtube " +
  "admin_directory_v1.Admin tasks_v1.Tasks chat_v1.Chat forms_v1.Forms classroom_v1.Classroom bigquery_v2.Bigquery storage_v1.Storage";

export const googleapis = defineDialect({
  id: "googleapis",
  title: "Google APIs",
  kind: "rpc",
  packages: ["googleapis", "@googleapis/*"],
  exports: { google: "root" },
  instances: Object.fromEntries(GOOGLE_CLIENTS.split(" ").map((name) => [name, { state: "client" }])),
  states: {
    root: {
      members: {
        // Signs and refreshes tokens by itself.
        auth: { get: {} },
        ...each("options", { call: {} }),
        "*": { call: { to: "client" }, get: { to: "client" } },
      },
    },
    ...resources,
  },
  documentation: "Google APIs Node.js client: Getting started, Batch requests",
});

const object = { access: "read", rows: "one", when: "call" } as const;

export const objectStores = defineDialect({
  id: "object-stores",
  title: "Object stores",
  kind: "rpc",
  packages: ["@google-cloud/storage", "minio", "@azure/storage-blob", "@vercel/blob"],
  instances: {
    Storage: { state: "storage" },
    Bucket: { state: "bucket" },
    File: { state: "file" },
    Client: { state: "minio" },
    BlobServiceClient: { state: "azure" },
    ContainerClient: { state: "azure" },
    BlockBlobClient: { state: "blob" },
    BlobClient: { state: "blob" },
  },
  factories: { "BlobServiceClient.fromConnectionString": { state: "azure" } },
  exports: { put: "call", del: "call", head: "call", copy: "call" },
  states: {
    storage: { members: { bucket: { call: { to: "bucket" } }, ...calls("getBuckets", read) } },
    bucket: {
      members: {
        file: { call: { to: "file" } },
        ...calls("getFiles", read),
        ...calls("upload", write),
        ...calls("deleteFiles", { ...write, bulk: true }),
      },
    },
    // Streams are opened here and read elsewhere.
    file: {
      members: {
        ...calls("download exists getMetadata", object),
        ...calls("save delete copy move setMetadata makePublic", write),
      },
    },
    minio: {
      members: {
        ...calls("getObject fGetObject statObject", object),
        ...calls("putObject fPutObject removeObject copyObject", write),
        ...calls("removeObjects", { ...write, bulk: true }),
      },
    },
    azure: {
      members: {
        ...each("getContainerClient getBlobBatchClient", { call: { to: "azure" } }),
        ...each("getBlockBlobClient getBlobClient", { call: { to: "blob" } }),
        ...calls("deleteBlob uploadBlockBlob", write),
        ...calls("deleteBlobs", { ...write, bulk: true }),
      },
    },
    blob: {
      members: {
        ...calls("download downloadToBuffer downloadToFile exists getProperties", object),
        ...calls("upload uploadData uploadFile uploadStream delete deleteIfExists", write),
      },
    },
    call: { call: { operation: { ...write, access: "unknown" } } },
  },
  documentation: "Google Cloud Storage, MinIO, Azure Blob Storage and Vercel Blob client references",
});

export const messaging = defineDialect({
  id: "messaging",
  title: "Mail, chat and SMS services",
  kind: "rpc",
  packages: [
    "@slack/web-api",
    "@sendgrid/mail",
    "resend",
    "nodemailer",
    "postmark",
    "mailgun.js",
    "twilio",
    "expo-server-sdk",
    "web-push",
  ],
  exports: { default: "sendgrid", "*": "sendgrid", setApiKey: "sendgrid" },
  instances: {
    WebClient: { state: "client" },
    Resend: { state: "resend" },
    ServerClient: { state: "client" },
    MailService: { state: "sendgrid" },
    Transporter: { state: "transport" },
    Twilio: { state: "client" },
  },
  factories: { createTransport: { state: "transport" }, "*": { state: "client" }, default: { state: "client" } },
  states: {
    ...resources,
    transport: { members: { ...calls("sendMail", write), ...calls("verify", read) } },
    resend: { members: { "*": { get: { to: "resource" } }, batch: { get: { to: "batch" } } } },
    resource: { members: { ...requests } },
    batch: { members: { ...calls("send create", { ...write, bulk: true }) } },
    sendgrid: {
      members: {
        ...calls("send sendNotification", write),
        ...calls("sendMultiple", { ...write, bulk: true }),
        createTransport: { call: { to: "transport" } },
      },
    },
  },
  documentation: "Slack Web API client; SendGrid Mail; Resend; Nodemailer; Postmark; Twilio",
});

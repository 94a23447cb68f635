/**
 * AWS SDK, generations 2 and 3. DynamoDB is a database; every other service is a remote call. In generation 3 the class of the command says what is done,
 * in generation 2 (and with the clients that carry all commands) the method.
 */
import { defineDialect, type DialectMember, type OperationSpec } from "./define-dialect.js";
import { bulkRead, bulkWrite, calls, each, readMany, readOne, write } from "./steps.js";

const table = { table: { arg: 0, property: "TableName" } } as const;
const unknownAccess: OperationSpec = { access: "unknown", rows: "many", when: "call" };

/** Commands of `client-dynamodb` and `lib-dynamodb`. `BatchGet` takes 100 keys, `BatchWrite` 25 items, a transaction 100. */
const dynamoCommands: Readonly<Record<string, OperationSpec>> = {
  GetItemCommand: readOne,
  GetCommand: readOne,
  QueryCommand: readMany,
  ScanCommand: readMany,
  ExecuteStatementCommand: unknownAccess,
  PutItemCommand: write,
  PutCommand: write,
  UpdateItemCommand: write,
  UpdateCommand: write,
  DeleteItemCommand: write,
  DeleteCommand: write,
  "BatchGet*Command": bulkRead,
  "TransactGet*Command": bulkRead,
  "BatchWrite*Command": bulkWrite,
  "TransactWrite*Command": bulkWrite,
  "Batch*Command": { ...unknownAccess, bulk: true },
};

const dynamoMethods: Readonly<Record<string, DialectMember>> = {
  ...calls("get getItem", readOne, table),
  ...calls("query scan", readMany, table),
  ...calls("put putItem update updateItem delete deleteItem", write, table),
  ...calls("batchGet batchGetItem transactGet transactGetItems", bulkRead),
  ...calls("batchWrite batchWriteItem transactWrite transactWriteItems", bulkWrite),
};

const send = { call: { commands: { arg: 0, named: dynamoCommands }, ...table } };

export const dynamodb = defineDialect({
  id: "dynamodb",
  title: "DynamoDB",
  kind: "document",
  packages: ["@aws-sdk/client-dynamodb", "@aws-sdk/lib-dynamodb", "aws-sdk/clients/dynamodb"],
  instances: {
    DynamoDBClient: { state: "client" },
    DynamoDB: { state: "client" },
    DynamoDBDocumentClient: { state: "client" },
    DynamoDBDocument: { state: "client" },
    DocumentClient: { state: "client" },
    "default.DocumentClient": { state: "client" },
    default: { state: "client" },
  },
  factories: { "DynamoDBDocumentClient.from": { state: "client" }, "DynamoDBDocument.from": { state: "client" } },
  states: { client: { members: { send, ...dynamoMethods } } },
  documentation: "AWS SDK for JavaScript v3: DynamoDB client, lib-dynamodb; v2: DynamoDB.DocumentClient",
});

/** Commands that take many at once, by the services' API references; everything else is one call for one thing. */
const BULK = {
  DeleteObjectsCommand: bulkWrite,
  "SendMessageBatch*": bulkWrite,
  "DeleteMessageBatch*": bulkWrite,
  "ChangeMessageVisibilityBatch*": bulkWrite,
  "PublishBatch*": bulkWrite,
  PutRecordsCommand: bulkWrite,
  PutRecordBatchCommand: bulkWrite,
  PutEventsCommand: bulkWrite,
  PutLogEventsCommand: bulkWrite,
  PutMetricDataCommand: bulkWrite,
  SendBulkTemplatedEmailCommand: bulkWrite,
  SendBulkEmailCommand: bulkWrite,
  "BatchGet*": bulkRead,
  "Batch*": { ...unknownAccess, bulk: true },
} as const satisfies Readonly<Record<string, OperationSpec>>;

const READS = ["Get*", "Head*", "List*", "Describe*", "Search*", "Query*", "Lookup*", "Receive*"];

const serviceCommands: Readonly<Record<string, OperationSpec>> = {
  ...BULK,
  // A queue is asked for what comes next; there is nothing to ask for in bulk.
  ...Object.fromEntries(READS.map((name) => [name, readOne])),
  "*Command": { ...write, access: "unknown" },
};

/** Methods of a service object: a name that starts with a lower-case verb. */
const serviceMethods: Readonly<Record<string, DialectMember>> = {
  // Signing happens here, without the service.
  ...each("getSignedUrl getSignedUrlPromise createPresignedPost waitFor makeRequest config endpoint", { call: {} }),
  ...calls("deleteObjects sendMessageBatch deleteMessageBatch publishBatch putRecords putEvents", bulkWrite),
  ...calls("get* head* list* describe* search* query* receive* lookup*", readOne),
  ...calls(
    "put* create* delete* update* send* publish* copy* start* stop* invoke* admin* add* remove* tag* set* upload* restore* change* disable* enable*",
    write,
  ),
  ...calls("publish invoke upload subscribe", write),
};

const services =
  "S3 SQS SNS SES SESv2 SESV2 Lambda SecretsManager SSM EventBridge KMS CloudWatch CloudWatchLogs Kinesis Firehose CognitoIdentityServiceProvider CognitoIdentityProvider " +
  "STS ECS EC2 Route53 CloudFront StepFunctions SFN Rekognition Textract Translate Comprehend Pinpoint IAM Organizations Scheduler AppConfigData Polly Transcribe Athena Glue";

const instances = Object.fromEntries(services.split(" ").map((name) => [name, { state: "service" }]));

export const aws = defineDialect({
  id: "aws",
  title: "AWS SDK",
  kind: "rpc",
  packages: ["@aws-sdk/*", "aws-sdk"],
  instances: {
    ...instances,
    "DynamoDB.DocumentClient": { state: "table" },
    DynamoDB: { state: "table" },
    "*Client": { state: "service" },
    default: { state: "service" },
    Upload: { state: "upload" },
  },
  states: {
    service: { members: { send: { call: { commands: { arg: 0, named: serviceCommands } } }, ...serviceMethods } },
    upload: { members: { ...calls("done", write) } },
    table: {
      members: Object.fromEntries(
        Object.entries(dynamoMethods).map(([name, { call }]) => [
          name,
          call?.operation === undefined
            ? {}
            : { call: { ...call, operation: { ...call.operation, kind: "document" } } },
        ]),
      ),
    },
  },
  documentation: "AWS SDK for JavaScript v2 and v3; API references of S3, SQS, SNS, SES, Kinesis, EventBridge",
});

const modelCommands: Readonly<Record<string, OperationSpec>> = {
  "InvokeModel*": readOne,
  "Converse*": readOne,
  "InvokeEndpoint*": readOne,
};

export const bedrock = defineDialect({
  id: "bedrock",
  title: "Amazon Bedrock",
  kind: "inference",
  packages: ["@aws-sdk/client-bedrock-runtime", "@aws-sdk/client-sagemaker-runtime"],
  instances: { "*Client": { state: "client" } },
  states: { client: { members: { send: { call: { commands: { arg: 0, named: modelCommands } } } } } },
  documentation: "AWS SDK for JavaScript v3: Bedrock Runtime client",
});

/**
 * What operations have in common, and no route says itself: the problems of credentials, bodies and bugs,
 * and the headers of requests and answers.
 * @module
 */
import { type ProblemCode, PROBLEMS } from "../../contract/problem.ts";
import {
  type Answer,
  type Described,
  type Description,
  type Operation,
  operationsOf,
  type Schema,
} from "./openapi-document.ts";

const integer = (description: string): Schema => ({
  description,
  schema: { type: "integer", minimum: 0 },
});
const text = (description: string, schema: Schema = {}): Schema => ({
  description,
  schema: { type: "string", ...schema },
});
const always = (header: Schema): Schema => ({ ...header, required: true });

const HEADERS: Readonly<Record<string, Schema>> = {
  "X-Request-Id": always(text("The request's id: the caller's own, else a new one")),
  "Perigee-Request-Id": always(text("The same as X-Request-Id")),
  "Server-Timing": always(text("The measured steps in milliseconds", { example: "total;dur=3" })),
  "Perigee-Problem": always(text("The code of the error", { enum: Object.keys(PROBLEMS) })),
  "WWW-Authenticate": always(text("How to show a credential")),
  "Retry-After": text("Seconds until it is worth asking again: 1 to 30", {
    pattern: "^([1-9]|[12]\\d|30)$",
  }),
  "retry-after-ms": integer("The same in milliseconds, which OpenAI's clients prefer"),
  "x-should-retry": text("`false`: a repetition fails alike", { enum: ["false"] }),
  "Perigee-Refusal": text("Why no node takes the ask", { example: "dark, busy" }),
  "Perigee-Refused-At": text("For which instant of the mesh clock nodes were looked for", {
    format: "date-time",
  }),
  "RateLimit-Policy": text("The rate of the tenant, where it has one"),
  RateLimit: text("What is left of it, and until when"),
  "x-ratelimit-limit-requests": integer("Requests in a minute"),
  "x-ratelimit-remaining-requests": integer("Requests that are left now"),
  "x-ratelimit-reset-requests": text("Until all are there again", { pattern: "^[\\d.]+s$" }),
  "Idempotency-Replayed": text("The answer of an earlier request with this Idempotency-Key", {
    enum: ["true"],
  }),
  "Accept-Encoding": text("The codings that are taken"),
  "Content-Encoding": text("How the body is packed", { enum: ["gzip"] }),
  "Perigee-Node": always(text("The node that answered", { example: "G2A-017-042" })),
  "Perigee-Execution": always(text("The execution's id: its receipt has the same")),
  "Perigee-Light-Time-Ms": always(text("There and back, modelled", { pattern: "^\\d+\\.\\d{6}$" })),
  "Perigee-Emulate": text("The answer came when the modelled physics let it", {
    enum: ["latency"],
  }),
  "Inference-Header-Content-Length": integer("Bytes of the JSON, where tensors follow it as bytes"),
  "Perigee-Radio": always(text("The radio profile by which asks are placed", { example: "light" })),
  "Perigee-Cursor": always(text("Goes on after this page, now or when there are more")),
  Link: text("The next page, while there is one"),
};

const EVERYWHERE = ["X-Request-Id", "Perigee-Request-Id", "Server-Timing"];
const RATE = [
  "RateLimit-Policy",
  "RateLimit",
  "x-ratelimit-limit-requests",
  "x-ratelimit-remaining-requests",
  "x-ratelimit-reset-requests",
];
const BY_STATUS: Readonly<Record<string, readonly string[]>> = {
  401: ["WWW-Authenticate"],
  402: ["Retry-After"],
  409: ["Retry-After", "x-should-retry"],
  415: ["Accept-Encoding"],
  422: ["Perigee-Refusal", "Perigee-Refused-At"],
  429: ["Retry-After", "retry-after-ms"],
  503: [
    "Retry-After",
    "retry-after-ms",
    "x-should-retry",
    "Perigee-Refusal",
    "Perigee-Refused-At",
  ],
};
const INFERENCE = [
  "Perigee-Node",
  "Perigee-Execution",
  "Perigee-Light-Time-Ms",
  "Perigee-Emulate",
  "Inference-Header-Content-Length",
  "Content-Encoding",
];
const OF_SUCCESS: Readonly<Record<string, readonly string[]>> = {
  infer: INFERENCE,
  inferVersion: INFERENCE,
  createChatCompletion: INFERENCE,
  createCompletion: INFERENCE,
  createEmbedding: INFERENCE,
  createResponse: INFERENCE,
  readConstellation: ["Perigee-Radio"],

  listReceipts: ["Perigee-Cursor", "Link"],
  readPlacementArcs: ["Link"],
};

const ORIGIN = {
  name: "Perigee-Origin",
  in: "header",
  required: false,
  schema: { type: "string", example: "48.8566,2.3522" },
  description: "Where the caller is, where the request does not say: degrees north and east",
};
const TAKE_ORIGIN = [
  "route",
  "infer",
  "inferVersion",
  "createChatCompletion",
  "createCompletion",
  "createEmbedding",
  "createResponse",
  "listPasses",
];

const SESSION = {
  name: "x-session-affinity",
  in: "header",
  required: false,
  schema: { type: "string", maxLength: 256 },
  description:
    "Asks of one session go to the node that answered it last, where its prompt is cached",
};
const TAKE_SESSION = [
  "createChatCompletion",
  "createCompletion",
  "createEmbedding",
  "createResponse",
];

/** Adds to each operation the headers and answers that its route does not describe itself. */
export function addCommonParts(document: Description): void {
  document.components.headers = { ...HEADERS };
  for (const described of operationsOf(document)) {
    const { operation } = described;
    if (TAKE_ORIGIN.includes(operation.operationId ?? "")) {
      operation.parameters = [...(operation.parameters ?? []), ORIGIN];
    }
    if (TAKE_SESSION.includes(operation.operationId ?? "")) {
      operation.parameters = [...(operation.parameters ?? []), SESSION];
    }
    for (const code of commonCodes(described)) {
      const { status, title } = PROBLEMS[code];
      operation.responses[status] ??= problem(described, title);
    }
    for (const [status, answer] of Object.entries(operation.responses)) {
      answer.headers = {
        ...Object.fromEntries(headersOf(described, status).map((name) => [name, reference(name)])),
        ...answer.headers,
      };
    }
  }
}

const reference = (name: string): Schema => ({ $ref: `#/components/headers/${name}` });

function commonCodes({ method, operation }: Described): ProblemCode[] {
  const { security = [], parameters = [], requestBody } = operation;
  return [
    "internal",
    ...(parameters.length > 0 || requestBody ? ["invalid_request"] as const : []),
    ...(isClosed(operation) ? ["unauthenticated", "forbidden"] as const : []),
    ...(security.some((one) => "key" in one) ? ["rate_limited"] as const : []),
    ...(security.length > 0 ? ["ledger_unavailable"] as const : []),
    ...(requestBody || method === "post" ? ["request_timeout", "body_too_large"] as const : []),
    ...(requestBody ? ["unsupported_media_type"] as const : []),
  ];
}

/** Whether it answers nobody without a credential. */
const isClosed = ({ security = [] }: Operation): boolean =>
  security.length > 0 && security.every((one) => Object.keys(one).length > 0);

const problem = ({ path }: Described, description: string): Answer => ({
  description,
  content: path.startsWith("/v2")
    ? { "application/json": { schema: schemaOf("OipError") } }
    : { "application/problem+json": { schema: schemaOf("Problem") } },
});

const schemaOf = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

function headersOf({ method, operation }: Described, status: string): string[] {
  const { operationId = "", security = [] } = operation;
  const isProblem = Number(status) >= 400;
  return [
    ...EVERYWHERE,
    ...(isProblem
      ? ["Perigee-Problem", ...(BY_STATUS[status] ?? [])]
      : OF_SUCCESS[operationId] ?? []),
    ...(security.some((one) => "key" in one) ? RATE : []),
    ...(method === "post" ? ["Idempotency-Replayed"] : []),
  ];
}

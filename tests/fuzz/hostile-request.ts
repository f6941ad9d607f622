/**
 * Hostile requests to any route, made from what /openapi.json says of it.
 * @module
 */
import assert from "node:assert/strict";
import type { Random } from "../support/random.ts";
import type { Sent } from "../support/app-in-deno.ts";
import { hostileString, hostileValue, type Json, mutated, spoiled } from "./hostile.ts";

const LANGUAGE_MODEL = "small";

/** The setting of an engine that nobody reaches: what is asked of it has been taken for right. */
export const ENGINES = JSON.stringify({
  hosts: ["127.0.0.1:1"],
  models: {
    [LANGUAGE_MODEL]: {
      kind: "openai",
      base_url: "http://127.0.0.1:1/v1",
      model: "m",
      apis: ["chat", "completions", "embeddings"],
      operations_per_token: 1,
      memory_bytes: 1,
      max_tokens: 1_000_000,
    },
  },
});

const AREA: Json = {
  type: "Polygon",
  coordinates: [[[0, 40], [10, 40], [10, 50], [0, 50], [0, 40]]],
};

const POLICY: Json = {
  allow: [{ country: "FR" }, { area: AREA }, { node: "G2A-017-042" }],
  deny: [{ shell: "G2B" }],
};

const INFER: Json = {
  id: "a",
  parameters: {
    origin_lat: 48.86,
    origin_lon: 2.35,
    deadline_ms: 50,
    class: "realtime",
    policy: JSON.stringify(POLICY),
  },
  inputs: [{ name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] }],
  outputs: [{ name: "plan" }],
};

/** A right body of each route that takes one. */
const BODIES: Record<string, Json> = {
  "/v2/models/{name}/infer": INFER,
  "/v2/models/{name}/versions/{version}/infer": INFER,
  "/v2/repository/index": { ready: true },
  "/v1/route": {
    model: "scene-indices",
    origin: { lat: 48.86, lon: 2.35, alt_m: 35 },
    at: "2026-11-24T12:00:00Z",
    bytes_up: 1_000,
    bytes_down: 100,
    deadline_ms: 50,
    class: "batch",
    policy: POLICY,
  },
  "/v1/nodes/{id}/slow": { delay_ms: 1, lasts_ms: 1, stage: "answer" },
  "/v1/chat/completions": {
    model: LANGUAGE_MODEL,
    messages: [{ role: "user", content: [{ type: "text", text: "a" }] }],
    max_tokens: 5,
    n: 2,
    stop: ["b"],
    stream: true,
    stream_options: { include_usage: true },
    perigee: { origin: { lat: 48.86, lon: 2.35 }, deadline_ms: 50, policy: POLICY },
  },
  "/v1/completions": { model: LANGUAGE_MODEL, prompt: ["a", "b"], max_tokens: 5, n: 8 },
  "/v1/embeddings": {
    model: LANGUAGE_MODEL,
    input: [[1, 2], [3]],
    encoding_format: "base64",
    dimensions: 8,
  },
  "/v1/responses": {
    model: LANGUAGE_MODEL,
    instructions: "a",
    input: [{ role: "user", content: [{ type: "input_text", text: "a" }] }],
    max_output_tokens: 5,
    tools: [],
  },
  "/v1/prices": {
    valid_from: "2027-06-01T00:00:00.000Z",
    per_request: 1,
    per_mega_operation: 2,
    per_kilobyte: 3,
  },
  "/v1/tenants": { id: "globex", name: "Globex" },
  "/v1/tenants/{tenant}/invoices": { period: "2026-10" },
  "/v1/tenants/{tenant}/limits": { budget_microcredits: 1_000, requests_per_minute: 60 },
  "/v1/tenants/{tenant}/model-quota": { model_bytes_max: 1_000_000, models_max: 20 },
  "/v1/tenants/{tenant}/keys": {
    name: "ours",
    scopes: ["infer"],
    expires_at: "2027-01-01T00:00:00Z",
  },
  "/v1/admin-keys": { name: "night shift", expires_at: "2027-01-01T00:00:00Z" },
  "/v1/nodes/{id}/boards": { name: "bench 3", expires_at: "2027-01-01T00:00:00Z" },
  "/v1/tenants/{tenant}/keys/{id}/rotate": { overlap_s: 60 },
};

/** The route that takes a file, and a right one. */
const UPLOAD = "/v1/models/{name}";
const MODEL = Deno.readFileSync(new URL("../../models/onnx/drive-rss.onnx", import.meta.url));

const PLACES: Record<string, string> = {
  name: "drive-rss",
  id: "G2A-017-042",
  tenant: "acme",
  version: "1",
};

const RIGHT: Record<string, string> = {
  from: "2026-11-01T00:00:00Z",
  to: "2026-11-24T00:00:00Z",
  at: "2026-11-24T12:00:00Z",
  lat: "48.86",
  lon: "2.35",
  cursor: "eyJhdCI6MX0",
};

interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  schema: {
    enum?: string[];
    type?: string | string[];
    default?: Json;
    example?: Json;
    description?: string;
  };
}

export interface Operation {
  method: string;
  template: string;
  parameters: Parameter[];
  takesBody: boolean;
  /** What its requests are hostile to, each as text: its body, its query, and without a body its path's parts. */
  schemas: string[];
  asks: "key" | "admin" | null;
}

/** Every operation of an OpenAPI document that takes anything. */
export function operationsOf(text: string): Operation[] {
  // deno-lint-ignore no-explicit-any -- a document of OpenAPI
  const paths = JSON.parse(text).paths as Record<string, Record<string, any>>;
  return Object.entries(paths).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, operation]): Operation => ({
      method: method.toUpperCase(),
      template,
      parameters: operation.parameters ?? [],
      takesBody: "requestBody" in operation,
      schemas: schemasOf(operation.requestBody?.content, operation.parameters ?? []),
      asks: operation.security?.some((one: object) => "admin" in one)
        ? "admin"
        : operation.security
        ? "key"
        : null,
    }))
  ).filter(({ parameters, takesBody }) => takesBody || parameters.length > 0);
}

function schemasOf(body: object | undefined, parameters: Parameter[]): string[] {
  const query = parameters.filter((one) => one.in === "query")
    .map(({ name, schema }) => [name, schema]);
  // What is only told of a part of a path refuses nothing.
  const parts = parameters.filter((one) => one.in === "path")
    .map(({ schema: { example: _, description: __, ...schema } }) => schema);
  const schemas = [...(body ? [body] : parts), ...(query.length > 0 ? [query] : [])];
  return [...new Set(schemas.map((schema) => JSON.stringify(schema)))];
}

/** @param callers who may call it at all */
export function hostileRequest(
  random: Random,
  operation: Operation,
  callers: { admin: string; key: string },
): Sent {
  const { method, template, parameters, takesBody, asks } = operation;
  const ofPath = parameters.filter((one) => one.in === "path").map(({ name }) => name);
  const isPathHostile = ofPath.length > 0 && random.chance(takesBody ? 0.2 : 0.9);
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name) => {
    const text = isPathHostile ? hostileString(random).toWellFormed() : PLACES[name];
    return encodeURIComponent(template === UPLOAD && !isPathHostile ? "detector" : text) || "x";
  });
  const query = new URLSearchParams();
  const ofQuery = parameters.filter((one) => one.in === "query");
  for (const one of ofQuery) {
    if (random.chance(0.5)) continue;
    query.append(one.name, random.chance(0.6) ? hostileString(random) : right(random, one));
    if (random.chance(0.03)) query.append(one.name, hostileString(random));
  }
  // Something is nearly always wrong with it.
  if (ofQuery.length > 0 && random.chance(0.95)) {
    query.set(random.pick(ofQuery).name, hostileString(random));
  }
  if (random.chance(0.1)) query.append(hostileString(random), hostileString(random));
  const search = query.size > 0 ? `?${query}` : "";
  const headers: Record<string, string> = {};
  if (asks) headers.Authorization = `Bearer ${callers[asks]}`;
  for (const name of ["X-Request-Id", "Perigee-Origin", "Perigee-Emulate", "Accept"]) {
    if (random.chance(0.1)) headers[name] = headerText(hostileString(random));
  }
  for (const name of ["Content-Encoding", "Inference-Header-Content-Length"]) {
    if (takesBody && random.chance(0.02)) {
      headers[name] = random.chance(0.5)
        ? headerText(hostileString(random))
        : String(random.integer(0, 300));
    }
  }
  // One that is too long or no ASCII, as a right one would look for its keeper before anything else.
  if (method === "POST" && random.chance(0.02)) headers["Idempotency-Key"] = "k".repeat(256);
  if (!takesBody) return { method, path: path + search, headers };
  if (template === UPLOAD) return { method, path: path + search, ...hostileFile(random, headers) };
  headers["Content-Type"] = random.chance(0.95)
    ? "application/json"
    : headerText(hostileString(random));
  return { method, path: path + search, headers, body: hostileBody(random, template) };
}

function hostileBody(random: Random, template: string): string {
  const valid = BODIES[template];
  assert.ok(valid, `${template}: say what its body is`);
  const kind = random.next();
  if (kind < 0.1) return JSON.stringify(hostileValue(random));
  const text = JSON.stringify(mutated(random, valid));
  return kind < 0.3 ? spoiled(random, text) : text;
}

/** A file with some bytes changed, cut off or twice, and what the headers tell of it. */
function hostileFile(
  random: Random,
  headers: Record<string, string>,
): Pick<Sent, "headers" | "body"> {
  const file = MODEL.slice();
  const changes = random.chance(0.02) ? 0 : random.integer(1, 8);
  for (let i = 0; i < changes; i++) {
    file[random.integer(0, file.length - 1)] = random.integer(0, 255);
  }
  const whole = random.chance(0.8) ? file : file.slice(0, random.integer(0, file.length));
  const told = random.chance(0.9) ? String(whole.length) : headerText(hostileString(random));
  if (random.chance(0.1)) headers["Content-Digest"] = headerText(hostileString(random));
  headers["Content-Length"] = told;
  return { headers, body: whole };
}

function right(random: Random, { name, schema }: Parameter): string {
  if (schema.enum) return random.pick(schema.enum);
  return RIGHT[name] ?? String(schema.default ?? random.integer(0, 50));
}

/** What a header may carry at all. */
const headerText = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, "?").trim();

/** A seed for each operation. */
export const seedOf = ({ method, template }: Operation): number =>
  [...method + template].reduce(
    (hash, char) => Math.imul(hash ^ char.charCodeAt(0), 0x01000193),
    0x811c9dc5,
  );

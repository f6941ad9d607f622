/**
 * Holds every answer that a test gets against the mesh's own description: its status, its type, its body and
 * its headers. What asks the mesh for the tests calls checkAnswer(); a test of an answer that is not
 * described fails there.
 * @module
 */
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import assert from "node:assert/strict";
import {
  type Answer,
  type Description,
  operationsOf,
  type Schema,
} from "../../functions/docs/openapi-document.ts";

/** One exchange with the mesh. */
export interface Exchange {
  method: string;
  /** Where it was sent, or the path of that. */
  url: string;
  status: number;
  headers: Headers;
  /** Null: it is not to be read. */
  text: string | null;
}

// A larger answer is tensors or pages of rows, which take longer to check than to make.
const CHECKED_CHARS_MAX = 256_000;
// These are pages for people with their files, and the description itself.
const NOT_DESCRIBED = /^\/(?:(?:docs|console)(?:\/.*)?|openapi\.json)?$/;
// What a path that no operation has is answered with.
const UNKNOWN_STATUSES = ["400", "404", "405"];
// Headers of ours, none of which may come undescribed.
const OURS =
  /^(?:perigee-.*|(?:x-)?ratelimit.*|retry-after.*|x-should-retry|idempotency-replayed|inference-header.*|link|location|www-authenticate)$/;

const OIP_ERROR: Schema = { $ref: "#/components/schemas/OipError" };
const PROBLEM: Schema = { $ref: "#/components/schemas/Problem" };

/** Checks answers by one description. */
export class Described {
  readonly #ajv = new Ajv2020({ strict: false, validateSchema: false, allErrors: false });
  readonly #operations: { method: string; path: string; pattern: RegExp }[];
  readonly #document: Description;
  readonly #validators = new Map<Schema, ValidateFunction>();
  readonly #headers = new Map<Answer, Map<string, KnownHeader>>();

  constructor(document: Description) {
    this.#document = document;
    addFormats.default(this.#ajv);
    // Not the paths, which it would look through for schemas with names.
    this.#ajv.addSchema({ $id: "perigee", components: document.components });
    // A path without parameters comes before one that its text would fit as well.
    this.#operations = operationsOf(document)
      .map(({ method, path }) => ({
        method: method.toUpperCase(),
        path,
        pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}/?$`),
      }))
      .sort((a, b) => a.path.split("{").length - b.path.split("{").length);
  }

  /** @throws AssertionError that says what is not as described */
  check({ method, url, status, headers, text }: Exchange): void {
    const path = decoded(new URL(url, "http://mesh").pathname);
    if (NOT_DESCRIBED.test(path) || status === 101 || isPreflight(method, headers)) return;
    if (isOfEarlierRelease(status, headers)) return;
    const asked = method === "HEAD" ? "GET" : method;
    const found = this.#operations.find((one) => one.method === asked && one.pattern.test(path));
    const shown = `${method} ${path}: ${status} ${text?.slice(0, 300)}`;
    if (!found) return this.#checkUnknown(path, status, { headers, text, shown });
    const operation = this.#document.paths[found.path][found.method.toLowerCase()];
    const answer = operation.responses[status];
    assert.ok(answer, `${found.method} ${found.path} does not describe this status: ${shown}`);
    this.#checkHeaders(headers, answer, shown);
    if (method === "HEAD") return;
    // Whoever describes a type may say its parameters.
    const types = Object.keys(answer.content ?? {}).map((type) => type.split(";")[0]);
    const type = typeOf(headers);
    if (types.length === 0) return assert.ok(!text, `No body is described: ${shown}`);
    assert.ok(types.includes(type), `Of type "${type}", not ${types.join(" or ")}: ${shown}`);
    if (!/^application\/(?:[\w.-]+\+)?json$/.test(type)) return;
    const { schema = {} } = answer.content![type];
    this.#checkBody(schema, text, shown);
  }

  #checkUnknown(
    path: string,
    status: number,
    { headers, text, shown }: { headers: Headers; text: string | null; shown: string },
  ): void {
    assert.ok(
      UNKNOWN_STATUSES.includes(String(status)),
      `No such operation is described: ${shown}`,
    );
    const [type, schema] = path.startsWith("/v2")
      ? ["application/json", OIP_ERROR]
      : ["application/problem+json", PROBLEM];
    assert.equal(typeOf(headers), type, shown);
    if (text) this.#checkBody(schema, text, shown);
  }

  #checkBody(schema: Schema, text: string | null, shown: string): void {
    if (text === null || text.length > CHECKED_CHARS_MAX) return;
    const validate = this.#validator(schema);
    const [error] = validate(JSON.parse(text)) ? [] : validate.errors!;
    assert.ok(!error, `${error?.instancePath} ${error?.message}: ${shown}`);
  }

  #checkHeaders(headers: Headers, answer: Answer, shown: string): void {
    const known = this.#headersOf(answer);
    for (const name of headers.keys()) {
      assert.ok(known.has(name) || !OURS.test(name), `${name} is not described: ${shown}`);
    }
    for (const [name, { required, isInteger, validate }] of known) {
      const value = headers.get(name);
      if (value === null) assert.ok(!required, `${name} is missing: ${shown}`);
      else {
        const valid = validate(isInteger ? Number(value) : value);
        assert.ok(valid, `${name}: ${value} is not as described: ${shown}`);
      }
    }
  }

  /** By names in lower case, as they come. */
  #headersOf(answer: Answer): Map<string, KnownHeader> {
    const known = this.#headers.get(answer);
    if (known) return known;
    const headers = new Map(
      Object.keys(answer.headers ?? {}).map((name): [string, KnownHeader] => {
        const header = this.#document.components.headers?.[name];
        assert.ok(header, `components.headers has no ${name}`);
        const schema = header.schema as Schema;
        return [name.toLowerCase(), {
          required: header.required === true,
          isInteger: schema.type === "integer",
          validate: this.#validator(schema),
        }];
      }),
    );
    this.#headers.set(answer, headers);
    return headers;
  }

  #validator(schema: Schema): ValidateFunction {
    const known = this.#validators.get(schema);
    if (known) return known;
    const text = JSON.stringify(schema).replaceAll('"#/components/', '"perigee#/components/');
    const made = this.#ajv.compile(JSON.parse(text));
    this.#validators.set(schema, made);
    return made;
  }
}

interface KnownHeader {
  required: boolean;
  isInteger: boolean;
  validate: ValidateFunction;
}

let described: Promise<Described> | undefined;

/**
 * Reads the description of a mesh, once: all meshes of a process are of one release. Whoever kills a mesh
 * reads it before, as an answer that came just then could not be checked.
 */
export function readDescription(origin: string): Promise<Described> {
  described ??= fetch(`${origin}/openapi.json`).then(async (reply) => {
    assert.equal(reply.status, 200, "The mesh does not describe itself");
    return new Described(await reply.json());
  }).catch((error) => {
    described = undefined;
    throw error;
  });
  return described;
}

/** Checks an answer by the description of the mesh that gave it. */
export async function checkAnswer(exchange: Exchange): Promise<void> {
  (await readDescription(new URL(exchange.url).origin)).check(exchange);
}

/** As the router reads it: letters may be written as escapes. */
function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

const typeOf = (headers: Headers): string =>
  (headers.get("Content-Type") ?? "").split(";")[0].trim().toLowerCase();

const isPreflight = (method: string, headers: Headers): boolean =>
  method === "OPTIONS" && headers.has("Access-Control-Allow-Methods");

/** A kept error of a release before each had its code in a header: it is as that release wrote it. */
const isOfEarlierRelease = (status: number, headers: Headers): boolean =>
  status >= 400 && headers.has("Idempotency-Replayed") && !headers.has("Perigee-Problem");

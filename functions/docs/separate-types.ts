/**
 * Tells the types of requests from those of answers. A field with a default is one that a request may leave
 * out and that an answer always has; in a type for both, generated clients make a caller send it.
 * @module
 */
import { type Content, type Description, operationsOf, type Schema } from "./openapi-document.ts";

const REFERENCE = "#/components/schemas/";

type Direction = "request" | "answer";

/**
 * Rewrites the schemas by the direction in which they travel: a default becomes words in a request, and a
 * field that is there in an answer. A schema that travels both ways and is not the same in both is called
 * `...Input` in requests.
 * @param document is used up
 */
export function separateTypes(document: Description): Description {
  const { schemas } = document.components;
  const operations = operationsOf(document).map(({ operation }) => operation);
  const asked = reached(operations.flatMap(({ requestBody }) => requestBody ?? []), schemas);
  const given = reached(operations.flatMap(({ responses }) => Object.values(responses)), schemas);
  const both = new Set([...asked].filter((name) => given.has(name) && differs(name, schemas)));
  const rewrite = (direction: Direction) => (value: unknown) =>
    rewritten(value, direction, direction === "request" ? both : new Set());
  for (const { requestBody, responses } of operations) {
    if (requestBody) inContent(requestBody, rewrite("request"));
    for (const answer of Object.values(responses)) inContent(answer, rewrite("answer"));
  }
  document.components.schemas = Object.fromEntries(
    Object.entries(schemas).flatMap(([name, schema]) => [
      [name, rewrite(given.has(name) ? "answer" : "request")(schema) as Schema],
      ...(both.has(name) ? [[`${name}Input`, rewrite("request")(schema) as Schema]] : []),
    ]),
  );
  return document;
}

function inContent({ content = {} }: Content, rewrite: (value: unknown) => unknown): void {
  for (const media of Object.values(content)) media.schema = rewrite(media.schema) as Schema;
}

/** The names of all schemas that these parts of the document hold, or that those hold. */
function reached(from: unknown, schemas: Record<string, Schema>): Set<string> {
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    for (const part of objectsIn(value)) {
      const name = nameIn(part);
      if (name === null || names.has(name)) continue;
      names.add(name);
      visit(schemas[name]);
    }
  };
  visit(from);
  return names;
}

/** Whether the schema, or one that it holds, has a field with a default. */
const differs = (name: string, schemas: Record<string, Schema>): boolean =>
  [name, ...reached(schemas[name], schemas)].some((one) =>
    [...objectsIn(schemas[one])].some((part) => defaultsOf(part).length > 0)
  );

/** The fields of a schema that have a default. */
const defaultsOf = ({ properties }: Schema): string[] =>
  isObject(properties)
    ? Object.entries(properties).flatMap(([field, schema]) =>
      isObject(schema) && "default" in schema ? field : []
    )
    : [];

function rewritten(value: unknown, direction: Direction, renamed: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((one) => rewritten(one, direction, renamed));
  if (!isObject(value)) return value;
  const name = nameIn(value);
  if (name !== null) return { $ref: `${REFERENCE}${name}${renamed.has(name) ? "Input" : ""}` };
  const fields = defaultsOf(value);
  const copy: Schema = {};
  for (const [keyword, part] of Object.entries(value)) {
    copy[keyword] = rewritten(part, direction, renamed);
  }
  const properties = copy.properties as Record<string, Schema>;
  for (const field of fields) properties[field] = withoutDefault(properties[field], direction);
  if (direction === "answer" && fields.length > 0) {
    copy.required = [...new Set([...(copy.required as string[] ?? []), ...fields])];
  }
  return copy;
}

function withoutDefault({ default: value, ...schema }: Schema, direction: Direction): Schema {
  if (direction === "answer") return schema;
  const told = typeof schema.description === "string" ? `${schema.description}. ` : "";
  return { ...schema, description: `${told}Default: ${JSON.stringify(value)}` };
}

function nameIn({ $ref }: Schema): string | null {
  return typeof $ref === "string" && $ref.startsWith(REFERENCE)
    ? $ref.slice(REFERENCE.length)
    : null;
}

const isObject = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Every object within a JSON value, itself included. */
function* objectsIn(value: unknown): Generator<Schema> {
  if (typeof value !== "object" || value === null) return;
  if (isObject(value)) yield value;
  for (const child of Object.values(value)) yield* objectsIn(child);
}

/**
 * The parts of an OpenAPI document that the description is finished by.
 * @module
 */

/** A JSON Schema (2020-12), of which only references and defaults are looked at. */
export type Schema = { [keyword: string]: unknown };

/** What travels in one direction. */
export interface Content {
  content?: Record<string, { schema?: Schema }>;
}

/** One answer of an operation. */
export interface Answer extends Content {
  description: string;
  headers?: Record<string, Schema>;
}

/** One method of one path. */
export interface Operation {
  operationId?: string;
  security?: Record<string, string[]>[];
  parameters?: Schema[];
  requestBody?: Content;
  responses: Record<string, Answer>;
}

/** A whole document. */
export interface Description {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; headers?: Record<string, Schema> };
}

/** An operation, and where it is. */
export interface Described {
  path: string;
  method: string;
  operation: Operation;
}

/** Every operation of a document. */
export const operationsOf = ({ paths }: Pick<Description, "paths">): Described[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation }))
  );

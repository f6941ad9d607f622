/**
 * Zod schemas of the contract as the JSON Schema that MCP hosts read, with the descriptions and examples
 * that /openapi.json has.
 * @module
 */
import { getOpenApiMetadata } from "@asteasolutions/zod-to-openapi";
import { z } from "zod";

/** Hosts take no other type at the top of a tool's schema. */
export interface ObjectSchema {
  [keyword: string]: unknown;
  type: "object";
}

/**
 * @param io whether it is sent to us or by us: a field with a default must be there only in the latter
 * @throws Error if it is not the schema of an object
 */
export function jsonSchemaOf(schema: z.ZodType, io: "input" | "output"): ObjectSchema {
  const { $schema: _, type, ...rest } = z.toJSONSchema(schema, {
    io,
    // Custom types are described by what the override adds.
    unrepresentable: "any",
    override({ zodSchema, jsonSchema }) {
      // Zod types it by its core, the library of descriptions by its classic form: it is one object.
      Object.assign(jsonSchema, getOpenApiMetadata(zodSchema as unknown as z.ZodType));
      // The format says it; the pattern of an instant is 300 characters of a host's context.
      if (jsonSchema.format === "date-time") delete jsonSchema.pattern;
      // Sums may exceed it: Zod's bound of integers is not one of the wire's.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      // A newer mesh may say more than this contract knows, and hosts check answers by this.
      if (io === "output" && jsonSchema.additionalProperties === false) {
        delete jsonSchema.additionalProperties;
      }
    },
  });
  if (type !== "object") throw new Error(`A tool takes and gives objects, not ${type}`);
  return { type, ...rest };
}

/**
 * The table of contract/client.ts says of each route what the route says of itself.
 * @module
 */
import { OpenAPIHono, z } from "@hono/zod-openapi";
import assert from "node:assert/strict";
import { CLIENT_ROUTES } from "../../../contract/client.ts";
import { json } from "../../../contract/responses.ts";
import { appInDeno } from "../../support/app-in-deno.ts";

type Operation = {
  operationId?: string;
  parameters?: { name: string; in: string }[];
  requestBody?: { content: Record<string, { schema: unknown }> };
  responses: Record<string, { content: Record<string, { schema: unknown }> }>;
};
type Paths = Record<string, Record<string, Operation>>;

/** The routes of the table, described as if they were all there is. */
function tablesPaths(): Paths {
  const app = new OpenAPIHono();
  for (const [path, methods] of Object.entries(CLIENT_ROUTES)) {
    for (const [method, { query, json: body, answer, error }] of Object.entries<Row>(methods)) {
      app.openAPIRegistry.registerPath({
        method: method as "get" | "post" | "delete",
        path: path.replaceAll(/:(\w+)/g, "{$1}"),
        request: {
          ...(query && { query: query as z.ZodObject }),
          ...(body && { body: { content: { "application/json": { schema: body } } } }),
        },
        responses: { 200: json("", answer), 500: json("", error) },
      });
    }
  }
  const info = { openapi: "3.1.0", info: { title: "", version: "" } };
  return app.getOpenAPI31Document(info).paths as unknown as Paths;
}

type Row = { query?: z.ZodType; json?: z.ZodType; answer: z.ZodType; error: z.ZodType };

const schemaOf = (answer: Operation["responses"][string]) =>
  Object.values(answer.content)[0].schema;

Deno.test("Each row of the client's table is a route, with that query, that body and those answers", async () => {
  await using mesh = await appInDeno();
  const { text } = await mesh.send({ method: "GET", path: "/openapi.json" });
  const described: Paths = JSON.parse(text).paths;
  for (const [path, methods] of Object.entries(tablesPaths())) {
    for (const [method, row] of Object.entries(methods)) {
      const shown = `${method} ${path}`;
      const route = described[path]?.[method];
      assert.ok(route, `${shown} is no route`);
      assert.deepEqual(schemaOf(route.responses[200]), schemaOf(row.responses[200]), shown);
      assert.deepEqual(schemaOf(route.responses[500]), schemaOf(row.responses[500]), shown);
      const bodyOf = (one: Operation) => one.requestBody?.content["application/json"].schema;
      assert.deepEqual(bodyOf(route), bodyOf(row), shown);
      const queries = (one: Operation) =>
        (one.parameters ?? []).filter((p) => p.in === "query").map(({ name }) => name);
      for (const name of queries(row)) assert.ok(queries(route).includes(name), `${shown} ${name}`);
    }
  }
});

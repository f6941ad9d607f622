/**
 * The description as tools for OpenAPI see it, and as programs that are made from it do.
 * @module
 */
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { type RulesetDefinition, Spectral } from "@stoplight/spectral-core";
import { oas } from "@stoplight/spectral-rulesets";
import assert from "node:assert/strict";
import {
  type Description,
  operationsOf,
  type Schema,
} from "../../../../functions/docs/openapi-document.ts";
import { appInDeno } from "../../../support/app-in-deno.ts";

let text: string;
let document: Description & { tags: { name: string }[] };

Deno.test.beforeAll(async () => {
  await using mesh = await appInDeno();
  ({ text } = await mesh.send({ method: "GET", path: "/openapi.json" }));
  document = JSON.parse(text);
});

Deno.test("Redocly's recommended rules find no error in the description", async () => {
  const config = await createConfig({ extends: ["recommended"] });
  const found = await lintFromString({ source: text, absoluteRef: "/openapi.json", config });
  const errors = found.filter(({ severity }) => severity === "error");
  assert.deepEqual(errors.map(({ ruleId, message }) => `${ruleId}: ${message}`), []);
});

Deno.test("Spectral's recommended rules for OpenAPI find no error in the description", async () => {
  const spectral = new Spectral();
  spectral.setRuleset({ extends: [oas as RulesetDefinition], rules: {} });
  const ERROR = 0;
  const errors = (await spectral.run(JSON.parse(text))).filter(({ severity }) =>
    severity === ERROR
  );
  assert.deepEqual(errors.map(({ code, path, message }) => `${code} ${path}: ${message}`), []);
});

Deno.test("Every operation has an id of its own, one tag that is described, and says whom it asks", () => {
  const operations = operationsOf(document);
  const ids = operations.map(({ operation }) => operation.operationId);
  assert.ok(ids.every((id) => /^[a-z][A-Za-z]+$/.test(id ?? "")), String(ids));
  assert.equal(new Set(ids).size, ids.length);
  const tags = document.tags.map(({ name }) => name);
  for (const { operation } of operations) {
    const { operationId, tags: [tag], security } = operation as typeof operation & {
      tags: string[];
    };
    assert.ok(tags.includes(tag), `${operationId} ${tag}`);
    assert.ok(security, `${operationId} does not say`);
  }
});

/** Every object within a JSON value, itself included. */
function* objectsIn(value: unknown): Generator<Schema> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield value as Schema;
  for (const child of Object.values(value)) yield* objectsIn(child);
}

Deno.test("What a request may leave out, its type may, and an answer's has it", () => {
  const { schemas } = document.components;
  for (const part of objectsIn(schemas)) {
    for (const [name, field] of Object.entries(part.properties ?? {})) {
      assert.ok(!("default" in field), `${name} has a default, which generators read as required`);
    }
  }
  assert.deepEqual(schemas.GroundOrigin.required, ["lat", "lon", "alt_m"]);
  assert.deepEqual(schemas.GroundOriginInput.required, ["lat", "lon"]);
  assert.deepEqual(schemas.RouteRequest.required, ["model"]);
  const { alt_m } = schemas.GroundOriginInput.properties as Record<string, Schema>;
  assert.equal(alt_m.description, "Default: 0");
});

Deno.test("A placement that does not exist is described as null", () => {
  const { placement } = document.components.schemas.RouteAnswer.properties as Record<
    string,
    Schema
  >;
  assert.deepEqual(placement.anyOf, [
    { $ref: "#/components/schemas/RoutedPlacement" },
    { type: "null" },
  ]);
});

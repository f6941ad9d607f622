/**
 * What every answer carries, what the Open Inference Protocol asks for, and the API's own
 * description.
 * @module
 */
import assert from "node:assert/strict";
import { MODELS } from "../../../models/catalogue.ts";
import { PROBLEMS } from "../../../contract/problem.ts";
import { type Json, sharedMeshTest } from "../../support/mesh.ts";

const test = sharedMeshTest();

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("A request id of the caller's comes back, and one that is not fit to print is replaced", async (mesh) => {
  const idOf = async (given?: string) => {
    const headers: Record<string, string> = given === undefined ? {} : { "X-Request-Id": given };
    const reply = await mesh.call("/v2", { headers });
    const id = reply.headers.get("x-request-id");
    assert.equal(reply.headers.get("perigee-request-id"), id);
    return id ?? "";
  };
  for (const id of ["a", "trace_1.2-3", "x".repeat(128)]) assert.equal(await idOf(id), id);
  for (const id of [undefined, "", "x".repeat(129), "a b", 'a"b', "a\u00e9", "<script>"]) {
    assert.match(await idOf(id), UUID);
  }
  const ids = await Promise.all(Array.from({ length: 20 }, () => idOf()));
  assert.equal(new Set(ids).size, 20);
});

test("An error carries the request's id and its measured steps too", async (mesh) => {
  const reply = await mesh.call("/v1/nope", { headers: { "X-Request-Id": "mine" } });
  assert.equal(reply.headers.get("x-request-id"), "mine");
  assert.equal(reply.body.instance, "mine");
  assert.match(reply.headers.get("server-timing") ?? "", /^total;dur=\d+(\.\d+)?$/);
});

test("Server-Timing names every measured step, and none takes longer than the whole", async (mesh) => {
  const reply = await mesh.call("/v2/models/drive-rss/infer", {
    body: JSON.parse(
      await Deno.readTextFile(new URL("../../../docs/examples/drive-rss.json", import.meta.url)),
    ),
  });
  const steps = new Map(
    reply.headers.get("server-timing")!.split(", ").map((step) => {
      const [, name, ms] = /^(\w+);dur=(\d+(?:\.\d+)?)$/.exec(step)!;
      return [name, Number(ms)];
    }),
  );
  assert.deepEqual([...steps.keys()], ["auth", "place", "think", "total"]);
  for (const ms of steps.values()) assert.ok(ms <= steps.get("total")!);
});

test("The Open Inference Protocol's own questions are answered without a key", async (mesh) => {
  const get = async (path: string) => {
    const { status, body, text } = await mesh.call(path, { key: null });
    assert.equal(status, 200, `${path}: ${text}`);
    return body;
  };
  const server = await get("/v2");
  assert.deepEqual([server.name, typeof server.version], ["perigee", "string"]);
  assert.ok(Array.isArray(server.extensions));
  assert.deepEqual(await get("/v2/health/live"), { live: true });
  assert.deepEqual(await get("/v2/health/ready"), { ready: true });
  for (const spec of MODELS.values()) {
    const path = `/v2/models/${spec.name}`;
    const metadata = await get(path);
    assert.deepEqual(metadata, {
      name: spec.name,
      versions: [spec.version],
      platform: "onnxruntime_onnx",
      inputs: spec.inputs,
      outputs: spec.outputs,
    });
    assert.deepEqual(await get(`${path}/versions/${spec.version}`), metadata);
    assert.deepEqual(await get(`${path}/ready`), { name: spec.name, ready: true });
    assert.deepEqual(await get(`${path}/versions/${spec.version}/ready`), {
      name: spec.name,
      ready: true,
    });
  }
  for (const path of ["nope", "nope/ready", "drive-rss/versions/2", "drive-rss/versions/2/ready"]) {
    const { status, body } = await mesh.call(`/v2/models/${path}`, { key: null });
    assert.equal(status, 404, path);
    assert.deepEqual(Object.keys(body), ["error", "code"]);
  }
});

test("An answer holds only the outputs that were asked for, and the caller's id", async (mesh) => {
  const example = JSON.parse(
    await Deno.readTextFile(new URL("../../../docs/examples/scene-indices.json", import.meta.url)),
  );
  const { body } = await mesh.call("/v2/models/scene-indices/versions/1/infer", {
    body: { ...example, id: "only-class", outputs: [{ name: "class" }] },
  });
  assert.equal(body.id, "only-class");
  assert.deepEqual(body.outputs.map(({ name }: Json) => name), ["class"]);
});

const ROUTES = [
  "get /v2",
  "get /v2/health/live",
  "get /v2/health/ready",
  "get /v2/models/{name}",
  "get /v2/models/{name}/ready",
  "get /v2/models/{name}/stats",
  "get /v2/models/stats",
  "post /v2/models/{name}/infer",
  "post /v2/repository/index",
  "post /v1/route",
  "get /v1/nodes/{id}",
  "get /v1/constellation",
  "get /v1/placements",
  "get /v1/placements/{id}",
  "get /v1/usage",
  "get /v1/tenants",
  "post /v1/tenants",
  "get /v1/tenants/{tenant}/keys",
  "post /v1/tenants/{tenant}/keys",
  "delete /v1/tenants/{tenant}/keys/{id}",
];

interface Operation {
  method: string;
  path: string;
  operation: Json;
}

const operationsOf = (document: Json): Operation[] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods as Json).map(([method, operation]) => ({ method, path, operation }))
  );

/** Every object within a JSON value, itself included. */
function* objectsIn(value: Json): Generator<Json> {
  if (typeof value !== "object" || value === null) return;
  yield value;
  for (const child of Object.values(value)) yield* objectsIn(child);
}

test("/openapi.json is an OpenAPI 3.1 document whose every reference resolves and that lists every route", async (mesh) => {
  const { status, body: document } = await mesh.call("/openapi.json", { key: null });
  assert.equal(status, 200);
  assert.match(document.openapi, /^3\.1\.\d+$/);
  assert.ok(document.info.title && document.info.version && document.info.description);

  for (const { $ref } of objectsIn(document)) {
    if (typeof $ref !== "string") continue;
    assert.match($ref, /^#\//);
    const target = $ref.slice(2).split("/").reduce((node, key) => node?.[key], document);
    assert.equal(typeof target, "object", $ref);
  }

  const operations = operationsOf(document);
  const listed = new Set(operations.map(({ method, path }) => `${method} ${path}`));
  for (const route of ROUTES) assert.ok(listed.has(route), `${route} is not described`);

  for (const { method, path, operation } of operations) {
    const at = `${method} ${path}`;
    assert.ok(operation.summary, at);
    const templated = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const parameters = (operation.parameters ?? []).filter((p: Json) => p.in === "path");
    assert.deepEqual(parameters.map((p: Json) => p.name).sort(), templated.sort(), at);
    for (const parameter of parameters) assert.equal(parameter.required, true, at);
    for (const [code, response] of Object.entries<Json>(operation.responses)) {
      assert.match(code, /^[1-5]\d\d$/, at);
      assert.ok(response.description, `${at} ${code}`);
      for (const media of Object.values<Json>(response.content ?? {})) assert.ok(media.schema);
    }
    for (const scheme of (operation.security ?? []).flatMap(Object.keys)) {
      assert.ok(document.components.securitySchemes[scheme], `${at} needs ${scheme}`);
    }
  }
});

test("Every described operation exists: none of them is an unknown path", async (mesh) => {
  const { body: document } = await mesh.call("/openapi.json", { key: null });
  for (const { method, path, operation } of operationsOf(document)) {
    const url = path.replaceAll(/\{(\w+)\}/g, "unknown");
    const reply = await mesh.call(url, { key: null, method: method.toUpperCase() });
    const closed = operation.security.length > 0 &&
      operation.security.every((one: Json) => Object.keys(one).length > 0);
    if (closed) assert.equal(reply.status, 401, `${method} ${path}`);
    assert.doesNotMatch(reply.text, /Nothing is at/, `${method} ${path}`);
  }
});

test("/docs names every error, and loads nothing from elsewhere", async (mesh) => {
  const { status, headers, text } = await mesh.call("/docs", { key: null });
  assert.equal(status, 200);
  assert.match(headers.get("content-type") ?? "", /^text\/html; charset=utf-8$/i);
  assert.match(text.trimStart(), /^<!doctype html>/);
  // An error's `type` is a link to here.
  for (const code of Object.keys(PROBLEMS)) assert.ok(text.includes(`id="${code}"`), code);
  assert.doesNotMatch(text, /https?:\/\//);
  const policy = headers.get("content-security-policy")!;
  assert.match(policy, /^default-src 'none'; script-src 'self';/);
  assert.doesNotMatch(policy, /https?:|\*|unsafe-eval/);
  const scripts = [...text.matchAll(/<script src="([^"]+)"><\/script>/g)].map(([, src]) => src);
  assert.equal(scripts.length, text.split("<script").length - 1);
  for (const script of scripts) {
    const reply = await mesh.call(script, { key: null });
    assert.equal(reply.status, 200, script);
    assert.match(reply.headers.get("content-type") ?? "", /^text\/javascript\b/);
  }
});

test("/ is the console, of which nothing is inline, and nothing comes from elsewhere", async (mesh) => {
  const { status, headers, text } = await mesh.call("/", { key: null });
  assert.equal(status, 200);
  const policy = headers.get("content-security-policy")!;
  assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/);
  assert.match(policy, /require-trusted-types-for 'script'/);
  assert.doesNotMatch(policy, /https?:|\*|unsafe/);
  assert.doesNotMatch(text, /https?:\/\/|<style|style=|<script(?! type="module" src="\/console)/);
  const files = [...text.matchAll(/(?:href|src)="(\/console\/[^"]+)"/g)].map(([, path]) => path);
  assert.ok(files.length >= 3);
  for (const path of [...files, "/console/land.bin", "/console/places.json"]) {
    const reply = await mesh.call(path, { key: null });
    assert.equal(reply.status, 200, path);
    assert.equal(reply.headers.get("x-content-type-options"), "nosniff");
    assert.ok(reply.text.length > 100, path);
  }
});

test("GET /v1/sky tells anybody the shells in use, and what the mesh clock says", async (mesh) => {
  const before = Date.now();
  const { status, body } = await mesh.call("/v1/sky", { key: null });
  assert.equal(status, 200);
  const nodes = body.shells.reduce(
    (sum: number, shell: { planes: number; per_plane: number }) =>
      sum + shell.planes * shell.per_plane,
    0,
  );
  assert.equal(body.nodes, nodes);
  assert.equal(body.rate, 1);
  const at = Date.parse(body.at);
  assert.ok(before <= at && at <= Date.now());
  // Whose places follow from that has no knots.
  const path = `/v1/sky/catalogues/${body.constellation}`;
  for (
    const one of [path, `${path}/knots/${Math.floor(at / 60_000)}`, `${path}/nodes/G2A-017-042`]
  ) {
    const none = await mesh.call(one, { key: null });
    assert.equal(none.status, 404, one);
    assert.match(none.body.detail, /follow from its shells/);
  }
});

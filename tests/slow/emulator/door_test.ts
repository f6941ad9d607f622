/**
 * The door that callers on this machine reach: what only Miniflare's own knows is nothing here.
 * @module
 */
import assert from "node:assert/strict";
import { meshTest } from "../../support/mesh.ts";

const test = meshTest();

const ROUTE = { model: "drive-rss" };
const POSITION = `{"latitude":"10","longitude":"20"}`;

test("No MF-* header says where a caller is, changes what is asked, or is an error", async (mesh) => {
  const plain = await mesh.call("/v1/route", { body: ROUTE });
  assert.equal(plain.body.type, "/docs#origin_missing");
  for (
    const [name, value] of [
      ["MF-CF-Blob", POSITION],
      ["mf-cf-blob", POSITION],
      ["MF-CF-Blob", "{"],
      ["MF-CF-Blob", "null"],
      ["MF-Original-URL", "http://elsewhere.example/v2"],
      ["MF-Original-URL", "no url"],
      ["MF-Disable-Pretty-Error", "true"],
      ["MF-Proxy-Shared-Secret", "guess"],
      ["MF-Route-Override", "nobody"],
      ["MF-Op", "GET"],
      ["MF-Custom-Fetch-Service", "core:entry"],
    ]
  ) {
    const headers = { [name]: value };
    const routed = await mesh.call("/v1/route", { body: ROUTE, headers });
    assert.equal(routed.status, 400, `${name}: ${value}: ${routed.text}`);
    assert.equal(routed.body.type, "/docs#origin_missing", `${name}: ${value}`);
    const lost = await mesh.call("/nowhere", { headers });
    assert.equal(lost.body?.detail, "Nothing is at /nowhere", `${name}: ${value}`);
  }
});

test("Paths of Miniflare's own are nothing here", async (mesh) => {
  for (
    const path of ["/cdn-cgi/platform-proxy", "/cdn-cgi/handler/scheduled", "/cdn-cgi/explorer"]
  ) {
    const { status, body } = await mesh.call(path);
    assert.deepEqual([status, body?.type], [404, "/docs#not_found"], path);
  }
});

test("The door hands on method, query, body, repeated headers and the answer's status as they are", async (mesh) => {
  const head = await mesh.call("/v2/health/live", { method: "HEAD" });
  assert.deepEqual([head.status, head.text], [200, ""]);
  const options = await mesh.call("/v1/usage", { method: "OPTIONS" });
  assert.ok(options.status === 404 || options.status === 405, options.text);
  const page = await mesh.call("/v1/receipts?limit=0");
  assert.equal(page.status, 400);
  assert.match(page.text, /limit/);
  // Written by hand: fetch() sends none of these.
  const answer = (...lines: string[]) => raw(mesh.url, [...lines, "Connection: close", "", "{}"]);
  const get = "GET /v2 HTTP/1.1";
  const with_body = ["Host: a", "Content-Type: application/json", "Content-Length: 2"];
  assert.match(
    await answer(get, "Host: a", "Accept: a/b", "Accept: */*"),
    /^HTTP\/1\.1 200 OK\r\n/,
  );
  assert.match(await answer(get, ...with_body), /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(await answer("DELETE /v2 HTTP/1.1", ...with_body), /^HTTP\/1\.1 405 /);
  for (const host of ["[bad", "a b"]) {
    assert.match(await answer(get, `Host: ${host}`), /^HTTP\/1\.1 400 Bad Request\r\n/);
  }
});

test("Miniflare's own door, on another port, leads nowhere, whatever it is told", async (mesh) => {
  const own = `${await mesh.emulator.runtime.ready}`;
  assert.notEqual(new URL(own).port, new URL(mesh.url).port);
  const body = JSON.stringify(ROUTE);
  const authorization = `Authorization: Bearer ${mesh.emulator.secrets.dev_key}`;
  for (
    const told of [
      "Accept: */*",
      `MF-CF-Blob: ${POSITION}`,
      "MF-Original-URL: http://localhost/v1/route",
      "MF-Disable-Pretty-Error: true",
      "MF-Route-Override: perigee",
      "MF-Route-Override: nothing",
      "MF-Route-Override: nobody",
    ]
  ) {
    const answer = await raw(own, [
      "POST /v1/route HTTP/1.1",
      "Host: localhost",
      authorization,
      told,
      "Content-Type: application/json",
      `Content-Length: ${body.length}`,
      "Connection: close",
      "",
      body,
    ]);
    assert.match(answer, /^HTTP\/1\.1 404 /, told);
  }
  // Here Miniflare answers before it asks a worker: with nothing of the mesh, and nothing of this machine.
  for (const told of ["MF-CF-Blob: {", "MF-Original-URL: no url"]) {
    const answer = await raw(own, [
      "GET /v2 HTTP/1.1",
      "Host: a",
      told,
      "Connection: close",
      "",
      "",
    ]);
    assert.match(answer, /^HTTP\/1\.1 500 [^]*\r\n\r\nInternal Server Error$/, told);
  }
  // By way of the other door it is the mesh, which is told nothing of a place.
  const headers = ["MF-Route-Override: door", `MF-CF-Blob: ${POSITION}`, authorization];
  const length = `Content-Length: ${body.length}`;
  const type = "Content-Type: application/json";
  const post = ["POST /v1/route HTTP/1.1", "Host: a", ...headers, type, length];
  assert.match(await raw(own, [...post, "Connection: close", "", body]), /origin_missing/);
});

test("A CONNECT opens a tunnel that ends at once", async (mesh) => {
  const answer = await raw(mesh.url, ["CONNECT localhost:1 HTTP/1.1", "Host: a", "", ""]);
  assert.match(answer, /^HTTP\/1\.1 200 [^]*\r\n\r\n$/);
});

/** Sends lines as they are. @returns all that comes back */
async function raw(url: string, lines: string[]): Promise<string> {
  const { hostname, port } = new URL(url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  await connection.write(new TextEncoder().encode(lines.join("\r\n")));
  return await new Response(connection.readable).text();
}

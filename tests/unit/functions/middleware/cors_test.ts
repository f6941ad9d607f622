/**
 * Pages of other origins: which may ask, what they may send, and what they may read.
 * @module
 */
import assert from "node:assert/strict";
import { type AppInDeno, appInDeno, type Heard } from "../../../support/app-in-deno.ts";

const PAGE = "https://app.example";
const ORIGINS = { PERIGEE_CORS_ORIGINS: `${PAGE}, https://other.example:8443` };

const preflight = (
  mesh: AppInDeno,
  { origin, method, path, headers = "authorization" }: {
    origin: string;
    method: string;
    path: string;
    headers?: string;
  },
): Promise<Heard> =>
  mesh.send({
    method: "OPTIONS",
    path,
    headers: {
      Origin: origin,
      "Access-Control-Request-Method": method,
      "Access-Control-Request-Headers": headers,
    },
  });

const allowed = ({ headers }: Heard) => headers.get("Access-Control-Allow-Origin");
const corsHeaders = ({ headers }: Heard) =>
  [...headers.keys()].filter((name) => /^access-control-|^timing-allow/.test(name));

Deno.test("A preflight of a named origin is answered with what its clients send, and no more", async () => {
  await using mesh = await appInDeno(ORIGINS);
  const headers = "authorization,content-type,idempotency-key,inference-header-content-length," +
    "perigee-emulate,traceparent,x-request-id,x-stainless-lang,x-stainless-retry-count,x-other,cookie";
  for (const path of ["/v1/route", "/v2/models/drive-rss/infer"]) {
    const heard = await preflight(mesh, { origin: PAGE, method: "POST", path, headers });
    assert.deepEqual([heard.status, heard.text], [204, ""]);
    assert.equal(allowed(heard), PAGE);
    assert.equal(
      heard.headers.get("Access-Control-Allow-Headers"),
      headers.split(",").slice(0, -2).join(", "),
    );
    assert.match(heard.headers.get("Access-Control-Allow-Methods")!, /\bPOST\b.*\bDELETE\b/);
    assert.equal(heard.headers.get("Access-Control-Max-Age"), "7200");
    assert.match(heard.headers.get("Vary")!, /^Origin, /);
    assert.equal(heard.headers.get("Access-Control-Allow-Credentials"), null);
  }
});

Deno.test("An origin that is not named, or named in part, gets no leave, and its answers say so to caches", async () => {
  await using mesh = await appInDeno(ORIGINS);
  const strangers = [
    "https://app.example.evil",
    "http://app.example",
    "https://app.example:444",
    "https://other.example",
    "http://localhost:5173",
    "null",
  ];
  for (const origin of strangers) {
    const before = await preflight(mesh, { origin, method: "POST", path: "/v1/route" });
    assert.deepEqual([before.status, corsHeaders(before)], [405, []], origin);
    const heard = await mesh.send({ method: "GET", path: "/v2", headers: { Origin: origin } });
    assert.deepEqual([heard.status, corsHeaders(heard)], [200, []], origin);
    assert.equal(heard.headers.get("Vary"), "Origin");
  }
});

Deno.test("Errors, unknown paths and wrong methods are as readable to a page as an answer", async () => {
  await using mesh = await appInDeno(ORIGINS);
  const calls: [string, string, number, string[]][] = [
    ["GET", "/v2", 200, []],
    ["HEAD", "/v2", 200, []],
    ["POST", "/v1/route", 401, ["www-authenticate", "perigee-problem"]],
    ["POST", "/v2/models/drive-rss/infer", 401, ["www-authenticate", "perigee-problem"]],
    ["GET", "/v1/nope", 404, ["perigee-problem"]],
    ["PUT", "/v1/route", 405, ["allow", "perigee-problem"]],
    ["OPTIONS", "/v1/route", 405, ["allow", "perigee-problem"]],
  ];
  for (const [method, path, status, names] of calls) {
    const heard = await mesh.send({ method, path, headers: { Origin: PAGE } });
    const shown = `${method} ${path}`;
    assert.deepEqual([heard.status, allowed(heard)], [status, PAGE], shown);
    assert.equal(heard.headers.get("Timing-Allow-Origin"), PAGE, shown);
    const exposed = heard.headers.get("Access-Control-Expose-Headers")!.toLowerCase().split(", ");
    for (const name of ["x-request-id", "perigee-request-id", "server-timing", ...names]) {
      assert.ok(heard.headers.has(name), `${shown} has no ${name}`);
      assert.ok(exposed.includes(name), `${shown} does not expose ${name}`);
    }
    assert.match(heard.headers.get("Vary")!, /\bOrigin\b/, shown);
  }
});

Deno.test("A page reads the rate of its key, and an answer's own headers", async () => {
  await using mesh = await appInDeno(ORIGINS);
  const heard = await mesh.send({
    method: "GET",
    path: "/openapi.json",
    headers: { Origin: PAGE },
  });
  assert.match(heard.headers.get("Access-Control-Expose-Headers")!, /\betag\b/i);
});

Deno.test("No admin route answers a page, whatever its credential", async () => {
  await using mesh = await appInDeno(ORIGINS);
  const { text } = await mesh.send({ method: "GET", path: "/openapi.json" });
  const paths: [string, Record<string, { security?: Record<string, unknown>[] }>][] = Object
    .entries(
      JSON.parse(text).paths,
    );
  let admins = 0;
  for (const [template, methods] of paths) {
    for (const [method, { security = [] }] of Object.entries(methods)) {
      const isAdmins = security.length > 0 && security.every((one) => "admin" in one);
      const path = template.replaceAll(/\{\w+\}/g, "unknown");
      const asked = { origin: PAGE, method: method.toUpperCase(), path };
      const before = await preflight(mesh, asked);
      assert.equal(allowed(before), isAdmins ? null : PAGE, `${method} ${template}`);
      if (!isAdmins) continue;
      admins++;
      const heard = await mesh.send({
        method: asked.method,
        path,
        headers: { Origin: PAGE, Authorization: "Bearer nothing-of-this-name" },
      });
      assert.deepEqual([heard.status, corsHeaders(heard)], [401, []], `${method} ${template}`);
    }
  }
  assert.ok(admins >= 10, `${admins} admin routes are too few to be all`);
});

Deno.test("localhost stands for its pages on any port, and nothing is allowed unless it is named", async () => {
  await using local = await appInDeno({ PERIGEE_CORS_ORIGINS: "localhost" });
  for (const origin of ["http://localhost:5173", "https://localhost", "http://127.0.0.1:80"]) {
    assert.equal(allowed(await preflight(local, { origin, method: "GET", path: "/v2" })), origin);
  }
  for (
    const origin of ["http://localhost.evil", "http://localhost:80@evil", "http://evil/localhost"]
  ) {
    assert.equal(allowed(await preflight(local, { origin, method: "GET", path: "/v2" })), null);
  }
  await using none = await appInDeno();
  const heard = await none.send({ method: "GET", path: "/v2", headers: { Origin: PAGE } });
  assert.deepEqual([corsHeaders(heard), heard.headers.get("Vary")], [[], null]);
});

/**
 * A response that never changes is made once, and sent to those who do not have it.
 * @module
 */
import assert from "node:assert/strict";
import { Hono } from "hono";

// Named by a variable: its types are workerd's, which Deno's check of this file does not know.
const MODULE = "../../../../functions/docs/constant.ts";
const { serveConstant } = await import(MODULE) as {
  serveConstant(app: Hono, path: string, what: { type: string; make: () => string }): void;
};

Deno.test("serveConstant() makes a body once, and answers 304 to whoever has it", async () => {
  const app = new Hono();
  let made = 0;
  serveConstant(app, "/page", { type: "text/plain", make: () => `body ${++made}` });
  assert.equal(made, 0, "nothing is made before somebody asks");
  const get = (has?: string) =>
    app.request("/page", { headers: has === undefined ? {} : { "If-None-Match": has } });
  const first = await get();
  const etag = first.headers.get("ETag")!;
  assert.equal(first.headers.get("Content-Type"), "text/plain");
  assert.equal(await first.text(), "body 1");
  for (const has of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
    const reply = await get(has);
    assert.deepEqual([reply.status, await reply.text()], [304, ""], has);
    assert.equal(reply.headers.get("ETag"), etag);
  }
  for (const has of ['"other"', "", etag.slice(1, -1)]) {
    const reply = await get(has);
    assert.deepEqual([reply.status, await reply.text()], [200, "body 1"], has);
  }
  assert.equal(made, 1);
});

/**
 * Bodies that do not come whole: their callers' fault, and no bug of ours.
 * @module
 */
import assert from "node:assert/strict";
import { sharedMeshTest } from "../../support/mesh.ts";
import { sendRaw } from "../../support/raw-http.ts";

const test = sharedMeshTest();

const PATHS = ["/v1/route", "/v2/models/drive-rss/infer"];

const CUTS = {
  "a body that is shorter than its length": { headers: ["Content-Length: 100"], part: "{" },
  "a chunk that is cut off": { headers: ["Transfer-Encoding: chunked"], part: "10\r\n{" },
  "a chunk of no size": { headers: ["Transfer-Encoding: chunked"], part: "zz\r\n{}\r\n0\r\n\r\n" },
  "chunks without an end": { headers: ["Transfer-Encoding: chunked"], part: "2\r\n{}\r\n" },
};

test("A body that does not come whole is 400, and frees its Idempotency-Key", async (mesh) => {
  const key = await mesh.tenant("cutting");
  for (const path of PATHS) {
    for (const [what, cut] of Object.entries(CUTS)) {
      for (const keyed of [[], ["Idempotency-Key: cut"]]) {
        const headers = [...cut.headers, ...keyed];
        const text = await sendRaw(mesh, { path, key, ...cut, headers, then: "end" });
        const shown = `${path}, ${what}: ${text.slice(0, 400)}`;
        assert.match(text, /^HTTP\/1.1 400 /, shown);
        assert.match(text, /ended before it was whole/, shown);
      }
      await sendRaw(mesh, { path, key, ...cut, then: "hang up" });
    }
  }
  // The key is free: what came was no request.
  const { status, text } = await mesh.call("/v1/route", {
    key,
    headers: { "Idempotency-Key": "cut" },
    body: { model: "drive-rss", origin: { lat: 20, lon: 30 } },
  });
  assert.equal(status, 200, text);
});

/**
 * /docs and /openapi.json: whole at the first request, and not sent again to whoever has them.
 * @module
 */
import assert from "node:assert/strict";
import { sharedMeshTest } from "../../support/mesh.ts";

const test = sharedMeshTest();

test("/docs and /openapi.json are the same at every request, and 304 to whoever has them", async (mesh) => {
  for (
    const [path, type, holds] of [
      ["/docs", "text/html; charset=UTF-8", "<h2>Errors</h2>"],
      ["/openapi.json", "application/json", '"/v2/models/{name}/infer"'],
    ]
  ) {
    const first = await mesh.call(path, { key: null });
    assert.equal(first.status, 200);
    assert.equal(first.headers.get("Content-Type"), type);
    assert.ok(first.text.includes(holds), path);
    const again = await mesh.call(path, { key: null });
    assert.equal(again.text, first.text);
    const etag = first.headers.get("ETag")!;
    const had = await mesh.call(path, { key: null, headers: { "If-None-Match": etag } });
    assert.deepEqual([had.status, had.text, had.headers.get("ETag")], [304, "", etag]);
    assert.ok(had.headers.get("x-request-id"));
  }
});

import assert from "node:assert/strict";
import { TrieRouter } from "hono/router/trie-router";
import { RememberedRouter } from "../../../functions/remembered-router.ts";
import { seeded } from "../../support/random.ts";

const ROUTES = [
  ["ALL", "*"],
  ["POST", "/v2/models/:name/infer"],
  ["POST", "/v2/models/:name/versions/:version/infer"],
  ["GET", "/v2/models/:name"],
  ["GET", "/v2/models/stats"],
  ["ALL", "/v2/models/:name/infer"],
  ["POST", "/v1/route"],
] as const;

Deno.test("RememberedRouter finds what the trie router finds, however often and in whatever order it is asked", () => {
  const { pick, integer } = seeded(1);
  const plain = new TrieRouter<string>();
  const remembered = new RememberedRouter<string>();
  for (const [method, path] of ROUTES) {
    plain.add(method, path, `${method} ${path}`);
    remembered.add(method, path, `${method} ${path}`);
  }
  for (let i = 0; i < 5_000; i++) {
    const path = pick([
      "/v1/route",
      "/v2/models/stats",
      `/v2/models/m${integer(0, 200)}/infer`,
      `/v2/models/m/versions/${integer(0, 300)}/infer`,
      `/${"x".repeat(integer(0, 300))}`,
    ]);
    const method = pick(["GET", "POST", "DELETE"]);
    assert.deepEqual(
      remembered.match(method, path),
      plain.match(method, path),
      `${method} ${path}`,
    );
  }
});

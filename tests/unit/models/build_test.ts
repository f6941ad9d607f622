import assert from "node:assert/strict";
import { build } from "../../../models/build.ts";

Deno.test("build() gives the committed bytes, every time", async () => {
  const [first, second] = [build(), build()];
  assert.deepEqual(first, second);
  for (const [path, bytes] of first) {
    const committed = await Deno.readFile(new URL(`../../../models/${path}`, import.meta.url));
    assert.deepEqual(bytes, committed, `models/${path} is stale: run models/build.ts`);
  }
});

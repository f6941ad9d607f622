import assert from "node:assert/strict";
import { VERSION } from "../../../contract/version.ts";

const read = (path: string) => Deno.readTextFile(new URL(`../../../${path}`, import.meta.url));

Deno.test("VERSION is what deno.json states", async () => {
  assert.equal(VERSION, JSON.parse(await read("deno.json")).version);
});

Deno.test("CHANGELOG.md tells of VERSION, below what is unreleased", async () => {
  const headings = (await read("CHANGELOG.md")).matchAll(/^## \[(.+?)\]/gm);
  const versions = [...headings].map(([, version]) => version);
  assert.deepEqual(versions.slice(0, 2), ["Unreleased", VERSION]);
});

/**
 * Clients whose types come from the mesh: Hono's from contract/, and one that is made from the description.
 * Each example is checked by the compiler and run as it stands, so that a cast would be seen in it.
 * @module
 */
import openapiTS, { astToString } from "openapi-typescript";
import { hc } from "hono/client";
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { Perigee } from "../../../contract/client.ts";
import { type Mesh, sharedMeshTest } from "../../support/mesh.ts";

const test = sharedMeshTest();

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

const PLACED = /^\S+, \d+ km, of \d+ candidates$/m;
const ASKED = /^from \S+, for \d+ micro-credits$/m;

async function deno(args: string[], mesh: Mesh): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    env: {
      PERIGEE_URL: mesh.url,
      PERIGEE_KEY: mesh.emulator.secrets.dev_key,
      NO_COLOR: "1",
    },
  }).output();
  const text = new TextDecoder();
  assert.ok(success, `${text.decode(stdout)}${text.decode(stderr)}`);
  return text.decode(stdout);
}

test("examples/hc.ts places and asks, with the types of contract/", async (mesh) => {
  const printed = await deno(["run", "--check", "-A", "examples/hc.ts"], mesh);
  assert.match(printed, PLACED);
  assert.match(printed, ASKED);
});

test("hc() knows what a request may leave out, and that a placement may be null", async (mesh) => {
  const client = hc<Perigee>(mesh.url, {
    headers: { Authorization: `Bearer ${mesh.emulator.secrets.dev_key}` },
  });
  const reply = await client.v1.route.$post({ json: { model: "scene-indices" } });
  assert.equal(reply.status, 400);
  if (!reply.ok) assert.equal((await reply.json()).error.code, "origin_missing");
  const origin = { lat: 48.8566, lon: 2.3522 };
  // What follows is held by the compiler: without an error there, each of these would be one.
  // @ts-expect-error -- a model's name is needed
  await (await client.v1.route.$post({ json: { origin } })).text();
  const routed = await client.v1.route.$post({ json: { model: "scene-indices", origin } });
  assert.ok(routed.ok);
  const { placement } = await routed.json();
  // @ts-expect-error -- it may be null
  const { node } = placement;
  const page = await client.v1.nodes.$get({ query: { limit: "2", sunlit: "true" } });
  assert.ok(page.ok);
  const nodes: { id: string; sunlit: boolean }[] = (await page.json()).data;
  assert.equal(nodes.length, 2);
  assert.ok(nodes.every(({ sunlit }) => sunlit));
  const one = await client.v1.nodes[":id"].$get({ param: { id: node } });
  assert.equal(one.status, 200);
  await one.text();
});

test("A client made from the description by openapi-typescript type-checks and runs without a cast", async (mesh) => {
  const { text } = await mesh.call("/openapi.json");
  const example = await Deno.readTextFile(`${ROOT}examples/openapi-fetch.ts`);
  assert.doesNotMatch(example, /\bas\b(?! it| bytes)|\bany\b|@ts-|!\./, "a cast");
  const folder = await Deno.makeTempDir({ prefix: "perigee-client-" });
  try {
    await Deno.writeTextFile(`${folder}/perigee.d.ts`, astToString(await openapiTS(text)));
    await Deno.writeTextFile(`${folder}/openapi-fetch.ts`, example);
    const config = ["--config", `${ROOT}deno.json`];
    const printed = await deno(
      ["run", "--check", "-A", ...config, `${folder}/openapi-fetch.ts`],
      mesh,
    );
    assert.match(printed, PLACED);
    assert.match(printed, ASKED);
    assert.match(printed, /^served by \d+ nodes until /m);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

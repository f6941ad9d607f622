/**
 * Generated constellations over the worker's routes, with every object away: what they need of the sky
 * they work out themselves.
 */
import assert from "node:assert/strict";
import { appInDeno } from "../../../support/app-in-deno.ts";

const EXAMPLES = new URL("../../../../docs/examples/constellations/", import.meta.url);
const read = (file: string) => Deno.readTextFileSync(new URL(file, EXAMPLES));

/** Setting, nodes, a latitude that some node always stands high above, and the last node. */
const CASES: readonly (readonly [string, string, number, number, string])[] = [
  ["iridium.json", read("iridium.json"), 66, 88, "IR-005-010"],
  ["kuiper.json", read("kuiper.json"), 3_236, 48, "K590-027-027"],
  ["telesat.json", read("telesat.json"), 1_671, 48, "INCL-039-032"],
  ["orbital-data-centre-filed", "orbital-data-centre-filed", 998_400, 48, "S1975-127-129"],
];

for (const [name, setting, count, lat, last] of CASES) {
  Deno.test(`${name} is routed, listed and watched, and no object is asked for the sky`, async () => {
    await using app = await appInDeno({ PERIGEE_CONSTELLATION: setting });
    const headers = { Authorization: `Bearer ${app.key}`, "Content-Type": "application/json" };
    const get = async (path: string) => {
      const { status, text, reached } = await app.send({ method: "GET", path, headers });
      assert.equal(status, 200, text);
      assert.equal(reached, false, path);
      return JSON.parse(text);
    };
    const body = JSON.stringify({
      model: "drive-rss",
      origin: { lat, lon: 2.3522 },
    });
    const routed = await app.send({ method: "POST", path: "/v1/route", headers, body });
    assert.equal(routed.status, 200, routed.text);
    const { placement, candidates } = JSON.parse(routed.text);
    assert.ok(placement.node && candidates.length > 0, routed.text);

    const page = await get("/v1/nodes?limit=100");
    assert.equal(page.data.length, Math.min(100, count));
    const shell = last.split("-")[0];
    const of = await get(`/v1/nodes?limit=1000&shell=${shell}&cursor=${last}`);
    assert.deepEqual(of.data.map(({ id }: { id: string }) => id), [last]);
    assert.equal(of.next, null);

    const watched = await get(`/v1/passes?lat=${lat}&lon=2.3522&minutes=2&mask_deg=10`);
    assert.ok(watched.serving.some(({ node }: { node: string | null }) => node !== null));
  });
}

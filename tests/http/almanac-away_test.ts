/**
 * A mesh of a catalogue whose ledger answers and whose almanac does not: nobody can be placed. A generated
 * constellation needs none.
 */
import assert from "node:assert/strict";
import { appInDeno } from "../support/app-in-deno.ts";

const ORIGIN = { lat: 48.86, lon: 2.35 };
const INFERENCE = {
  parameters: { origin_lat: ORIGIN.lat, origin_lon: ORIGIN.lon },
  inputs: [{ name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] }],
};
const UNKNOWN = "Which nodes fly is not known just now";

// workerd's; an empty one, so that the almanac's object is asked.
Object.assign(caches, {
  default: { match: () => Promise.resolve(undefined), put: () => Promise.resolve() },
});

Deno.test("Without an almanac a mesh lives and is not ready, and what needs a place is 503, not 500", async () => {
  await using app = await appInDeno({ PERIGEE_CONSTELLATION: "catalogue" });
  const get = (path: string) => app.send({ method: "GET", path });
  const post = (path: string, body: unknown) =>
    app.send({
      method: "POST",
      path,
      headers: { Authorization: `Bearer ${app.key}`, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  assert.equal((await get("/v2/health/live")).status, 200);
  const ready = await get("/v2/health/ready");
  assert.ok(ready.reached, "The almanac has been asked");
  assert.equal(ready.status, 503);
  assert.deepEqual(JSON.parse(ready.text), { ready: false, error: UNKNOWN, code: "not_ready" });
  const routed = await post("/v1/route", { model: "drive-rss", origin: ORIGIN });
  assert.ok(routed.reached, "The almanac has been asked");
  assert.equal(routed.status, 503);
  assert.equal(JSON.parse(routed.text).error.code, "almanac_unavailable");
  const inferred = await post("/v2/models/drive-rss/infer", INFERENCE);
  assert.equal(inferred.status, 503);
  assert.deepEqual(JSON.parse(inferred.text), { error: UNKNOWN, code: "almanac_unavailable" });
  const knot = await get("/v1/sky/catalogues/any/knots/29577600");
  assert.equal(knot.status, 503);
  assert.equal(JSON.parse(knot.text).error.code, "almanac_unavailable");
  assert.equal((await get("/v2/health/live")).status, 200);
});

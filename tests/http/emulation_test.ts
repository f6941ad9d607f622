/**
 * `Perigee-Emulate: latency`: an answer never comes before the modelled physics lets it. How late the
 * machine makes it is nobody's promise, and no test's.
 * @module
 */
import assert from "node:assert/strict";
import { type Call, type Mesh, meshTest } from "../support/mesh.ts";

// At a tenth of real time a light time of 2 ms is 20 ms on the wall: seen by any clock.
const RATE = 0.1;
const test = meshTest({ PERIGEE_CLOCK: `2026-03-20T12:00:00Z@${RATE}` });

const SIZE = 48;
const body = {
  parameters: { origin_lat: 48.86, origin_lon: 2.35 },
  inputs: [{
    name: "reflectance",
    datatype: "FP32",
    shape: [1, 6, SIZE, SIZE],
    data: Array.from({ length: 6 * SIZE * SIZE }, (_, i) => (i % 97) / 97),
  }],
};

async function timed(mesh: Mesh, call: Call) {
  const from = performance.now();
  const reply = await mesh.call("/v2/models/scene-indices/infer", { body, ...call });
  return { reply, took_ms: performance.now() - from };
}

test("Perigee-Emulate: latency holds an answer until its modelled time has passed on the mesh clock", async (mesh) => {
  for (let i = 0; i < 5; i++) {
    const { reply, took_ms } = await timed(mesh, { headers: { "Perigee-Emulate": "latency" } });
    assert.equal(reply.status, 200, reply.text);
    assert.equal(reply.headers.get("Perigee-Emulate"), "latency");
    const { modelled_total_ms, measured_wall_ms } = reply.body.parameters;
    // 55 KB up at 40 Mb/s alone are 11 ms, 110 ms on the wall.
    assert.ok(modelled_total_ms > 11, reply.text);
    // The platform's clock counts milliseconds, at either end.
    assert.ok(took_ms >= modelled_total_ms / RATE - 2, `${took_ms} ms for ${modelled_total_ms}`);
    assert.ok(measured_wall_ms >= modelled_total_ms / RATE - 2, reply.text);
  }
});

test("Without the header an answer says the same times and does not claim to have kept them", async (mesh) => {
  const { reply } = await timed(mesh, {});
  assert.equal(reply.status, 200, reply.text);
  assert.equal(reply.headers.get("Perigee-Emulate"), null);
  assert.ok(reply.body.parameters.modelled_total_ms > 11, reply.text);
});

test("Perigee-Emulate takes no other word", async (mesh) => {
  const { reply } = await timed(mesh, { headers: { "Perigee-Emulate": "gravity" } });
  assert.equal(reply.status, 400, reply.text);
  assert.match(reply.text, /Perigee-Emulate/);
});

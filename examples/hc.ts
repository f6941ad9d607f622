/**
 * Hono's typed client: what is sent and what comes back has the types of the mesh's own schemas.
 *
 *   npx deno run --allow-env --allow-net examples/hc.ts
 *
 * PERIGEE_URL is where the mesh answers, PERIGEE_KEY a tenant's key.
 */
import { hc } from "hono/client";
import type { Perigee } from "../contract/client.ts";

const mesh = hc<Perigee>(Deno.env.get("PERIGEE_URL") ?? "http://localhost:8787", {
  headers: { Authorization: `Bearer ${Deno.env.get("PERIGEE_KEY")}` },
});

const routed = await mesh.v1.route.$post({
  json: { model: "drive-rss", origin: { lat: 52.5163, lon: 13.3777 }, class: "realtime" },
});
if (!routed.ok) throw new Error((await routed.json()).detail);
const { placement, candidates } = await routed.json();
// No node may be free to serve: the types say so.
const distance = placement?.slant_range_km?.toFixed(0) ?? "unknown";
console.log(`${placement?.node ?? "nobody"}, ${distance} km, of ${candidates.length} candidates`);

const asked = await mesh.v2.models[":name"].infer.$post({
  param: { name: "drive-rss" },
  json: {
    parameters: { origin_lat: 52.5163, origin_lon: 13.3777 },
    inputs: [{
      name: "state",
      shape: [1, 6],
      datatype: "FP32",
      data: [13.9, 13.9, 50, 1, 3.5, 8],
    }],
  },
});
if (!asked.ok) throw new Error((await asked.json()).error);
const { parameters, outputs } = await asked.json();
for (const { name, data } of outputs) console.log(name, JSON.stringify(data));
console.log(`from ${parameters.node}, for ${parameters.charge_microcredits} micro-credits`);

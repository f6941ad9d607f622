/**
 * A client that is made from the description alone. Its types come first:
 *
 *   npx deno run -A npm:openapi-typescript@7.13.0 $PERIGEE_URL/openapi.json -o examples/perigee.d.ts
 *
 * and then it runs:
 *
 *   npx deno run --allow-env --allow-net examples/openapi-fetch.ts
 *
 * PERIGEE_URL is where the mesh answers, PERIGEE_KEY a tenant's key.
 */
import createClient from "openapi-fetch";
import type { paths } from "./perigee.d.ts";

const mesh = createClient<paths>({
  baseUrl: Deno.env.get("PERIGEE_URL") ?? "http://localhost:8787",
  headers: { Authorization: `Bearer ${Deno.env.get("PERIGEE_KEY")}` },
});

const routed = await mesh.POST("/v1/route", {
  body: { model: "drive-rss", origin: { lat: 52.5163, lon: 13.3777 } },
});
if (!routed.data) throw new Error(routed.error.detail);
const { placement, candidates } = routed.data;
const distance = placement?.slant_range_km?.toFixed(0) ?? "unknown";
console.log(`${placement?.node ?? "nobody"}, ${distance} km, of ${candidates.length} candidates`);

const asked = await mesh.POST("/v2/models/{name}/infer", {
  params: { path: { name: "drive-rss" } },
  body: {
    parameters: { origin_lat: 52.5163, origin_lon: 13.3777 },
    inputs: [{
      name: "state",
      shape: [1, 6],
      datatype: "FP32",
      data: [13.9, 13.9, 50, 1, 3.5, 8],
    }],
  },
});
if (asked.error) throw new Error(asked.error.error);
// Bytes, which came only if they were asked for.
if (typeof asked.data === "string") throw new Error("The outputs came as bytes");
for (const { name, data } of asked.data.outputs) console.log(name, JSON.stringify(data));
const { node, charge_microcredits } = asked.data.parameters;
console.log(`from ${node}, for ${charge_microcredits} micro-credits`);

const passes = await mesh.GET("/v1/passes", {
  params: { query: { lat: 52.5163, lon: 13.3777, minutes: 5 } },
});
if (!passes.data) throw new Error(passes.error.detail);
console.log(`served by ${passes.data.serving.length} nodes until ${passes.data.until}`);

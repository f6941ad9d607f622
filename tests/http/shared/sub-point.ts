/**
 * From right below a node it stands at the zenith, where rounding once made `asin` of more than 1.
 */
import assert from "node:assert/strict";
import { type Json, type Mesh, sharedMeshTest } from "../../support/mesh.ts";
import { seeded } from "../../support/random.ts";

const test = sharedMeshTest();

const ASKS = 1_000;
const AT_ONCE = 8;

/** Each figure of an answer that says null, by its path. */
function* nulls(value: Json, path = ""): Generator<string> {
  if (value === null) yield path;
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) yield* nulls(inner, `${path}/${key}`);
}

interface SubPoint {
  lat: number;
  lon: number;
  /** When a node stood above it. */
  at: string;
}

async function subPoints(mesh: Mesh): Promise<SubPoint[]> {
  const random = seeded(11);
  const points: SubPoint[] = [];
  for (let page = 0; points.length < ASKS; page++) {
    const shell = random.pick(["G1A", "G1B", "G2A", "G2E", "G2G", "VA"]);
    const { status, body, text } = await mesh.call(`/v1/nodes?shell=${shell}&limit=1000`);
    assert.equal(status, 200, text);
    const computed = body.data.filter(({ modelled }: Json) => modelled.source === "computed");
    for (let i = 0; i < 250; i++) {
      const { sub_point, modelled } = random.pick<Json>(computed);
      points.push({ ...sub_point, at: modelled.as_of });
    }
  }
  return points.slice(0, ASKS);
}

async function each<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (const item of rest) await run(item);
  }));
}

test("A thousand routes and inferences from nodes' own sub-points have no figure that is null", async (mesh) => {
  const points = await subPoints(mesh);
  let zenith = 0;
  await each(points, async ({ lat, lon, at }) => {
    const body = { model: "drive-rss", origin: { lat, lon }, at };
    const { status, body: { placement, candidates }, text } = await mesh.call("/v1/route", {
      body,
    });
    assert.equal(status, 200, text);
    zenith = Math.max(zenith, placement.elevation_deg);
    for (const figures of [placement, ...candidates]) {
      const found = [...nulls(figures)].filter((path) => path !== "/refusal");
      assert.deepEqual(found, [], `${lat}, ${lon}: ${JSON.stringify(figures).slice(0, 500)}`);
    }
  });
  assert.ok(zenith > 89.99, `the highest stood at ${zenith} degrees`);
  await each(points, async ({ lat, lon }) => {
    const { status, body, text } = await mesh.call("/v2/models/drive-rss/infer", {
      body: {
        parameters: { origin_lat: lat, origin_lon: lon },
        inputs: [{ name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] }],
      },
    });
    assert.equal(status, 200, text);
    assert.equal(typeof body.parameters.elevation_deg, "number", text);
    assert.deepEqual([...nulls(body)], [], text);
  });
});

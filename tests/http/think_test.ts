/**
 * The main promise: a request from a place on the ground runs on the nearest node, the answer says
 * where and at what cost, and the ledger holds the same once.
 * @module
 */
import assert from "node:assert/strict";
import { MODELS } from "../../models/catalogue.ts";
import { aboveMask, FILED, observerOf, RAD, wholeSky } from "../unit/mesh/placement/oracle.ts";
import { plainPixel } from "../unit/models/plain-scene-indices.ts";
import { seeded } from "../support/random.ts";
import { ecfToLookAngles } from "satellite.js";
import { type Json, type Mesh, meshTest, within } from "../support/mesh.ts";

const PARIS = { lat: 48.8566, lon: 2.3522, alt: 0 };
const LIGHT_KM_S = 299_792.458;
// The almanac's interpolation errs by 0.4 m at most; 1 m is what the design promises.
const RANGE_KM = 1e-3;
// What a node is made of, by the design: 200 TOPS at 20 W.
const NPU_OPERATIONS_S = 200e12;
const NPU_DISPATCH_MS = 0.02;
const NPU_W = 20;
const ROUNDING = 0.5e-4;

const test = meshTest();

interface Image {
  height: number;
  width: number;
  /** Band after band, row-major. */
  data: number[];
}

/** Reflectances as they come: most between 0 and 1, some negative by noise, some far off. */
function randomImage(seed: number): Image {
  const random = seeded(seed);
  const [height, width] = [random.integer(8, 24), random.integer(8, 24)];
  const data = Array.from({ length: 6 * height * width }, () => {
    if (random.chance(0.05)) return random.between(-0.1, 0);
    return random.chance(0.01) ? random.between(-20, 20) : random.between(0, 1);
  });
  return { height, width, data };
}

function inferParis({ height, width, data }: Image): object {
  return {
    id: "paris",
    parameters: { origin_lat: PARIS.lat, origin_lon: PARIS.lon },
    inputs: [{ name: "reflectance", datatype: "FP32", shape: [1, 6, height, width], data }],
  };
}

const near = (got: number, want: number, relative: number, what: string) =>
  assert.ok(
    Math.abs(got - want) <= relative * Math.abs(want),
    `${what} is ${got}, should be ${want}`,
  );

/** The one row of a table with this id, as soon as it is there. */
const rowOf = (mesh: Mesh, table: "placements" | "receipts", id: string) =>
  within(5_000, `a row ${id} in ${table}`, async () => {
    const rows = await mesh.rows(`SELECT * FROM ${table} WHERE id = ?`, [id]);
    assert.ok(rows.length <= 1, `${rows.length} rows ${id} in ${table}`);
    return rows[0] ?? null;
  });

test("scene-indices, asked from Paris, gives the indices of every pixel as the papers define them", async (mesh) => {
  for (const seed of [1, 2, 3]) {
    const image = randomImage(seed);
    const { status, text, body } = await mesh.call("/v2/models/scene-indices/infer", {
      body: inferParis(image),
    });
    assert.equal(status, 200, text);
    assert.deepEqual([body.id, body.model_name, body.model_version], [
      "paris",
      "scene-indices",
      "1",
    ]);
    const pixels = image.height * image.width;
    const outputs = new Map<string, Json>(body.outputs.map((o: Json) => [o.name, o]));
    assert.deepEqual([...outputs.keys()], ["ndvi", "ndwi", "ndsi", "nbr", "class"]);
    for (let at = 0; at < pixels; at++) {
      const bands = Array.from({ length: 6 }, (_, b) => Math.fround(image.data[b * pixels + at]));
      for (const [name, want] of Object.entries(plainPixel(bands))) {
        const { shape, data } = outputs.get(name);
        assert.deepEqual(shape, [1, image.height, image.width]);
        // JSON has as many digits as tell one FP32 from the next.
        assert.equal(Math.fround(data[at]), want, `seed ${seed}, ${name} of pixel ${at}: ${bands}`);
      }
    }
  }
});

test("The node that answers Paris is the nearest above 25 degrees, by satellite.js, at the instant of placement", async (mesh) => {
  const { body: { parameters } } = await mesh.call("/v2/models/scene-indices/infer", {
    body: inferParis(randomImage(4)),
  });
  // Else a farther node could be the faster one.
  assert.equal(parameters.modelled_wait_ms, 0);
  const placement = await rowOf(mesh, "placements", parameters.execution_id);
  // The real clock ticks in milliseconds, so the instant in the ledger is the very one.
  const at = placement.placed_at_ms;
  const sky = wholeSky(at);
  const ranked = aboveMask({ sky, place: PARIS, mask_deg: 25 });
  const chosen = ranked.find(({ index }) => FILED.id(index) === parameters.node);
  assert.ok(chosen, `${parameters.node} is not above 25 degrees over Paris at ${at}`);
  assert.ok(
    chosen.range_km - ranked[0].range_km <= RANGE_KM,
    `${parameters.node} at ${chosen.range_km} km, but ${FILED.id(ranked[0].index)} is nearer`,
  );
  const range_km = parameters.slant_range_km;
  assert.ok(Math.abs(range_km - chosen.range_km) <= RANGE_KM, `${range_km} km`);
  const [x, y, z] = sky.subarray(3 * chosen.index, 3 * chosen.index + 3);
  const { elevation, azimuth } = ecfToLookAngles(observerOf(PARIS), { x, y, z });
  assert.ok(Math.abs(parameters.elevation_deg - elevation / RAD) < 0.01);
  assert.ok(Math.abs(parameters.azimuth_deg - azimuth / RAD) < 0.01);
});

test("An answer tells modelled light, NPU time and energy, each as physics has it, and measured wall time", async (mesh) => {
  const image = randomImage(5);
  const started = performance.now();
  const { headers, body: { parameters: p } } = await mesh.call("/v2/models/scene-indices/infer", {
    body: inferParis(image),
  });
  const elapsed_ms = performance.now() - started;
  near(p.modelled_light_time_ms, 2 * p.slant_range_km / LIGHT_KM_S * 1e3, 1e-9, "light time");
  const shapes = [[1, 6, image.height, image.width]];
  assert.equal(p.operations, MODELS.get("scene-indices")!.operations(shapes));
  near(
    p.modelled_npu_ms - NPU_DISPATCH_MS,
    p.operations / NPU_OPERATIONS_S * 1e3,
    1e-9,
    "NPU time",
  );
  near(p.modelled_energy_mj, p.modelled_npu_ms * NPU_W, 1e-9, "energy");
  near(
    p.modelled_total_ms,
    p.modelled_light_time_ms + p.modelled_transfer_ms + p.modelled_wait_ms + p.modelled_npu_ms,
    1e-9,
    "total",
  );
  assert.equal(p.bytes_up, new TextEncoder().encode(JSON.stringify(inferParis(image))).length);
  assert.equal(p.bytes_down, (4 * 4 + 1) * image.height * image.width);
  // Its clock ticks in milliseconds.
  assert.ok(p.measured_wall_ms >= 0 && p.measured_wall_ms <= elapsed_ms + 1, p.measured_wall_ms);
  assert.ok(p.measured_engine_ms <= p.measured_wall_ms);
  assert.equal(headers.get("Perigee-Node"), p.node);
  assert.equal(headers.get("Perigee-Light-Time-Ms"), p.modelled_light_time_ms.toFixed(6));
});

test("Within 5 s one placement and one receipt hold the answer's id and figures, and /v1/usage counts them", async (mesh) => {
  const key = await mesh.tenant("one-run");
  const { body } = await mesh.call("/v2/models/scene-indices/infer", {
    key,
    body: inferParis(randomImage(6)),
  });
  const { execution_id: id, ...p } = body.parameters;
  const receipt = await rowOf(mesh, "receipts", id);
  const placement = await rowOf(mesh, "placements", id);

  for (const column of ["node", "region", "operations", "bytes_up", "bytes_down"]) {
    assert.equal(receipt[column], p[column], column);
  }
  assert.equal(receipt.tenant_id, "one-run");
  assert.equal(receipt.charge_microcredits, p.charge_microcredits);
  assert.equal(receipt.energy_mj, Math.ceil(p.modelled_energy_mj));
  assert.equal(receipt.npu_us, Math.ceil(p.modelled_npu_ms * 1e3));
  for (const [column, value] of Object.entries(p)) {
    if (!column.startsWith("modelled_") && !column.startsWith("sub_")) continue;
    assert.equal(placement[column], value, column);
  }
  assert.deepEqual([placement.origin_lat, placement.origin_lon], [PARIS.lat, PARIS.lon]);

  const { body: { total } } = await mesh.call("/v1/usage", { key });
  const { energy_mj, npu_us } = receipt;
  assert.deepEqual(total, {
    executions: 1,
    operations: p.operations,
    energy_mj,
    npu_us,
    bytes_up: p.bytes_up,
    bytes_down: p.bytes_down,
    charge_microcredits: p.charge_microcredits,
    prompt_tokens: 0,
    completion_tokens: 0,
  });

  const { body: found } = await mesh.call(`/v1/placements/${id}`, { key });
  assert.deepEqual([found.id, found.node, found.region], [id, p.node, p.region]);
  assert.deepEqual(found.origin, { lat: PARIS.lat, lon: PARIS.lon });
  assert.equal(found.slant_range_km, p.slant_range_km);
  assert.equal(found.modelled.light_time_ms, p.modelled_light_time_ms);
  assert.equal(found.placed_at, new Date(placement.placed_at_ms).toISOString());
  const { body: { data, next } } = await mesh.call("/v1/placements", { key });
  assert.deepEqual([data, next], [[found], null]);
});

for (const name of MODELS.keys()) {
  test(`docs/examples/${name}.json, posted as it is, gives the answer beside it`, async (mesh) => {
    const read = (file: string) =>
      Deno.readTextFile(new URL(`../../docs/examples/${file}`, import.meta.url));
    const want = JSON.parse(await read(`${name}.response.json`));
    const { status, text, body } = await mesh.call(`/v2/models/${name}/infer`, {
      body: await read(`${name}.json`),
    });
    assert.equal(status, 200, text);
    const { outputs: wanted, ...rest } = want;
    const { outputs, parameters, ...got } = body;
    assert.deepEqual(got, rest);
    assert.ok(parameters.node);
    assert.equal(outputs.length, wanted.length);
    outputs.forEach(({ data, ...head }: Json, o: number) => {
      const { data: figures, ...wantedHead } = wanted[o];
      assert.deepEqual(head, wantedHead);
      assert.equal(data.length, figures.length);
      data.forEach((value: unknown, at: number) => {
        const same = typeof value === "number"
          ? Math.abs(value - figures[at]) <= ROUNDING
          : value === figures[at];
        assert.ok(same, `${head.name}[${at}] is ${value}, documented as ${figures[at]}`);
      });
    });
  });
}

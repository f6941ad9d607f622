import assert from "node:assert/strict";
import { json2satrec, sgp4 } from "satellite.js";
import { GENERATED_EPOCH, generatedConstellation } from "../../../../mesh/orbit/constellation.ts";
import { toOmm } from "../../../../mesh/orbit/elements.ts";
import { Propagator } from "../../../../mesh/orbit/propagation.ts";
import { STARLINK_FILED } from "../../../../mesh/orbit/shells.ts";
import { epochMs } from "../../../../mesh/units.ts";
import { seeded } from "../../../support/random.ts";
import { GOLDEN_ELEMENTS } from "./golden-elements.ts";
import { FILED, RAD } from "../placement/oracle.ts";

// Ten digits of the golden table: 1e-9 degrees is 0.1 mm along an orbit.
const ANGLE_TOLERANCE_DEG = 1e-9;
const MOTION_TOLERANCE_REV_DAY = 1e-9;
// OMM states degrees, SGP4 radians: the last bit of a conversion, turned for a year.
const EXPORT_TOLERANCE_MM = 0.1;

Deno.test("the filed constellation has 41,914 nodes, with the counts of the filings per shell", () => {
  assert.equal(FILED.count, 41_914);
  const counts = new Map<string, number>();
  for (let index = 0; index < FILED.count; index++) {
    const code = FILED.groups[FILED.group(index)];
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  assert.deepEqual(
    Object.fromEntries(counts),
    // deno-fmt-ignore
    {
      G1A: 1584, G1B: 1584, G1C: 720, G1D: 348, G1E: 172,
      VA: 2547, VB: 2478, VC: 2493,
      G2A: 5280, G2B: 5280, G2C: 5280, G2D: 3600,
      G2E: 3360, G2F: 3360, G2G: 3360, G2H: 144, G2I: 324,
    },
  );
});

Deno.test("every index has one id and every id leads back to its index", () => {
  const ids = new Set<string>();
  for (let index = 0; index < FILED.count; index++) {
    const id = FILED.id(index);
    ids.add(id);
    assert.equal(FILED.indexOf(id), index, id);
  }
  assert.equal(ids.size, FILED.count);
});

Deno.test("indexOf() knows one spelling per node and nothing that is not a node", () => {
  // deno-fmt-ignore
  const strangers = [
    "", "-", "--", "G2A", "G2A-017", "G2A-17-042", "G2A-0017-042", "G2A-00017-042", "G2A-017-42",
    "G2A-017-0042", "g2a-017-042", "G2A_017_042", " G2A-017-042", "G2A-017-042 ", "G2A-017-042\n",
    "\nG2A-017-042", "G2A-017-042\0", "G2A-017-042@weur", "G2A-017-042-000", "G2A-048-000",
    "G2A-017-110", "G2A-999-999", "G2A--17-042", "G2A-+17-042", "G2A-1e1-042", "G2A-0x1-042",
    "G2Z-000-000", "VA-000-001", "VA-2547-000", "VA-02546-000", "V-000-000", "-000-000",
    "__proto__", "constructor", "toString", "__proto__-000-000", "hasOwnProperty-000-000",
    "norad-44713", "NORAD-44713", "../G2A-017-042", "%47%32A-017-042", "G2A-017-042/../G2A-017-043",
    "\u0413\u0032\u0410-017-042", "G2A-\u0661\u0662\u0663-042", "\uFF272A-017-042", "null", "0", "-1",
    "G".repeat(1_000_000),
  ];
  for (const id of strangers) assert.equal(FILED.indexOf(id), -1, JSON.stringify(id.slice(0, 40)));
  assert.notEqual(FILED.indexOf("G2A-017-042"), -1);
});

Deno.test("indexOf() takes an altered id for no node but the one that is spelt so", () => {
  const characters = "0123456789ABGVabg-_ @\u0000\u00e9";
  for (let seed = 0; seed < 5_000; seed++) {
    const random = seeded(seed);
    const letters = [...FILED.id(random.integer(0, FILED.count - 1))];
    const at = random.integer(0, letters.length);
    letters.splice(at, random.integer(0, 1), random.pick([...characters, ""]));
    const id = letters.join("");
    const index = FILED.indexOf(id);
    if (index >= 0) assert.equal(FILED.id(index), id, `seed ${seed}`);
  }
});

Deno.test("id(), elements() and group() throw a RangeError for an index that no node has", () => {
  for (const index of [-1, FILED.count, 1.5, NaN, Infinity, -Infinity, 2 ** 32]) {
    assert.throws(() => FILED.id(index), RangeError, `id(${index})`);
    assert.throws(() => FILED.elements(index), RangeError, `elements(${index})`);
    assert.throws(() => FILED.group(index), RangeError, `group(${index})`);
  }
});

Deno.test("elements() gives the first, a middle and the last node of each shell as released", () => {
  assert.equal(GENERATED_EPOCH, Date.parse("2026-01-01T00:00:00Z"));
  assert.equal(GOLDEN_ELEMENTS.length, 3 * STARLINK_FILED.length);
  for (const [id, index, motion, inclination, raan, anomaly] of GOLDEN_ELEMENTS) {
    assert.equal(FILED.indexOf(id), index, id);
    const elements = FILED.elements(index);
    assert.equal(elements.epoch, GENERATED_EPOCH, id);
    assert.equal(elements.eccentricity, 0, id);
    assert.equal(elements.arg_perigee, 0, id);
    assert.equal(elements.bstar, 0, id);
    const motion_rev_day = elements.mean_motion * 1440 / (2 * Math.PI);
    near(motion_rev_day, motion, MOTION_TOLERANCE_REV_DAY, `mean motion of ${id}`);
    near(elements.inclination / RAD, inclination, ANGLE_TOLERANCE_DEG, `inclination of ${id}`);
    near(elements.raan / RAD, raan, ANGLE_TOLERANCE_DEG, `RAAN of ${id}`);
    near(elements.mean_anomaly / RAD, anomaly, ANGLE_TOLERANCE_DEG, `mean anomaly of ${id}`);
  }
});

Deno.test("nodes of one group differ in RAAN, argument of perigee and mean anomaly only", () => {
  const random = seeded(1);
  for (let round = 0; round < 5_000; round++) {
    const index = random.integer(1, FILED.count - 1);
    if (FILED.group(index) !== FILED.group(index - 1)) continue;
    const { raan: _r, arg_perigee: _p, mean_anomaly: _m, ...one } = FILED.elements(index);
    const { raan: _s, arg_perigee: _q, mean_anomaly: _n, ...other } = FILED.elements(index - 1);
    assert.deepEqual(one, other, FILED.id(index));
  }
});

Deno.test("no two nodes share a place in a shell", () => {
  const seen = new Set<string>();
  for (let index = 0; index < FILED.count; index++) {
    const { raan, mean_anomaly } = FILED.elements(index);
    assert.ok(raan >= 0 && raan < 2 * Math.PI, FILED.id(index));
    assert.ok(mean_anomaly >= 0 && mean_anomaly < 2 * Math.PI, FILED.id(index));
    seen.add(`${FILED.group(index)} ${raan.toFixed(9)} ${mean_anomaly.toFixed(9)}`);
  }
  assert.equal(seen.size, FILED.count);
});

Deno.test("the exported OMM, read by satellite.js from JSON, flies where the mesh says", () => {
  const propagator = new Propagator(FILED);
  const ours = new Float64Array(6);
  for (let seed = 0; seed < 500; seed++) {
    const random = seeded(seed);
    const index = random.integer(0, FILED.count - 1);
    const minutes = random.integer(-1440, 366 * 1440);
    assert.ok(propagator.state(index, epochMs(GENERATED_EPOCH + minutes * 60_000), ours));
    const omm = toOmm({ id: FILED.id(index), number: 1, elements: FILED.elements(index) });
    const satrec = json2satrec(JSON.parse(JSON.stringify(omm)));
    const { x, y, z } = sgp4(satrec, minutes)!.position;
    const error_mm = 1e6 * Math.hypot(ours[0] - x, ours[1] - y, ours[2] - z);
    assert.ok(error_mm <= EXPORT_TOLERANCE_MM, `seed ${seed}: ${FILED.id(index)} ${error_mm} mm`);
  }
});

Deno.test("a constellation of other shells keeps the bijection", () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = seeded(seed);
    const shells = Array.from({ length: random.integer(1, 5) }, (_, s) => ({
      code: `S${s}`,
      altitude_km: random.between(300, 1500),
      inclination_deg: random.between(0, 180),
      planes: random.integer(1, 40),
      per_plane: random.integer(1, 40),
      phasing: random.integer(0, 39),
    }));
    const constellation = generatedConstellation(`random ${seed}`, shells);
    for (let index = 0; index < constellation.count; index++) {
      assert.equal(constellation.indexOf(constellation.id(index)), index, `seed ${seed}`);
    }
  }
});

function near(actual: number, expected: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what} is ${actual}, not ${expected}`);
}

import assert from "node:assert/strict";
import { RSS_COLUMNS } from "../../../models/drive-rss.ts";
import { type Random, seeded } from "../../support/random.ts";
import { leastGap, type Pair, plainBrake, plainSafeDistance } from "./plain-drive-rss.ts";
import { open } from "./session.ts";

// A dozen roundings to float32, relative to the distances that are subtracted.
const DISTANCE_RELATIVE_TOLERANCE = 5e-7;
const BRAKE_TOLERANCE_MPS2 = 2e-4;
/** Below it a gap of the motion is contact, above minus it none: float32 over up to 18 km. */
const CONTACT_TOLERANCE_M = 0.01;

const run = await open("drive-rss");

const row = (p: Pair) => [p.rear, p.front, p.gap, p.response, p.accel, p.frontBrake];

async function drive(rows: number[][]): Promise<{ safe: number; brake: number }[]> {
  const out = await run(Float32Array.from(rows.flat()), [rows.length, 6]);
  const [safe, brake] = [out.safe_distance_m, out.brake_mps2];
  assert.deepEqual([safe.dims, brake.dims], [[rows.length], [rows.length]]);
  return rows.map((_, i) => ({ safe: safe.data[i], brake: brake.data[i] }));
}

function pair(random: Random): Pair {
  const f = Math.fround;
  const rear = f(random.pick([0, random.between(0, 20), random.between(0, 60), 150]));
  return {
    rear,
    front: f(random.pick([0, rear, rear * random.between(0.5, 1), random.between(0, 60), 150])),
    gap: f(random.pick([0, random.between(0, 10), random.between(0, 300), 100_000])),
    response: f(random.pick([0, random.between(0.1, 2), 10])),
    accel: f(random.pick([0, random.between(0, 4), 20])),
    frontBrake: f(random.pick([4, random.between(4, 10), 20])),
  };
}

/** What the distances being subtracted add up to: rounding is relative to it. */
const reach = (p: Pair) =>
  plainSafeDistance({ ...p, front: 0 }) + p.front ** 2 / (2 * p.frontBrake);

Deno.test("drive-rss equals the plain formulas over 300 seeded batches", async () => {
  let [braking, between] = [0, 0];
  for (let seed = 1; seed <= 300; seed++) {
    const random = seeded(seed);
    const pairs = Array.from({ length: random.integer(1, 20) }, () => pair(random));
    const got = await drive(pairs.map(row));
    pairs.forEach((p, i) => {
      const where = `seed ${seed}, row ${i} ${JSON.stringify(p)}: ${JSON.stringify(got[i])}`;
      const safe = plainSafeDistance(p);
      const tolerance = DISTANCE_RELATIVE_TOLERANCE * reach(p);
      assert(Math.abs(got[i].safe - safe) <= tolerance, `${where}, want ${safe}`);
      // Whether the gap is safe is the graph's own distance to decide.
      assert.equal(got[i].brake === 0, p.gap >= got[i].safe, where);
      if (got[i].brake === 0 || Math.abs(p.gap - safe) <= tolerance) return;
      const brake = plainBrake(p);
      assert(Math.abs(got[i].brake - brake) <= BRAKE_TOLERANCE_MPS2, `${where}, want ${brake}`);
      braking++;
      between += Number(brake > 4 && brake < 8);
    });
  }
  assert(braking > 500 && between > 50, `too few cases that brake: ${braking}, ${between}`);
});

Deno.test("drive-rss gives the least gap from which the worst case ends without contact", async () => {
  for (let seed = 1; seed <= 300; seed++) {
    const p = pair(seeded(seed));
    const [{ safe }] = await drive([row(p)]);
    const worst = (gap: number) =>
      leastGap(
        gap,
        { speed: p.rear, phases: [{ from: 0, accel: p.accel }, { from: p.response, accel: -4 }] },
        { speed: p.front, phases: [{ from: 0, accel: -p.frontBrake }] },
      );
    const where = `seed ${seed} ${JSON.stringify(p)}: ${safe}`;
    assert(worst(safe) >= -CONTACT_TOLERANCE_M, where);
    if (safe > 0.1) assert(worst(safe - 0.1) < 0, `${where} is more than it need be`);
  }
});

Deno.test("drive-rss asks for no more braking than avoids contact, and no less than can be had", async () => {
  let [spared, full] = [0, 0];
  for (let seed = 1; seed <= 2000; seed++) {
    const p = pair(seeded(seed));
    // Bumper to bumper, the answer is a matter of definition, not of motion.
    if (p.gap < 0.01) continue;
    const [{ brake }] = await drive([row(p)]);
    const braking = (by: number) =>
      leastGap(
        p.gap,
        { speed: p.rear, phases: [{ from: 0, accel: -by }] },
        { speed: p.front, phases: [{ from: 0, accel: -p.frontBrake }] },
      );
    const where = `seed ${seed} ${JSON.stringify(p)}: ${brake}`;
    if (brake > 0 && brake < 8) assert(braking(brake) >= -CONTACT_TOLERANCE_M, where);
    if (brake > 4.01) assert(braking(brake - 0.01) < 0, `${where} is more than it need be`);
    spared += Number(brake > 4.01 && brake < 8);
    full += Number(brake === 8);
  }
  assert(spared > 50 && full > 50, `too few cases that matter: ${spared}, ${full}`);
});

Deno.test("drive-rss asks for nothing at exactly the safe distance, and for braking just below", async () => {
  // Distance 20 + 100 / 2 - 0 in floats that hold it exactly: 20 m/s, no acceleration, front stands.
  const safe = 20 + 400 / 8;
  const got = await drive([[20, 0, safe, 1, 0, 8], [20, 0, safe - 2 ** -16, 1, 0, 8]]);
  assert.deepEqual(got[0], { safe, brake: 0 });
  assert.deepEqual(got[1], { safe, brake: 4 });
});

Deno.test("drive-rss holds a standing car that could still roll into the one in front", async () => {
  assert.deepEqual((await drive([[0, 0, 0, 1, 2, 8]]))[0], { safe: 1.5, brake: 4 });
  assert.deepEqual((await drive([[0, 0, 0, 1, 0, 8]]))[0], { safe: 0, brake: 0 });
});

Deno.test("drive-rss answers a row out of range with full braking, and only that row", async () => {
  const good = [20, 20, 50, 1, 2, 8];
  const [want] = await drive([good]);
  for (const [column, { min, max, name }] of RSS_COLUMNS.entries()) {
    for (const bad of [NaN, Infinity, -Infinity, min - 0.01, max * 1.01]) {
      const got = await drive([good, good.with(column, bad), good]);
      assert.deepEqual(got, [want, { safe: 1e6, brake: 8 }, want], `${name} ${bad}`);
    }
    for (const border of [min, max]) {
      const [{ safe }] = await drive([good.with(column, border)]);
      assert(safe < 1e6, `${name} ${border}`);
    }
  }
});

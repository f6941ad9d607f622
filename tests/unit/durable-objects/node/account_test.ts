/**
 * What is written of one run: where it ran is where the node was by then, by satellite.js, and not
 * where it was when it was chosen.
 * @module
 */
import { LIGHT } from "../../../../mesh/radio/profile.ts";
import assert from "node:assert/strict";
import { type EcfVec3, geodeticToEcf } from "satellite.js";
import { account } from "../../../../durable-objects/node/account.ts";
import type { Job } from "../../../../durable-objects/node/job.ts";
import type { NpuTurn } from "../../../../durable-objects/node/npu.ts";
import { KNOT_SPACING_MS } from "../../../../mesh/orbit/knot.ts";
import { ephemerisOf } from "../../../../mesh/orbit/ephemeris.ts";
import type { Ask } from "../../../../mesh/placement/ask.ts";
import type { Candidate } from "../../../../mesh/placement/candidate.ts";
import { buildGrid } from "../../../../mesh/placement/grid.ts";
import { GridFinder } from "../../../../mesh/placement/grid-finder.ts";
import { Hints } from "../../../../mesh/placement/hints.ts";
import { Placer } from "../../../../mesh/placement/place.ts";
import { LAUNCH_PRICES } from "../../../../mesh/billing/receipt.ts";
import { epochMs, joules, seconds } from "../../../../mesh/units.ts";
import { MODELS } from "../../../../models/catalogue.ts";
import { almanacAt } from "../../mesh/orbit/almanac-at.ts";
import { anyAsk, PHYSICS } from "../../mesh/node/any-ask.ts";
import { anyOrbit } from "../../mesh/orbit/any-orbit.ts";
import { ecfOf, FILED, hiddenSun, observerOf, satrecOf } from "../../mesh/placement/oracle.ts";
import { seeded } from "../../../support/random.ts";

// Named by a variable: its types are workerd's, which Deno's check of this file does not know.
const JOB_OF = "../../../../functions/infer/job.ts";
const { jobOf } = await import(JOB_OF) as { jobOf(from: object): Job };

const YEAR_FROM = Date.UTC(2026, 0, 1);
const YEAR_MS = 365 * 86_400_000;
const WAIT_MAX_MS = 30_000;
// The last bit of a Julian date is 40 us, in which the Earth turns by 2 cm under a node.
const JULIAN_DATE_KM = 3e-5;
// A decision is of the almanac, which may be 0.44 m off; 1 m is what the design promises.
const DECISION_KM = 1e-3;
// In the penumbra the Sun's centre decides, and a share of its disc does not tell which side it is on.
const PENUMBRA = 0.05;
const INSTANTS = 10;
const ASKS_PER_INSTANT = 100;

type Placement = Job["placement"];

interface Decision {
  job: Job;
  index: number;
  at: number;
  label: string;
}

/** What an isolate would send to the first of its candidates. */
function jobFor(ask: Ask, candidate: Candidate): Job {
  return jobOf({
    radio: LIGHT,
    caller: {
      tenant_id: "t",
      key_id: "k",
      scopes: [],
      limits: { budgeted: false, requests_per_minute: null },
    },
    request_id: "r-1",
    request: {
      spec: MODELS.get("scene-indices")!,
      inputs: [],
      origin: { lat: 0, lon: 0, alt_m: 0 },
      deadline_ms: null,
      class: ask.class,
      policy: undefined,
    },
    ask,
    candidate,
    id: "e",
    attempts: 1,
    elements: FILED.elements(candidate.index),
    prices: LAUNCH_PRICES,
    lease_id: null,
  });
}

function placementOf(job: Job, starts: number): Placement {
  const turn: NpuTurn = {
    starts: epochMs(starts),
    ends: epochMs(starts + 1),
    run: seconds(1e-3),
    npu: seconds(1e-3),
    energy: joules(0.02),
    asked_ms: 0,
    outputs: Promise.resolve([]),
  };
  const ephemerisAt = ephemerisOf(job.address.elements);
  const arrived = epochMs(job.placement.placed_at_ms);
  return account(job, turn, { arrived, outputs: [], ephemerisAt }).placement;
}

/** Between a placement's point, at its height, and a place in space. */
function apartKm({ sub_lat, sub_lon, sub_alt_km }: Placement, node: EcfVec3<number>): number {
  const { x, y, z } = geodeticToEcf(observerOf({ lat: sub_lat, lon: sub_lon, alt: sub_alt_km }));
  return Math.hypot(x - node.x, y - node.y, z - node.z);
}

/** The best candidate of each of many asks, all over the world and the year: seconds, so made once. */
let made: Decision[] | undefined;
const decisions = (): Decision[] => made ??= [...decide()];

function* decide(): Generator<Decision> {
  const placer = new Placer();
  const hints = new Hints();
  for (let seed = 0; seed < INSTANTS; seed++) {
    const random = seeded(seed);
    const almanac = almanacAt(YEAR_FROM + random.between(0, YEAR_MS));
    const at = epochMs(almanac.from + random.integer(0, KNOT_SPACING_MS));
    const sky = {
      almanac,
      finder: new GridFinder(almanac, buildGrid(almanac, at)),
      hints,
      physics: PHYSICS,
    };
    for (let k = 0; k < ASKS_PER_INSTANT; k++) {
      const ask = { ...anyAsk(random, at), policy: null };
      const [candidate] = placer.rank(ask, sky);
      if (!candidate) continue;
      const { index, node } = candidate;
      yield { job: jobFor(ask, candidate), index, at, label: `seed ${seed}, ${node}` };
    }
  }
}

Deno.test("account() says what lay below the node when its run began, however long the ask waited", () => {
  let [checked, lit, changed, farthest] = [0, 0, 0, 0];
  for (const { job, index, at, label } of decisions()) {
    const random = seeded(index);
    const satrec = satrecOf(FILED, index);
    for (const wait of [1, random.integer(0, WAIT_MAX_MS), WAIT_MAX_MS]) {
      const placement = placementOf(job, at + wait);
      const node = ecfOf(satrec, at + wait);
      const off = apartKm(placement, node);
      assert.ok(off <= JULIAN_DATE_KM, `${label}: ${off} km off after ${wait} ms`);
      farthest = Math.max(farthest, apartKm(job.placement, node));
      const hidden = hiddenSun(node, at + wait);
      if (Math.abs(hidden - 0.5) > PENUMBRA) {
        assert.equal(placement.sunlit, hidden < 0.5, `${label}: ${hidden} hidden after ${wait} ms`);
      }
      checked++;
      if (placement.sunlit) lit++;
      if (placement.sunlit !== job.placement.sunlit) changed++;
    }
  }
  assert.ok(checked > 2 * INSTANTS * ASKS_PER_INSTANT, `${checked} checked`);
  assert.ok(lit > checked / 4 && lit < checked, `${lit} of ${checked} sunlit`);
  assert.ok(changed > 0, "some were to cross the edge of the shadow while they waited");
  // In orbit; on the ground it is less.
  assert.ok(farthest > 200, `${farthest} km at most from where it was placed`);
});

Deno.test("account() of a run that begins as it is placed says what the decision says", () => {
  let compared = 0;
  for (const { job, at, label } of decisions()) {
    const ran = placementOf(job, at);
    const { sub_lat: lat, sub_lon: lon, sub_alt_km: alt, sunlit } = job.placement;
    const off = apartKm(ran, geodeticToEcf(observerOf({ lat, lon, alt })));
    assert.ok(off <= DECISION_KM, `${label}: ${off} km from where the decision has it`);
    assert.equal(ran.sunlit, sunlit, label);
    compared++;
  }
  assert.ok(compared > INSTANTS * ASKS_PER_INSTANT / 2, `${compared} compared`);
});

Deno.test("account() leaves what says why the node was chosen as it was decided", () => {
  for (const { job, at, label } of decisions()) {
    const { elevation_deg, azimuth_deg, slant_range_km, path, placed_at_ms } = job.placement;
    const ran = placementOf(job, at + WAIT_MAX_MS);
    assert.deepEqual(
      [ran.elevation_deg, ran.azimuth_deg, ran.slant_range_km, ran.path, ran.placed_at_ms],
      [elevation_deg, azimuth_deg, slant_range_km, path, placed_at_ms],
      label,
    );
  }
});

Deno.test("account() keeps the decision's word of a node that has decayed since", () => {
  const [{ job, at }] = decisions();
  const elements = anyOrbit(seeded(1), { perigee_km: 120, apogee_km: 130, bstar: 0.05 });
  assert.equal(ephemerisOf(elements)(epochMs(at)), null);
  const address = { ...job.address, elements };
  const { sub_lat, sub_lon, sub_alt_km, sunlit } = placementOf({ ...job, address }, at);
  assert.deepEqual(
    { sub_lat, sub_lon, sub_alt_km, sunlit },
    {
      sub_lat: job.placement.sub_lat,
      sub_lon: job.placement.sub_lon,
      sub_alt_km: job.placement.sub_alt_km,
      sunlit: job.placement.sunlit,
    },
  );
});

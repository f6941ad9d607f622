/**
 * A million nodes in an isolate: the orbital data centre as filed, 998,400, by shell tables; beside a
 * linear scan of the same tables, which is what is left without a search.
 * @module
 */
import { Best } from "../mesh/placement/best.ts";
import { ShellAlmanac } from "../mesh/orbit/shell-almanac.ts";
import { DATA_CENTRE } from "../mesh/orbit/filed.ts";
import type { Geodetic } from "../mesh/orbit/frames.ts";
import type { Sky } from "../mesh/placement/sky.ts";
import { AT, byRange, FILED, randomOrigins, skyOf, viewOf } from "./field.ts";
import { firstPlacementUs } from "./cold-placement.ts";
import { timeInTurn } from "./nearest.ts";
import { type Report, timeEach, us } from "./timing.ts";

const K = 8;

export async function benchMillion({ small }: { small: boolean }): Promise<Report> {
  const origins = randomOrigins(2, small ? 300 : 50_000);
  const cold = await firstPlacementUs();
  const sky = skyOf(DATA_CENTRE);
  const [ours] = timeInTurn([sky.finder], origins);
  const linear = timeEach(origins.slice(0, small ? 1 : 20), (origin) => scanAll(sky, origin));
  const some = origins.slice(0, small ? 2 : 200);
  const differ = some.filter((origin) => !isSame(sky, origin)).length;
  const [held, heldFiled] = [heldBytes(sky), heldBytes(skyOf(FILED))];
  return {
    title: `The ${K} best of ${DATA_CENTRE.count.toLocaleString("en")} from a random origin`,
    lines: [
      { what: "ours, p50", measured: us(ours.p50_us), target: "10 us", holds: ours.p50_us <= 10 },
      { what: "ours, p99", measured: us(ours.p99_us), target: "50 us", holds: ours.p99_us <= 50 },
      {
        what: "a linear scan of the same tables, p50, and over ours",
        measured: `${us(linear.p50_us)}, ${Math.round(linear.p50_us / ours.p50_us)} x`,
        holds: null,
      },
      {
        what: "choices of 8 that differ from the scan's",
        measured: `${differ} of ${some.length}`,
        target: "0",
        holds: differ === 0,
      },
      {
        what: "held by an isolate: tables and planes of all shells",
        measured: `${(held / 1e6).toFixed(2)} MB`,
        target: "8 MB",
        holds: held <= 8e6,
      },
      {
        what: `the same of ${FILED.count.toLocaleString("en")}`,
        measured: `${(heldFiled / 1e6).toFixed(2)} MB`,
        target: "1 MB",
        holds: heldFiled <= 1e6,
      },
      {
        what: "a cold isolate's first placement, nothing fetched",
        measured: us(cold),
        target: "20 ms",
        holds: cold <= 20e3,
      },
    ],
  };
}

/** Sums the buffers themselves: what a heap reading would blur with everything else. */
export function heldBytes({ almanac }: Sky): number {
  if (!(almanac instanceof ShellAlmanac)) throw new RangeError("Only tables are counted");
  return almanac.shells.reduce(
    (sum, placed) => sum + placed.table().bytes + placed.raans().byteLength,
    0,
  );
}

function scanAll({ almanac }: Sky, origin: Geodetic): Best {
  const { site: { position, up }, sin_mask } = viewOf(origin);
  const positions = almanac.at(AT);
  const best = new Best(K);
  const xyz = new Float64Array(3);
  for (let i = 0; i < almanac.constellation.count; i++) {
    positions.position(i, xyz);
    const dx = xyz[0] - position.x;
    const dy = xyz[1] - position.y;
    const dz = xyz[2] - position.z;
    const rise = dx * up.x + dy * up.y + dz * up.z;
    if (rise <= 0) continue;
    const range = Math.sqrt(dx * dx + dy * dy + dz * dz);
    if (rise >= sin_mask * range) best.add(i, range);
  }
  return best;
}

function isSame(sky: Sky, origin: Geodetic): boolean {
  const best = new Best(K);
  sky.finder.above(viewOf(origin), byRange, best);
  const scanned = scanAll(sky, origin);
  return best.size === scanned.size &&
    best.found.subarray(0, best.size).every((index, i) => index === scanned.found[i]);
}

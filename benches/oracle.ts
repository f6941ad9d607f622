/**
 * The same choice as a naive oracle in 100,000 seeded cases: positions everywhere, instants across a
 * day, several constellations, with hints, policies and deadlines.
 *
 * The oracle looks at every node for every case, and at every path where a path could win. It shares
 * the almanac's positions with ours (the almanac is held to SGP4 elsewhere) and nothing of the search.
 * @module
 */
import { Area } from "../mesh/geo/area.ts";
import { ecefToGeodetic } from "../mesh/orbit/frames.ts";
import type { Ask } from "../mesh/placement/ask.ts";
import { Hints } from "../mesh/placement/hints.ts";
import { allLengths, allPositions } from "../mesh/placement/isl/lengths.ts";
import { neighboursOf } from "../mesh/placement/isl/neighbours.ts";
import { ELEVATION_MASK, Placer } from "../mesh/placement/place.ts";
import { compileRules } from "../mesh/placement/policy.ts";
import { siteOf } from "../mesh/geo/site.ts";
import type { Sky } from "../mesh/placement/sky.ts";
import { epochMs } from "../mesh/units.ts";
import { mulberry32 } from "../mesh/mulberry32.ts";
import { AT, constellationOf, knotSkyOf, MODEL, randomOrigins, skyOf } from "./field.ts";
import { plainDijkstra } from "./plain-dijkstra.ts";
import type { Report } from "./timing.ts";

const LIGHT_KM_S = 299_792.458;
// Waits are differences of instants in ms since 1970, which as doubles are 0.24 us apart.
const TIE_S = 1e-6;
const DAY_MS = 86_400_000;
/** Nodes, cases, instants, and whether knots tell where nodes are: as for a catalogue. */
const SHARES = [
  [1_584, 20_000, 20, false],
  [4_408, 20_000, 20, false],
  [10_000, 20_000, 20, true],
  [41_914, 40_000, 20, false],
  [998_400, 1_000, 2, false],
] as const;

/** A denied shell, and a denied box of latitude and longitude. */
interface PlainPolicy {
  group: number;
  box: { south: number; north: number; west: number; east: number };
}

export function benchOracle({ small }: { small: boolean }): Report {
  const random = mulberry32(17);
  let cases = 0;
  let differ = 0;
  let relayed = 0;
  for (const [count, share, instantsMax, isByKnots] of SHARES) {
    if (small && count > 100_000) continue;
    const constellation = constellationOf(count);
    const instants = small ? 1 : instantsMax;
    const perInstant = small ? 20 : share / instantsMax;
    for (let i = 0; i < instants; i++) {
      const at = epochMs(Math.floor(AT + random() * DAY_MS));
      // Now and then nearly all are closed, so that asks must travel; the oracle pays for each path.
      const isClosed = i % (count > 20_000 ? 20 : 4) === 0 && count < 100_000;
      const hints = anyHints(random, count, at, isClosed ? 0.97 : 0.1);
      const sky = { ...isByKnots ? knotSkyOf(constellation, at) : skyOf(constellation), hints };
      const field = new Field(sky, at);
      const placer = new Placer();
      for (const origin of randomOrigins(Math.floor(random() * 2 ** 32), perInstant)) {
        const policy = random() < 0.5 ? anyPolicy(random, constellation.groups.length) : null;
        const ask: Ask = {
          at,
          origin,
          operations: random() < 0.5 ? 0 : 2e10,
          model: MODEL.model,
          memory_bytes: MODEL.bytes,
          load_bytes: 50_000,
          bytes_up: 0,
          bytes_down: 0,
          deadline_ms: random() < 0.3 ? 2 + 20 * random() : null,
          class: CLASSES[Math.floor(3 * random())],
          elevation_mask: ELEVATION_MASK,
          policy: policy && compiled(policy, sky),
        };
        const [best] = placer.rank(ask, sky);
        const ours_s = best && best.refusal === null ? best.timing.total : Infinity;
        const naive_s = field.best(ask, policy);
        cases++;
        if (best && best.path.length > 1) relayed++;
        if (ours_s !== naive_s && !(Math.abs(ours_s - naive_s) < TIE_S)) differ++;
      }
    }
  }
  const n = cases.toLocaleString("en");
  return {
    title: "The same choice as a naive oracle",
    lines: [
      {
        what: `of ${n} seeded cases, those in which another node would answer sooner`,
        measured: String(differ),
        target: "0",
        holds: differ === 0,
      },
      {
        what: "of them, served over inter-satellite links",
        measured: relayed.toLocaleString("en"),
        holds: null,
      },
    ],
  };
}

const CLASSES = ["realtime", "interactive", "batch"] as const;
// The default node's figures, as literals: a changed default must show.
const LOAD_BPS = 40e6;
const DISPATCH_S = 20e-6;
const npuSeconds = (operations: number, speed: number) =>
  operations / (200e12 * speed) + DISPATCH_S;

/** A share of all nodes is known to refuse; a tenth to be busy, throttled, or without the model. */
function anyHints(random: () => number, count: number, at: number, closed: number): Hints {
  const hints = new Hints();
  for (let i = 0; i < count; i++) {
    const refuses = random() < closed;
    if (!refuses && random() < 0.9) continue;
    const free = () => random() < 0.5 ? 0 : at + 30 * random();
    hints.note(i, {
      node: "",
      at_ms: at,
      free_ms: { realtime: free(), interactive: free(), batch: free() },
      state_of_charge: 1,
      temperature_k: 300,
      npu_temperature_k: 300,
      npu_speed: random() < 0.5 ? 1 : 0.5,
      resident: random() < 0.5 ? [MODEL.model] : [],
      refusing: refuses ? { refusal: "dark", until_ms: at + 1_000 } : null,
    });
  }
  return hints;
}

function anyPolicy(random: () => number, groups: number): PlainPolicy {
  const south = -80 + 140 * random();
  const west = -180 + 300 * random();
  const box = { south, west, north: south + 20 * random(), east: west + 60 * random() };
  return { group: random() < 0.5 && groups > 1 ? Math.floor(groups * random()) : -1, box };
}

function compiled({ group, box }: PlainPolicy, { almanac }: Sky) {
  const { south, north, west, east } = box;
  const ring = [[west, south], [east, south], [east, north], [west, north], [west, south]];
  return compileRules({
    allow: null,
    deny: { groups: group < 0 ? [] : [group], nodes: [], areas: [new Area([[ring]])] },
    constellation: almanac.constellation,
  });
}

/** One instant of a constellation, seen without any index. */
class Field {
  readonly #sky: Sky;
  readonly #xyz: Float64Array;
  readonly #neighbours: Int32Array;
  readonly #lengths: Float64Array;
  readonly #lowest_km: number;

  constructor(sky: Sky, at: Ask["at"]) {
    this.#sky = sky;
    this.#xyz = allPositions(sky.almanac, at);
    this.#neighbours = neighboursOf(sky.almanac.constellation);
    this.#lengths = allLengths(sky.almanac, this.#neighbours, this.#xyz);
    let lowest = Infinity;
    for (let i = 0; i < this.#xyz.length; i += 3) {
      lowest = Math.min(
        lowest,
        Math.hypot(this.#xyz[i], this.#xyz[i + 1], this.#xyz[i + 2]) - 6_378,
      );
    }
    this.#lowest_km = lowest;
  }

  /** The least time to result that any node offers, in seconds; Infinity if none would serve. */
  best(ask: Ask, policy: PlainPolicy | null): number {
    if ("node" in ask.origin) throw new RangeError("These cases start on the ground");
    const { position: p, up } = siteOf(ask.origin);
    const sin_mask = Math.sin(ask.elevation_mask * Math.PI / 180);
    const access: { node: number; range_km: number }[] = [];
    let best = Infinity;
    for (let i = 0; i < this.#xyz.length / 3; i++) {
      const dx = this.#xyz[3 * i] - p.x;
      const dy = this.#xyz[3 * i + 1] - p.y;
      const dz = this.#xyz[3 * i + 2] - p.z;
      const rise = dx * up.x + dy * up.y + dz * up.z;
      if (rise <= 0) continue;
      const range_km = Math.sqrt(dx * dx + dy * dy + dz * dz);
      if (rise < sin_mask * range_km) continue;
      access.push({ node: i, range_km });
      best = Math.min(best, this.#score(i, range_km, ask, policy));
    }
    // A way over links ends below the mask, so it is no shorter than the lowest orbit is high, twice
    // over; where a node above the mask beats that, no path needs to be looked at.
    const shortest = 2 * 1.5 * this.#lowest_km / LIGHT_KM_S;
    if (best <= shortest + npuSeconds(ask.operations, 1)) return best;
    const graph = { neighbours: this.#neighbours, lengths: this.#lengths, access };
    const costs = plainDijkstra(graph);
    for (let i = 0; i < costs.length; i++) {
      if (costs[i] < 20_000) best = Math.min(best, this.#score(i, costs[i], ask, policy));
    }
    return best;
  }

  #score(node: number, length_km: number, ask: Ask, policy: PlainPolicy | null): number {
    const digest = this.#sky.hints.of(node);
    if (digest?.refusing && ask.at < digest.refusing.until_ms) return Infinity;
    if (policy && this.#denied(node, policy)) return Infinity;
    const arrives = ask.at + length_km / LIGHT_KM_S * 1e3;
    const queue = digest ? Math.max(0, digest.free_ms[ask.class] - arrives) / 1e3 : 0;
    const held = digest ? digest.resident.includes(ask.model) : true;
    const wait = Math.max(queue, held ? 0 : 8 * ask.load_bytes / LOAD_BPS);
    const npu = npuSeconds(ask.operations, digest?.npu_speed ?? 1);
    const total = 2 * length_km / LIGHT_KM_S + wait + npu;
    return ask.deadline_ms !== null && total > ask.deadline_ms / 1e3 ? Infinity : total;
  }

  #denied(node: number, { group, box }: PlainPolicy): boolean {
    if (this.#sky.almanac.constellation.group(node) === group) return true;
    const [x, y, z] = this.#xyz.subarray(3 * node, 3 * node + 3);
    const { lat, lon } = ecefToGeodetic({ x, y, z });
    return lat >= box.south && lat <= box.north && lon >= box.west && lon <= box.east;
  }
}

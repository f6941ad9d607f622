/**
 * Counts the outcomes of a run as they come; nothing of it grows with the number of asks.
 * @module
 */
import { type EpochMs, MS_PER_HOUR } from "../mesh/units.ts";
import type { EngineEnd } from "./engine/engine-end.ts";
import { Histogram } from "./histogram.ts";
import type { Outcome } from "./outcome.ts";
import type { Run } from "./run.ts";
import type { Fleet, HourOfNodes, Latency, Part, RunSummary } from "./run-summary.ts";

const BAND_DEG = 10;
const CELL_DEG = 5;
const COLUMNS = 360 / CELL_DEG;
const CELLS = COLUMNS * 180 / CELL_DEG;
const DEPTHS = 20;
const TERMS = ["light", "fibre", "transfer", "wait", "npu", "access"] as const;

/** A group of asks. */
interface Group {
  asks: number;
  latency: number[];
}

/** What a tally holds, as plain JSON. */
export interface TallyState {
  served: number;
  in_time: number;
  refusals: Record<string, number>;
  all: Group;
  kinds: Group[];
  hours: Group[];
  latitudes: Group[];
  cells: { asks: number[]; refused: number[]; total_ms: number[] };
  /** Of what nodes ran, by hour: how many, the sum of their charges, what batteries gave, the hottest NPU. */
  nodes_by_hour: { ran: number[]; charge: number[]; battery_j: number[]; npu_k: number[] };
  terms: Record<typeof TERMS[number], number>;
  on_ground: number;
  in_orbit: number;
  hops: number;
  sunlit: number;
  energy_j: number;
  battery_j: number;
}

interface Counted {
  asks: number;
  latency: Histogram;
}

const counted = ({ asks, latency }: Group): Counted => ({ asks, latency: new Histogram(latency) });
const groupOf = ({ asks, latency }: Counted): Group => ({ asks, latency: latency.counts });
const none = (count: number): Group[] =>
  Array.from({ length: count }, () => ({ asks: 0, latency: [] }));

/** The counts of one run. */
export class Tally {
  readonly #run: Run;
  readonly #from: EpochMs;
  readonly #sums: Omit<TallyState, "all" | "kinds" | "hours" | "latitudes">;
  readonly #all: Counted;
  readonly #kinds: Counted[];
  readonly #hours: Counted[];
  readonly #latitudes: Counted[];

  /** @param state of a tally that is taken up again; default: nothing has been counted */
  constructor(run: Run, state: TallyState = emptyState(run)) {
    this.#run = run;
    this.#from = run.from;
    const { all, kinds, hours, latitudes, ...sums } = structuredClone(state);
    this.#sums = sums;
    this.#all = counted(all);
    this.#kinds = kinds.map(counted);
    this.#hours = hours.map(counted);
    this.#latitudes = latitudes.map(counted);
  }

  /** Takes an outcome; may be given as a sink. */
  readonly take = (outcome: Outcome): void => {
    const { asked: { at, origin, kind }, refusal, timing, latency_s } = outcome;
    const sums = this.#sums;
    const hour = Math.min(Math.floor((at - this.#from) / MS_PER_HOUR), this.#hours.length - 1);
    const groups = [this.#all, this.#kinds[kind], this.#hours[hour]];
    let cell = -1;
    if ("lat" in origin) {
      const band = Math.min(Math.floor((origin.lat + 90) / BAND_DEG), 180 / BAND_DEG - 1);
      groups.push(this.#latitudes[band]);
      cell = cellOf(origin.lat, origin.lon);
      sums.cells.asks[cell]++;
    }
    for (const group of groups) group.asks++;
    if (refusal !== null || !timing) {
      const why = refusal ?? "no_node";
      sums.refusals[why] = (sums.refusals[why] ?? 0) + 1;
      if (cell >= 0) sums.cells.refused[cell]++;
      return;
    }
    const ms = latency_s * 1e3;
    for (const group of groups) group.latency.add(ms);
    if (cell >= 0) sums.cells.total_ms[cell] += ms;
    sums.served++;
    const { deadline_ms } = this.#run.kinds[kind];
    if (deadline_ms === null || ms <= deadline_ms) sums.in_time++;
    for (const term of TERMS) sums.terms[term] += timing[term] * 1e3;
    sums.energy_j += outcome.energy_j;
    sums.battery_j += outcome.battery_j;
    if (outcome.node < 0) sums.on_ground++;
    else {
      sums.in_orbit++;
      sums.hops += outcome.hops;
      const { ran, charge, battery_j, npu_k } = sums.nodes_by_hour;
      ran[hour]++;
      charge[hour] += outcome.state_of_charge;
      battery_j[hour] += outcome.battery_j;
      npu_k[hour] = Math.max(npu_k[hour], outcome.npu_temperature_k);
      if (outcome.sunlit) sums.sunlit++;
    }
  };

  /** All that the constructor takes up again. */
  save(): TallyState {
    return {
      ...structuredClone(this.#sums),
      all: groupOf(this.#all),
      kinds: this.#kinds.map(groupOf),
      hours: this.#hours.map(groupOf),
      latitudes: this.#latitudes.map(groupOf),
    };
  }

  /** @param end what the engine says of the nodes at the run's end */
  summary(name: string, facts: readonly string[], end: EngineEnd): RunSummary {
    const { served, in_time, refusals, cells, terms, nodes_by_hour, ...sums } = this.#sums;
    return {
      name,
      facts,
      digest: end.digest,
      nodes: this.#run.constellation.count,
      asks: this.#all.asks,
      served,
      in_time,
      refusals,
      latency: latencyOf(this.#all.latency),
      terms: Object.fromEntries(
        TERMS.map((term) => [term, served > 0 ? terms[term] / served : 0]),
      ) as RunSummary["terms"],
      kinds: this.#kinds.map((kind, k) => ({ name: this.#run.kinds[k].name, ...partOf(kind) })),
      hours: this.#hours.map((group, hour) => ({
        ...partOf(group),
        ...nodesOf(nodes_by_hour, hour),
      })),
      latitudes: this.#latitudes.map(partOf),
      cells,
      on_ground: sums.on_ground,
      hops: sums.in_orbit > 0 ? sums.hops / sums.in_orbit : 0,
      sunlit: sums.in_orbit > 0 ? sums.sunlit / sums.in_orbit : 0,
      energy_j: sums.energy_j,
      battery_j: sums.battery_j,
      fleet: fleetOf(this.#run, end),
    };
  }
}

function emptyState(run: Run): TallyState {
  const hours = Math.ceil((run.until - run.from) / MS_PER_HOUR);
  const zeros = () => Array<number>(hours).fill(0);
  return {
    served: 0,
    in_time: 0,
    refusals: {},
    all: none(1)[0],
    kinds: none(run.kinds.length),
    hours: none(hours),
    latitudes: none(180 / BAND_DEG),
    cells: {
      asks: Array(CELLS).fill(0),
      refused: Array(CELLS).fill(0),
      total_ms: Array(CELLS).fill(0),
    },
    nodes_by_hour: { ran: zeros(), charge: zeros(), battery_j: zeros(), npu_k: zeros() },
    terms: { light: 0, fibre: 0, transfer: 0, wait: 0, npu: 0, access: 0 },
    on_ground: 0,
    in_orbit: 0,
    hops: 0,
    sunlit: 0,
    energy_j: 0,
    battery_j: 0,
  };
}

function cellOf(lat: number, lon: number): number {
  const row = Math.min(Math.floor((lat + 90) / CELL_DEG), 180 / CELL_DEG - 1);
  const column = Math.min(Math.floor((lon + 180) / CELL_DEG), COLUMNS - 1);
  return row * COLUMNS + column;
}

const latencyOf = (latency: Histogram): Latency => ({
  served: latency.total,
  p5: latency.percentile(0.05),
  p50: latency.percentile(0.5),
  p95: latency.percentile(0.95),
  p99: latency.percentile(0.99),
});

/** Of an hour. A run that waits past the hour's end counts in that of its ask. */
function nodesOf(
  { ran, charge, battery_j, npu_k }: TallyState["nodes_by_hour"],
  hour: number,
): HourOfNodes {
  return {
    state_of_charge: ran[hour] > 0 ? charge[hour] / ran[hour] : null,
    battery_j: battery_j[hour],
    npu_temperature_most_k: ran[hour] > 0 ? npu_k[hour] : null,
  };
}

const partOf = ({ asks, latency }: Counted): Part => ({ asks, ...latencyOf(latency) });

function fleetOf(
  { constellation, profiles }: Run,
  { nodes, until, residue_most }: EngineEnd,
): Fleet {
  const depths = Array<number>(DEPTHS).fill(0);
  let [depth_most, temperature_most_k, npu_temperature_most_k] = [0, 0, 0];
  let [handovers, used, utilisation_most] = [0, 0, 0];
  for (const one of nodes) {
    const { battery } = profiles.of(constellation, one.node);
    const depth = 1 - one.battery_least / battery;
    depths[Math.min(Math.floor(depth * DEPTHS), DEPTHS - 1)]++;
    depth_most = Math.max(depth_most, depth);
    temperature_most_k = Math.max(temperature_most_k, one.temperature_most);
    npu_temperature_most_k = Math.max(npu_temperature_most_k, one.npu_temperature_most);
    handovers += one.handovers;
    const utilisation = one.npu / Math.max((until - one.since) / 1e3, 1e-9);
    used += utilisation;
    utilisation_most = Math.max(utilisation_most, utilisation);
  }
  return {
    asked: nodes.length,
    depth_of_discharge: depths,
    depth_most,
    temperature_most_k,
    npu_temperature_most_k,
    handovers,
    utilisation_mean: nodes.length > 0 ? used / nodes.length : 0,
    utilisation_most,
    residue_most,
  };
}

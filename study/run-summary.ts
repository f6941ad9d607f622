/**
 * What a run comes to, as plain JSON: what reports and tables are made of. All of it is modelled.
 * @module
 */

/** Percentiles of the time from setting out to the answer, ms; null where nothing was served. */
export interface Latency {
  served: number;
  p5: number | null;
  p50: number | null;
  p95: number | null;
  p99: number | null;
}

/** What a part of the asks came to. */
export interface Part extends Latency {
  asks: number;
}

/** What nodes were like in an hour, as the asks of it found them. */
export interface HourOfNodes {
  /** Of the battery when a run began, 0 to 1: the mean over runs; null without runs. */
  state_of_charge: number | null;
  /** What batteries gave for the hour's asks, J. */
  battery_j: number;
  /** Of the hottest NPU when a run began, K; null without runs. */
  npu_temperature_most_k: number | null;
}

/** What a run comes to. */
export interface RunSummary {
  name: string;
  facts: readonly string[];
  digest: string;
  nodes: number;
  asks: number;
  served: number;
  /** Served within their deadline, or served where they have none. */
  in_time: number;
  /** By reason. */
  refusals: Readonly<Record<string, number>>;
  latency: Latency;
  /** Means of what was served, ms. */
  terms: {
    light: number;
    fibre: number;
    transfer: number;
    wait: number;
    npu: number;
    access: number;
  };
  /** By kind, in the order of the scenario. */
  kinds: readonly (Part & { name: string })[];
  /** By hour of the run. */
  hours: readonly (Part & HourOfNodes)[];
  /** By ten degrees of latitude, from the south pole up; asks from nodes are in none. */
  latitudes: readonly Part[];
  /** By five degrees of latitude and longitude, row by row from the south-west: what was asked, what refused. */
  cells: { asks: readonly number[]; refused: readonly number[]; total_ms: readonly number[] };
  /** Served on the ground. */
  on_ground: number;
  /** Links between nodes, of what nodes served: the mean. */
  hops: number;
  /** Of what nodes served, the share that began in sunlight. */
  sunlit: number;
  /** What NPUs drew for the asks, J. */
  energy_j: number;
  /** Of that, from batteries. */
  battery_j: number;
  fleet: Fleet;
}

/** What it was for the nodes that were asked at least once. */
export interface Fleet {
  asked: number;
  /** By twentieths of the battery: how deep each node was discharged at the most. */
  depth_of_discharge: readonly number[];
  depth_most: number;
  temperature_most_k: number;
  npu_temperature_most_k: number;
  handovers: number;
  /** NPU time over all the time since a node was asked first: the mean and the most. */
  utilisation_mean: number;
  utilisation_most: number;
  /** How far batteries' change differs from what flowed, the most of any node; 0 but for rounding. */
  residue_most: number;
}

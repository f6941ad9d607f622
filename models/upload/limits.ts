/**
 * What an uploaded file may hold, and what a run of it may take: every bound in one place.
 * Not its job: quotas of a tenant, and what a price list says.
 * @module
 */

const KIBIBYTE = 2 ** 10;
const MEBIBYTE = 2 ** 20;

/** Bytes of an ONNX file. Workers takes a body of 100 MB, and the rest of one is not for us to fill. */
export const FILE_BYTES_MAX = 95e6;

/** Bytes of a file without its weights: an isolate holds several, and reads one for every cold start. */
export const SKELETON_BYTES_MAX = 4 * MEBIBYTE;

/** Bytes of a tensor's elements that the skeleton keeps: what carries shapes is smaller. */
export const KEPT_BYTES_MAX = 4 * KIBIBYTE;

/** Fields of all messages of a file: reading it must end, also where each weight is a field of its own. */
export const FIELDS_MAX = 500_000;

/** Nodes of a file, with those of its subgraphs and functions: each is visited for every new shape. */
export const NODES_MAX = 10_000;

/** Inputs, and outputs, of one node: each is looked at for every count. */
export const NODE_PORTS_MAX = 4_096;

/** Inputs, and outputs: each has a line in the model's metadata, and a header in every request. */
export const PORTS_MAX = 64;

/** Characters of a name that callers see: it stands in every request and answer. */
export const PORT_NAME_CHARS_MAX = 128;

/** Versions of ONNX's own operators that the engine has; below 7 not of every operator. */
export const OPSETS = { least: 1, most: 26 } as const;

/** The newest version of the file format that the engine reads. */
export const IR_VERSION_MAX = 13;

/**
 * Visits of nodes in one count: every node twice. Loops within loops must be counted in some 100 ms, or be refused,
 * since an isolate serves nobody else while it counts.
 */
export const COUNT_VISITS_MAX = 20_000;

/** Visits of nodes in all counts of an inspection: the search for limits must end within a second. */
export const SEARCH_VISITS_MAX = 30_000;

/** Bytes that a text is taken to have until a request brings longer ones. */
export const TEXT_BYTES = 256;

/** What one run takes: upper bounds, all of them. */
export interface Demand {
  /** Arithmetic operations, by the rule of docs/models.md#operations. */
  operations: number;
  /** Bytes of parameters and of what lives at once, besides the runtime's own 16 MB. */
  memory_bytes: number;
  /** How long an isolate's engine takes to open the model and run it once, about. */
  engine_ms: number;
}

/** What an isolate of 128 MB with the runtime in it can run, while others wait for 1 s at most. */
export const SANDBOX: Readonly<Demand> = {
  operations: 2e9,
  memory_bytes: 64 * MEBIBYTE,
  engine_ms: 1_000,
};

/** What attached hardware may be asked: more is refused, so that one run ends within minutes. */
export const HARDWARE: Readonly<Demand> = {
  operations: 1e13,
  memory_bytes: 4096 * MEBIBYTE,
  engine_ms: 1_200_000,
};

/**
 * Says why a run does not fit into what somebody can run.
 * @returns every bound that it passes, as the end of a sentence about the run; null if it fits
 */
export function misfit(demand: Demand, room: Readonly<Demand>): string | null {
  const passed = BOUNDS.filter(({ of }) => demand[of] > room[of]).map(({ of, unit, per }) =>
    `${round(demand[of] / per)} ${unit}, over ${round(room[of] / per)}`
  );
  return passed.length === 0 ? null : `takes ${passed.join("; ")}`;
}

/**
 * Whether a run fits into what somebody can run.
 * @returns false where it passes any bound
 */
export const fits = (demand: Demand, room: Readonly<Demand>): boolean =>
  misfit(demand, room) === null;

const BOUNDS: { of: keyof Demand; unit: string; per: number }[] = [
  { of: "operations", unit: "billion operations", per: 1e9 },
  { of: "memory_bytes", unit: "MiB of memory", per: MEBIBYTE },
  { of: "engine_ms", unit: "ms of the engine's time", per: 1 },
];

/** Two places, and never down to the bound that it passes. */
const round = (value: number): number => Math.ceil(value * 100) / 100;

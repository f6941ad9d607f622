/**
 * What one execution used, in integers, and what it costs.
 * Every quantity is rounded up once, here, so that sums of receipts are exact for ever after.
 * Not its job: the battery. A node debits the exact joules; the receipt states them rounded.
 * @module
 */

/** One execution as billed. All quantities are integers >= 0; the id is the ledger's primary key. */
export interface Receipt {
  /** UUID, the same as the placement's. */
  id: string;
  tenant_id: string;
  key_id: string;
  node: string;
  /** The region that the node's object ran in. */
  region: string;
  model: string;
  model_version: string;
  class: AskClass;
  /** Mesh clock at admission, ms since 1970. */
  executed_at_ms: number;
  operations: number;
  energy_mj: number;
  npu_us: number;
  bytes_up: number;
  bytes_down: number;
  charge_microcredits: number;
}

export type AskClass = "realtime" | "interactive" | "batch";

/** What an execution used, as physics gives it. */
export interface Used {
  operations: number;
  energy_j: number;
  npu_s: number;
  bytes_up: number;
  bytes_down: number;
}

/** Micro-credits for each unit; integers, so that a charge is an integer. */
export interface Prices {
  per_request: number;
  per_mega_operation: number;
  per_millijoule: number;
  per_npu_microsecond: number;
  per_kilobyte: number;
}

export const DEFAULT_PRICES: Prices = {
  per_request: 100,
  per_mega_operation: 1,
  per_millijoule: 10,
  per_npu_microsecond: 1,
  per_kilobyte: 5,
};

type Quantities = Pick<
  Receipt,
  "operations" | "energy_mj" | "npu_us" | "bytes_up" | "bytes_down" | "charge_microcredits"
>;

/** Rounds what was used up to whole units and prices it. */
export function charge(used: Used, prices: Prices = DEFAULT_PRICES): Quantities {
  const operations = whole(used.operations, "operations");
  const energy_mj = whole(used.energy_j * 1e3, "energy_mj");
  const npu_us = whole(used.npu_s * 1e6, "npu_us");
  const bytes_up = whole(used.bytes_up, "bytes_up");
  const bytes_down = whole(used.bytes_down, "bytes_down");
  const charge_microcredits = whole(
    prices.per_request +
      Math.ceil(operations / 1e6) * prices.per_mega_operation +
      energy_mj * prices.per_millijoule +
      npu_us * prices.per_npu_microsecond +
      Math.ceil((bytes_up + bytes_down) / 1e3) * prices.per_kilobyte,
    "charge_microcredits",
  );
  return { operations, energy_mj, npu_us, bytes_up, bytes_down, charge_microcredits };
}

/** Rounds up; anything that is not a finite number >= 0, or too large to count exactly, is a bug. */
function whole(value: number, name: string): number {
  const n = Math.ceil(value);
  if (!(value >= 0) || !Number.isSafeInteger(n)) {
    throw new RangeError(`Cannot bill ${name} = ${value}: must be a finite number >= 0`);
  }
  return n;
}

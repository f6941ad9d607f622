/**
 * What one execution used, in integers, and what it costs.
 * Every quantity is rounded up once, here, so that sums of receipts are exact for ever after.
 * Not its job: the battery. A node debits the exact joules; the receipt states them rounded.
 * @module
 */
import { tokenCharge, type TokenPrices, type TokenUse } from "./tokens.ts";

/**
 * One execution as billed. All quantities are integers >= 0; the id is the ledger's primary key.
 */
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
  /** Mesh clock when the run began, ms since 1970. */
  executed_at_ms: number;
  operations: number;
  /** Millijoules that the NPU drew for it. */
  energy_mj: number;
  /** Microseconds on the NPU, its share of a joined run. */
  npu_us: number;
  bytes_up: number;
  bytes_down: number;
  /** Whole, as priceOf() computes it. */
  charge_microcredits: number;
  /**
   * The id of the prices that were in force: the charge can be computed again from the quantities
   * above.
   */
  price_list: string;
  /** The lease of budget that paid; null where the tenant has no budget. */
  lease_id: string | null;
  /**
   * Of a language model: its tokens and what a million of them cost, which make the charge instead of the
   * price list. Missing for tensors. A receipt that has it is of version 2 (durable-objects/shared).
   */
  prompt_tokens?: number;
  /** Written. */
  completion_tokens?: number;
  /** Micro-credits. */
  per_mega_prompt_token?: number;
  /** Micro-credits. */
  per_mega_completion_token?: number;
}

/**
 * How urgent an ask is: the NPU's queue takes each class by its own horizon (mesh/node/queue.ts).
 */
export type AskClass = "realtime" | "interactive" | "batch";

/** What an execution used, as physics gives it. */
export interface Used {
  operations: number;
  energy_j: number;
  npu_s: number;
  bytes_up: number;
  bytes_down: number;
}

/**
 * Micro-credits for each unit; integers, so that a charge is an integer. Only what is known before
 * the run has a price. So a caller knows the charge beforehand, and a budget is kept to the unit.
 * Energy and NPU time depend on the node's heat and on its other asks: a receipt states them and
 * does not bill them.
 */
export interface Prices {
  per_request: number;
  /** For each million operations begun. */
  per_mega_operation: number;
  /** For each thousand bytes begun, both ways together. */
  per_kilobyte: number;
}

/** Prices in force from an instant of the mesh clock until a later list's. */
export interface PriceList extends Prices {
  id: string;
  valid_from_ms: number;
}

/** In force until an admin sets others. Never change it: receipts name it. */
export const LAUNCH_PRICES: PriceList = {
  id: "launch",
  valid_from_ms: 0,
  per_request: 100,
  per_mega_operation: 1,
  per_kilobyte: 5,
};

/**
 * The list in force at an instant.
 * @param lists in any order; the launch prices need not be among them
 * @param at_ms mesh clock, since 1970
 */
export function pricesAt(lists: readonly PriceList[], at_ms: number): PriceList {
  return lists.reduce(
    (best, list) =>
      list.valid_from_ms <= at_ms && list.valid_from_ms > best.valid_from_ms ? list : best,
    LAUNCH_PRICES,
  );
}

type Quantities = Pick<
  Receipt,
  "operations" | "energy_mj" | "npu_us" | "bytes_up" | "bytes_down" | "charge_microcredits"
>;

/**
 * Rounds up what an ask of a language model used; its tokens alone are priced.
 * @throws RangeError if a quantity is not a finite number >= 0, or too large to count exactly
 */
export function chargeTokens(
  used: Used,
  tokens: TokenUse,
  prices: TokenPrices,
): Quantities & TokenUse & TokenPrices {
  return {
    ...wholeOf(used),
    charge_microcredits: tokenCharge(tokens, prices),
    prompt_tokens: tokens.prompt_tokens,
    completion_tokens: tokens.completion_tokens,
    per_mega_prompt_token: prices.per_mega_prompt_token,
    per_mega_completion_token: prices.per_mega_completion_token,
  };
}

/**
 * What an execution will cost, from what is known of it before it runs.
 * @returns micro-credits, whole
 * @throws RangeError if a quantity is not a finite number >= 0, or too large to count exactly
 */
export function priceOf(
  used: Pick<Used, "operations" | "bytes_up" | "bytes_down">,
  prices: Prices,
): number {
  const operations = whole(used.operations, "operations");
  const bytes = whole(used.bytes_up, "bytes_up") + whole(used.bytes_down, "bytes_down");
  return whole(
    prices.per_request +
      Math.ceil(operations / 1e6) * prices.per_mega_operation +
      Math.ceil(bytes / 1e3) * prices.per_kilobyte,
    "charge_microcredits",
  );
}

/**
 * Rounds what was used up to whole units and prices it.
 * @throws RangeError if a quantity is not a finite number >= 0, or too large to count exactly
 */
export function charge(used: Used, prices: Prices): Quantities {
  return { ...wholeOf(used), charge_microcredits: priceOf(used, prices) };
}

const wholeOf = (used: Used): Omit<Quantities, "charge_microcredits"> => ({
  operations: whole(used.operations, "operations"),
  energy_mj: whole(used.energy_j * 1e3, "energy_mj"),
  npu_us: whole(used.npu_s * 1e6, "npu_us"),
  bytes_up: whole(used.bytes_up, "bytes_up"),
  bytes_down: whole(used.bytes_down, "bytes_down"),
});

/**
 * Rounds a quantity up.
 * @throws RangeError for what is not a finite number >= 0 or is too large to count exactly: a bug
 */
function whole(value: number, name: string): number {
  const n = Math.ceil(value);
  if (!(value >= 0) || !Number.isSafeInteger(n)) {
    throw new RangeError(`Cannot bill ${name} = ${value}: must be a finite number >= 0`);
  }
  return n;
}

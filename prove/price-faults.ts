/**
 * Price lists that are not what executions were charged by.
 *
 * One wrong price makes every charge under its list wrong, which would be told of each receipt. Where
 * several do not hold, and one field of one list explains all of them, that field is the wrong one.
 * @module
 */
import { LAUNCH_PRICES, type PriceList, pricesAt } from "../mesh/billing/receipt.ts";
import { costOf } from "./equations/bill.ts";
import type { Execution, Value } from "./execution.ts";

/** A field of a price list that is not what it must be. */
export interface PriceFault {
  /** The list's id, as it was found. */
  list: string;
  field: string;
  found: Value;
  expected: Value;
}

// Enough to tell a price by; with more, a repair of ten thousand receipts would take minutes.
const SAMPLE = 300;
// With one alone, the receipt is as likely.
const BROKEN_MIN = 2;

const FIELDS = ["per_request", "per_mega_operation", "per_kilobyte", "valid_from_ms"] as const;

/**
 * Finds what is wrong with price lists.
 * @returns the lists as they must be, and what of them was not so
 */
export function repairedPrices(
  prices: readonly PriceList[],
  executions: readonly Execution[],
): { prices: PriceList[]; faults: PriceFault[] } {
  const faults: PriceFault[] = [];
  const repaired = prices.map((list): PriceList => {
    // It is in the code, and never changes.
    if (list.id !== LAUNCH_PRICES.id) return { ...list };
    for (const field of FIELDS) {
      if (list[field] !== LAUNCH_PRICES[field]) {
        faults.push(faultOf(list, field, LAUNCH_PRICES[field]));
      }
    }
    return LAUNCH_PRICES;
  });
  for (;;) {
    const fix = repair(repaired, executions);
    if (!fix) return { prices: repaired, faults };
    faults.push(fix.fault);
    repaired[fix.index] = fix.list;
  }
}

function faultOf(list: PriceList, field: keyof PriceList, expected: Value): PriceFault {
  if (field !== "valid_from_ms") return { list: list.id, field, found: list[field], expected };
  const text = (ms: Value) => new Date(ms as number).toISOString();
  return { list: list.id, field: "valid_from", found: text(list[field]), expected: text(expected) };
}

function repair(prices: readonly PriceList[], executions: readonly Execution[]) {
  const broken = executions.filter((execution) => !isPriced(prices, execution));
  if (broken.length < BROKEN_MIN) return null;
  const held = executions.filter((execution) => isPriced(prices, execution));
  const sample = [...broken.slice(0, SAMPLE), ...held.slice(0, SAMPLE), ...held.slice(-SAMPLE)];
  for (const [index, list] of prices.entries()) {
    if (list.id === LAUNCH_PRICES.id) continue;
    for (const field of ["id", ...FIELDS] as const) {
      for (const expected of candidatesFor(list, field, broken)) {
        const changed = { ...list, [field]: expected };
        const all = prices.with(index, changed);
        if (sample.every((execution) => isPriced(all, execution))) {
          return { index, list: changed, fault: faultOf(list, field, expected) };
        }
      }
    }
  }
  return null;
}

function isPriced(prices: readonly PriceList[], { receipt, placement }: Execution): boolean {
  const at_ms = Date.parse(placement.placed_at);
  if (pricesAt(prices, at_ms).id !== receipt.price_list) return false;
  const cost = costOf(receipt, prices);
  return cost !== null && cost === receipt.charge_microcredits + receipt.waived_microcredits;
}

function* candidatesFor(
  list: PriceList,
  field: "id" | typeof FIELDS[number],
  broken: readonly Execution[],
): Generator<Value> {
  if (field === "id") {
    yield* new Set(broken.map(({ receipt }) => receipt.price_list));
    return;
  }
  const text = field === "valid_from_ms"
    ? new Date(list.valid_from_ms).toISOString()
    : String(list[field]);
  for (let i = 0; i < text.length; i++) {
    for (let digit = 0; digit <= 9 && /\d/.test(text[i]); digit++) {
      const changed = `${text.slice(0, i)}${digit}${text.slice(i + 1)}`;
      const value = field === "valid_from_ms" ? Date.parse(changed) : Number(changed);
      if (Number.isFinite(value) && value !== list[field]) yield value;
    }
  }
}

import assert from "node:assert/strict";
import { LAUNCH_PRICES, type PriceList } from "../../../mesh/billing/receipt.ts";
import { repairedPrices } from "../../../prove/price-faults.ts";
import { executionAt } from "./cases.ts";

const DAY = Date.UTC(2026, 10, 27);
const DEARER: PriceList = {
  id: "9b1d",
  valid_from_ms: DAY + 1_000,
  per_request: 250,
  per_mega_operation: 3,
  per_kilobyte: 17,
};

const executions = Array.from(
  { length: 20 },
  (_, i) => executionAt(DAY + 100 * i, { prices: i < 10 ? LAUNCH_PRICES : DEARER }),
);

Deno.test("repairedPrices() finds nothing wrong with prices by which all were charged", () => {
  const lists = [LAUNCH_PRICES, DEARER];
  assert.deepEqual(repairedPrices(lists, executions), { prices: lists, faults: [] });
});

Deno.test("repairedPrices() names the price, or the instant, that explains all wrong charges", () => {
  const changes: [keyof PriceList, number | string, number | string, number | string][] = [
    ["per_request", 240, 240, 250],
    ["per_kilobyte", 87, 87, 17],
    ["per_mega_operation", 8, 8, 3],
    ["id", "9b1e", "9b1e", "9b1d"],
  ];
  for (const [field, changed, found, expected] of changes) {
    const list = { ...DEARER, [field]: changed };
    const { prices, faults } = repairedPrices([LAUNCH_PRICES, list], executions);
    assert.deepEqual(faults, [{ list: list.id, field, found, expected }]);
    assert.deepEqual(prices[1], DEARER);
  }
  const earlier = { ...DEARER, valid_from_ms: DAY };
  const { faults } = repairedPrices([LAUNCH_PRICES, earlier], executions);
  assert.equal(faults.length, 1);
  assert.equal(faults[0].field, "valid_from");
  assert.equal(faults[0].found, "2026-11-27T00:00:00.000Z");
});

Deno.test("repairedPrices() knows the launch prices by itself, and leaves one wrong receipt alone", () => {
  const launch = { ...LAUNCH_PRICES, per_request: 101 };
  const { prices, faults } = repairedPrices([launch, DEARER], executions);
  assert.deepEqual(faults, [
    { list: "launch", field: "per_request", found: 101, expected: LAUNCH_PRICES.per_request },
  ]);
  assert.equal(prices[0].per_request, LAUNCH_PRICES.per_request);
  const one = structuredClone(executions);
  one[3].receipt.charge_microcredits++;
  assert.deepEqual(repairedPrices([LAUNCH_PRICES, DEARER], one).faults, []);
});

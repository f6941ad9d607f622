import assert from "node:assert/strict";
import { charge, LAUNCH_PRICES, type Prices, type Used } from "../../../../mesh/billing/receipt.ts";
import { type Random, seeded } from "../../../support/random.ts";

const NOTHING: Used = { operations: 0, energy_j: 0, npu_s: 0, bytes_up: 0, bytes_down: 0 };
const FIELDS = ["operations", "energy_j", "npu_s", "bytes_up", "bytes_down"] as const;

function anyUse(random: Random): Used {
  const size = (most: number) => random.pick([0, random.next(), most * random.next() ** 4]);
  return {
    operations: size(1e13),
    energy_j: size(1e4),
    npu_s: size(100),
    bytes_up: Math.floor(size(1e8)),
    bytes_down: Math.floor(size(1e8)),
  };
}

function anyPrices(random: Random): Prices {
  return {
    per_request: random.integer(0, 1_000),
    per_mega_operation: random.integer(0, 10),
    per_kilobyte: random.integer(0, 10),
  };
}

Deno.test("charge() gives integers >= 0, each rounded up by less than one unit", () => {
  for (let seed = 0; seed < 5_000; seed++) {
    const random = seeded(seed);
    const used = anyUse(random);
    const charged = charge(used, anyPrices(random));
    for (const [name, value] of Object.entries(charged)) {
      assert.ok(Number.isSafeInteger(value) && value >= 0, `seed ${seed}: ${name} = ${value}`);
    }
    const pairs: readonly [number, number][] = [
      [charged.operations, used.operations],
      [charged.energy_mj, used.energy_j * 1e3],
      [charged.npu_us, used.npu_s * 1e6],
      [charged.bytes_up, used.bytes_up],
      [charged.bytes_down, used.bytes_down],
    ];
    for (const [whole, exact] of pairs) {
      assert.ok(whole >= exact && whole < exact + 1, `seed ${seed}: ${whole} for ${exact}`);
    }
  }
});

Deno.test("charge() is the sum of its parts in exact arithmetic", () => {
  for (let seed = 0; seed < 5_000; seed++) {
    const random = seeded(seed);
    const prices = anyPrices(random);
    const charged = charge(anyUse(random), prices);
    const up = (n: number, unit: bigint) => (BigInt(n) + unit - 1n) / unit;
    const expected = BigInt(prices.per_request) +
      up(charged.operations, 1_000_000n) * BigInt(prices.per_mega_operation) +
      up(charged.bytes_up + charged.bytes_down, 1_000n) * BigInt(prices.per_kilobyte);
    assert.equal(BigInt(charged.charge_microcredits), expected, `seed ${seed}`);
  }
});

Deno.test("charge() never falls when more is used", () => {
  for (let seed = 0; seed < 5_000; seed++) {
    const random = seeded(seed);
    const used = anyUse(random);
    const field = random.pick(FIELDS);
    const more = { ...used, [field]: used[field] + random.pick([1, 0.001, 1e6]) * random.next() };
    const [less, greater] = [charge(used, LAUNCH_PRICES), charge(more, LAUNCH_PRICES)];
    assert.ok(greater.charge_microcredits >= less.charge_microcredits, `seed ${seed}: ${field}`);
  }
});

Deno.test("charge() asks the price of a request even where nothing was used", () => {
  assert.deepEqual(charge(NOTHING, LAUNCH_PRICES), {
    operations: 0,
    energy_mj: 0,
    npu_us: 0,
    bytes_up: 0,
    bytes_down: 0,
    charge_microcredits: LAUNCH_PRICES.per_request,
  });
});

Deno.test("charge() prices a known execution to the micro-credit", () => {
  // 100 + ceil(12.5) mega-operations + 5 x ceil(2.5 kB); energy and time are stated, not billed.
  const used = {
    operations: 12.5e6,
    energy_j: 0.0021,
    npu_s: 100.5e-6,
    bytes_up: 2_000,
    bytes_down: 500,
  };
  assert.equal(charge(used, LAUNCH_PRICES).charge_microcredits, 100 + 13 + 15);
});

Deno.test("charge() throws a RangeError for what cannot have been used", () => {
  for (const field of FIELDS) {
    for (const value of [-1, -1e9, NaN, Infinity, -Infinity, 1e17, Number.MAX_VALUE]) {
      const used = { ...NOTHING, [field]: value };
      assert.throws(() => charge(used, LAUNCH_PRICES), RangeError, `${field} = ${value}`);
    }
  }
});

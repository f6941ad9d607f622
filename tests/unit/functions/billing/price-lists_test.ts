/**
 * The prices as an isolate keeps them: young, old, and while no ledger cache answers.
 * @module
 */
import assert from "node:assert/strict";
import { type PriceList, pricesAt } from "../../../../mesh/billing/receipt.ts";
import { type EpochMs, epochMs } from "../../../../mesh/units.ts";

// Named by a variable: its types are workerd's, which Deno's check of this file does not know.
const MODULE = "../../../../functions/billing/price-lists.ts";
const { NOTICE_MS, pricesFor } = await import(MODULE) as {
  NOTICE_MS: number;
  pricesFor(services: unknown, at: EpochMs): Promise<PriceList>;
};
const SERVICES = "../../../../functions/services.ts";
const { Services } = await import(SERVICES) as { Services: new (parts: object) => unknown };

const START_MS = 1_795_500_000_000;

const listOf = (id: string): PriceList => ({ ...pricesAt([], epochMs(0)), id, valid_from_ms: 1 });

/** An isolate whose clock is set by hand, and a ledger cache that says what it is told to. */
async function isolate(
  run: (set: {
    cache: { prices(): Promise<PriceList[]> };
    pass(ms: number): void;
    price(): Promise<string>;
    behind(): Promise<unknown>;
  }) => Promise<void>,
): Promise<void> {
  const { now, warn } = { now: Date.now, warn: console.warn };
  let at = START_MS + Math.random() * 1e10;
  let behind: Promise<unknown>[] = [];
  const cache = { prices: () => Promise.resolve([listOf("first")]) };
  const services = new Services({
    env: { LEDGER_CACHES: { getByName: () => cache } },
    request: new Request("http://localhost/"),
    request_id: "one",
    after: (work: Promise<unknown>) => behind.push(work),
    setHeader: () => {},
  });
  Date.now = () => at;
  console.warn = () => {};
  try {
    await run({
      cache,
      pass: (ms) => at += ms,
      price: async () => (await pricesFor(services, epochMs(START_MS))).id,
      behind: () => Promise.all(behind.splice(0)),
    });
  } finally {
    [Date.now, console.warn, behind] = [now, warn, []];
  }
}

Deno.test("pricesFor() charges nobody by a list that is older than half the notice, however many ask at once", async () => {
  await isolate(async ({ cache, pass, price }) => {
    assert.equal(await price(), "first");
    cache.prices = () => Promise.resolve([listOf("second")]);
    pass(NOTICE_MS / 2 + 1);
    assert.deepEqual(await Promise.all([price(), price(), price()]), [
      "second",
      "second",
      "second",
    ]);
  });
});

Deno.test("pricesFor() with prices a few seconds old answers at once and asks behind the answer, once a second", async () => {
  await isolate(async ({ cache, pass, price, behind }) => {
    await price();
    let asked = 0;
    cache.prices = () => {
      asked++;
      return Promise.resolve([listOf("second")]);
    };
    pass(10_001);
    assert.deepEqual(await Promise.all([price(), price()]), ["first", "first"]);
    await behind();
    assert.equal(asked, 1);
    assert.equal(await price(), "second");
  });
});

Deno.test("pricesFor() goes on with young prices while no ledger cache answers, and with old ones says so", async () => {
  await isolate(async ({ cache, pass, price, behind }) => {
    await price();
    cache.prices = () => Promise.reject(new Error("away"));
    pass(10_001);
    assert.equal(await price(), "first");
    await behind();
    pass(NOTICE_MS / 2);
    await assert.rejects(price(), { code: "ledger_unavailable" });
  });
});

import assert from "node:assert/strict";
import { LeaseAccount } from "../../../../mesh/billing/lease-account.ts";
import { charge, chargeTokens, LAUNCH_PRICES } from "../../../../mesh/billing/receipt.ts";
import { atMost, tokenCharge } from "../../../../mesh/billing/tokens.ts";

const PRICES = { per_mega_prompt_token: 150_000, per_mega_completion_token: 600_000 };

Deno.test("tokenCharge() rounds the whole ask up once, and a token at the default price is one micro-credit", () => {
  assert.equal(tokenCharge({ prompt_tokens: 1, completion_tokens: 1 }, PRICES), 1);
  assert.equal(tokenCharge({ prompt_tokens: 4, completion_tokens: 1 }, PRICES), 2);
  assert.equal(tokenCharge({ prompt_tokens: 0, completion_tokens: 0 }, PRICES), 0);
  const one = { per_mega_prompt_token: 1e6, per_mega_completion_token: 1e6 };
  assert.equal(tokenCharge({ prompt_tokens: 3, completion_tokens: 997 }, one), 1_000);
  for (const wrong of [-1, 0.5, NaN, Infinity]) {
    const use = { prompt_tokens: wrong, completion_tokens: 0 };
    assert.throws(() => tokenCharge(use, PRICES), RangeError, String(wrong));
  }
});

Deno.test("chargeTokens() states what charge() does, and prices the tokens alone", () => {
  const used = { operations: 1.5, energy_j: 0.0001, npu_s: 1e-7, bytes_up: 3, bytes_down: 9 };
  const tokens = { prompt_tokens: 10, completion_tokens: 20 };
  assert.deepEqual(chargeTokens(used, tokens, PRICES), {
    ...charge(used, LAUNCH_PRICES),
    charge_microcredits: 14,
    ...tokens,
    ...PRICES,
  });
});

Deno.test("atMost() bounds each count by itself", () => {
  const max = { prompt_tokens: 5, completion_tokens: 7 };
  assert.deepEqual(atMost({ prompt_tokens: 9, completion_tokens: 2 }, max), {
    prompt_tokens: 5,
    completion_tokens: 2,
  });
});

Deno.test("A lease gets back what a run was charged less than it had reserved, and is never charged more", () => {
  const account = new LeaseAccount({ id: "l", units: 100, requests: null }, 0);
  const first = account.reserve({ units: 80, requests: 0 }, 0);
  assert.equal(account.free, 20);
  assert.throws(() => account.settle(first, "charged", 81), RangeError);
  account.settle(first, "charged", 30);
  assert.equal(account.free, 70);
  account.settle(first, "charged", 80);
  assert.equal(account.free, 70, "only the first outcome counts");
  account.cutDown();
  assert.equal(account.closing().spent, 30);
});

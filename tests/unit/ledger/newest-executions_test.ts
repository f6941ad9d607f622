import assert from "node:assert/strict";
import type { Execution } from "../../../ledger/execution.ts";
import { readNewest } from "../../../ledger/newest-executions.ts";
import { recordExecutions } from "../../../ledger/record-executions.ts";
import { randomExecutions, TENANTS } from "../../support/random-executions.ts";
import { temporaryLedger } from "../../support/temporary-ledger.ts";

const SAMPLE_MAX = 5;

Deno.test("readNewest() gives each tenant what came since its last look, once, in the order of arrival", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  const look = (tenant_id: string, after: string | null) =>
    readNewest(ledger, { tenant_id, after, sample_max: SAMPLE_MAX });
  const places = new Map<string, string>();
  for (const tenant_id of TENANTS) {
    const first = await look(tenant_id, null);
    assert.deepEqual(first, { last: "", news: null });
    places.set(tenant_id, first.last);
  }
  const all = randomExecutions(120, 31);
  for (let i = 0; i < all.length; i += 24) {
    const some = all.slice(i, i + 24);
    await recordExecutions(ledger, some, i);
    for (const tenant_id of TENANTS) {
      const own = some.filter(({ receipt }) => receipt.tenant_id === tenant_id);
      const { last, news } = await look(tenant_id, places.get(tenant_id)!);
      const sum = (of: (one: Execution) => number) => own.reduce((n, one) => n + of(one), 0);
      const { sample, ...sums } = news!;
      assert.deepEqual(sums, {
        executions: own.length,
        more: false,
        energy_mj: sum(({ receipt }) => receipt.energy_mj),
        charge_microcredits: sum(({ receipt }) => receipt.charge_microcredits),
      });
      const newest = own.slice(-SAMPLE_MAX);
      assert.deepEqual(sample.map(({ id }) => id), newest.map(({ receipt }) => receipt.id));
      assert.deepEqual(
        sample.map(({ path }) => path),
        newest.map(({ placement }) => placement.path),
      );
      assert.equal(last, own.at(-1)!.receipt.id);
      assert.deepEqual(await look(tenant_id, last), { last, news: null });
      places.set(tenant_id, last);
    }
  }
  // Of another tenant, or of another ledger: it begins anew, and tells nothing of what was before.
  const [acme, globex] = TENANTS;
  for (const strange of [places.get(globex)!, "nobody's"]) {
    assert.deepEqual(await look(acme, strange), { last: places.get(acme), news: null });
  }
});

Deno.test("readNewest() counts 2,000 at most, says that there were more, and goes on after the newest", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  const all = randomExecutions(2_100, 32).map(({ receipt, placement }) => ({
    receipt: { ...receipt, tenant_id: "acme" },
    placement: { ...placement, tenant_id: "acme" },
  }));
  for (let i = 0; i < all.length; i += 500) {
    await recordExecutions(ledger, all.slice(i, i + 500), 1);
  }
  const { last, news } = await readNewest(ledger, { tenant_id: "acme", after: "", sample_max: 2 });
  assert.deepEqual([news!.executions, news!.more], [2_000, true]);
  const ids = all.map(({ receipt }) => receipt.id);
  assert.deepEqual(news!.sample.map(({ id }) => id), ids.slice(-2));
  assert.equal(last, ids.at(-1));
});

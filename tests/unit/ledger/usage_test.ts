import assert from "node:assert/strict";
import { recordExecutions } from "../../../ledger/record-executions.ts";
import { usage, type UsageGrouping, type UsageRequest } from "../../../ledger/usage.ts";
import type { Receipt } from "../../../mesh/billing/receipt.ts";
import { seeded } from "../../support/random.ts";
import {
  QUANTITIES,
  randomExecutions,
  SPAN_MS,
  START_MS,
  TENANTS,
} from "../../support/random-executions.ts";
import { temporaryLedger } from "../../support/temporary-ledger.ts";

/** The same sums, by the plainest loop. */
function plainUsage(receipts: Receipt[], request: UsageRequest) {
  const groupOf = (receipt: Receipt) => {
    if (request.group_by === undefined) return null;
    if (request.group_by === "hour") return Math.floor(receipt.executed_at_ms / 3.6e6) * 3.6e6;
    return receipt[request.group_by];
  };
  const nothing = () => Object.fromEntries(QUANTITIES.map((name) => [name, 0n]));
  const groups = new Map<string | number | null, Record<string, unknown>>();
  if (request.group_by === undefined) {
    groups.set(null, { group: null, executions: 0, ...nothing() });
  }
  for (const receipt of receipts) {
    if (receipt.tenant_id !== request.tenant_id) continue;
    if (receipt.executed_at_ms < request.from_ms) continue;
    if (receipt.executed_at_ms >= request.to_ms) continue;
    const group = groupOf(receipt);
    const row = groups.get(group) ?? { group, executions: 0, ...nothing() };
    row.executions = row.executions as number + 1;
    for (const name of QUANTITIES) row[name] = row[name] as bigint + BigInt(receipt[name] ?? 0);
    groups.set(group, row);
  }
  return [...groups.values()].sort((a, b) => (a.group as string) < (b.group as string) ? -1 : 1);
}

Deno.test("usage() is the plain sum of the receipts, beyond 2^53 too, for any time and grouping", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  const executions = randomExecutions(1500, 11).map(({ receipt, placement }, i) => ({
    receipt: i % 4 === 0
      ? { ...receipt, prompt_tokens: i, completion_tokens: Number.MAX_SAFE_INTEGER - i }
      : receipt,
    placement,
  }));
  for (let i = 0; i < executions.length; i += 100) {
    await recordExecutions(ledger, executions.slice(i, i + 100), 1);
  }
  const receipts = executions.map(({ receipt }) => receipt);
  const random = seeded(12);
  const groupings: (UsageGrouping | undefined)[] = [undefined, "hour", "model", "node", "region"];
  for (let i = 0; i < 40; i++) {
    // Half of the bounds fall on the very instant of a receipt.
    const instant = () =>
      random.chance(0.5)
        ? random.pick(receipts).executed_at_ms
        : START_MS + random.integer(0, SPAN_MS);
    const request = {
      tenant_id: random.pick([...TENANTS, "nobody"]),
      from_ms: instant(),
      to_ms: instant(),
      group_by: groupings[i % groupings.length],
    };
    assert.deepEqual(
      await usage(ledger, request),
      plainUsage(receipts, request),
      `case ${i} of seed 12: ${JSON.stringify(request)}`,
    );
  }
  const [all] = await usage(ledger, { tenant_id: "acme", from_ms: 0, to_ms: START_MS * 2 });
  assert.ok(all.operations > 2n ** 60n, "the case does not reach what it is about");
  assert.ok(all.completion_tokens > 2n ** 53n, "the case does not reach what it is about");
});

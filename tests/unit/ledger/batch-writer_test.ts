/**
 * The quick writer beside the client that it stands in for: the same rows, the same refusals, and
 * nothing left of a batch that fails.
 * @module
 */
import assert from "node:assert/strict";
import { openBatchWriter } from "../../../ledger/batch-writer.ts";
import type { Execution } from "../../../ledger/execution.ts";
import { recordExecutions } from "../../../ledger/record-executions.ts";
import { refusalOf } from "../../../ledger/refusal.ts";
import { placements } from "../../../ledger/schema/placements.ts";
import { receipts } from "../../../ledger/schema/receipts.ts";
import { randomExecutions } from "../../support/random-executions.ts";
import { temporaryLedger } from "../../support/temporary-ledger.ts";

async function both() {
  const [theirs, ours] = await Promise.all([temporaryLedger(), temporaryLedger()]);
  const writer = { $client: openBatchWriter({ url: ours.url, authToken: ours.token }) };
  const rows = ({ ledger }: typeof ours) =>
    Promise.all([
      ledger.select().from(receipts).orderBy(receipts.id),
      ledger.select().from(placements).orderBy(placements.id),
    ]);
  return {
    writer,
    ledger: theirs.ledger,
    same: async () => {
      const [a, b] = await Promise.all([rows(theirs), rows(ours)]);
      assert.deepEqual(b, a);
      return a[0].length;
    },
    url: ours.url,
    async [Symbol.asyncDispose]() {
      await theirs[Symbol.asyncDispose]();
      await ours[Symbol.asyncDispose]();
    },
  };
}

Deno.test("openBatchWriter() writes what the client writes, and counts what is new", async () => {
  await using pair = await both();
  const executions = randomExecutions(400, 11).map(({ receipt, placement }, i) => ({
    receipt: { ...receipt, lease_id: i % 3 === 0 ? `lease "${i % 7}" \u{1f6f0}\n` : null },
    placement,
  }));
  for (let at = 0; at < 400; at += 60) {
    // Some come again.
    const some = executions.slice(Math.max(0, at - 20), at + 60);
    const counts = [
      await recordExecutions(pair.ledger, some, 7),
      await recordExecutions(pair.writer, some, 7),
    ];
    assert.equal(counts[1], counts[0]);
  }
  assert.equal(await pair.same(), 400);
});

Deno.test("openBatchWriter() refuses what the client refuses, and nothing of the batch stays", async () => {
  await using pair = await both();
  // deno-lint-ignore no-explicit-any -- what a fault of ours could send
  const spoil = (seed: number, how: any): Execution[] => {
    const [first, second, third] = randomExecutions(3, seed);
    return [first, { ...second, receipt: { ...second.receipt, ...how } }, third];
  };
  for (
    const [i, how] of [
      { node: null },
      { operations: "many" },
      { energy_mj: 0.5 },
      { bytes_up: { deep: true } },
      { npu_us: NaN },
      { charge_microcredits: Infinity },
    ].entries()
  ) {
    for (const ledger of [pair.ledger, pair.writer]) {
      const error = await recordExecutions(ledger, spoil(i, how), 7).then(() => null, (e) => e);
      assert.ok(error, JSON.stringify(how));
      const isOurs = ledger === pair.writer;
      if (isOurs) assert.ok(refusalOf(error), `${JSON.stringify(how)}: ${error}`);
    }
  }
  assert.equal(await pair.same(), 0);
});

Deno.test("openBatchWriter() takes a wrong token, a wrong place and nobody at all for an outage", async () => {
  await using pair = await both();
  const executions = randomExecutions(1, 1);
  for (
    const address of [
      { url: pair.url, authToken: "another token, of some length" },
      { url: `${pair.url}/elsewhere`, authToken: "" },
      { url: "http://127.0.0.1:9", authToken: "nobody" },
    ]
  ) {
    const error = await recordExecutions({ $client: openBatchWriter(address) }, executions, 7)
      .then(() => null, (e) => e);
    assert.ok(error, address.url);
    assert.equal(refusalOf(error), null, String(error));
  }
});

Deno.test("openBatchWriter() takes HTTP 413 for a refusal, and every other status for an outage", async () => {
  let status = 0;
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("so it is", { status }),
  );
  const writer = openBatchWriter({ url: `http://127.0.0.1:${server.addr.port}` });
  for (status of [400, 401, 403, 404, 408, 413, 429, 500, 502, 503]) {
    const error = await recordExecutions({ $client: writer }, randomExecutions(1, 1), 7)
      .then(() => null, (e) => e);
    assert.match(String(error), new RegExp(`${status} so it is`));
    assert.equal(refusalOf(error) !== null, status === 413, String(error));
  }
});

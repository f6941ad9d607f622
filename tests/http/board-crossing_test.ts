/**
 * A board stays with its node when the node crosses into another region, whose object then serves it:
 * twenty times as fast as in the sky.
 * @module
 */
import assert from "node:assert/strict";
import { FILED } from "../../mesh/orbit/filed.ts";
import { tenuresOf } from "../../mesh/tenure.ts";
import { type EpochMs, epochMs } from "../../mesh/units.ts";
import { attach, boardKey, CountingRunner } from "../support/board.ts";
import { type Mesh, meshTest, within } from "../support/mesh.ts";

const RATE = 20;
const test = meshTest({ PERIGEE_CLOCK: `2026-03-20T12:00:00Z@${RATE}` });

// On a busy machine it takes seconds until the board is attached and has been asked.
const CROSSES_AFTER_MS = 20_000 * RATE;

/** A node that leaves its region no sooner than that, but soon after. */
function nodeThatCrosses(now: EpochMs): string {
  let best = { node: "", until: Infinity };
  for (let index = 0; index < 2_000; index++) {
    const { until } = tenuresOf(FILED.elements(index)).tenureAt(now);
    if (until > now + CROSSES_AFTER_MS && until < best.until) {
      best = { node: FILED.id(index), until };
    }
  }
  return best.node;
}

const ask = (mesh: Mesh, node: string) =>
  mesh.call("/v2/models/drive-rss/infer", {
    body: {
      inputs: [{ name: "state", shape: [1, 6], datatype: "FP32", data: [20, 15, 40, 0.5, 8, 4] }],
      parameters: { origin_node: node },
    },
  });

test("a board follows its node into the next region, and every ask on the way is answered", async (mesh) => {
  const { body: any } = await mesh.call(`/v1/nodes/${FILED.id(0)}`);
  const node = nodeThatCrosses(epochMs(Date.parse(any.at)));
  const { key } = await boardKey(mesh, node);
  await using board = await attach(mesh, node, key, new CountingRunner());
  const before = await ask(mesh, node);
  assert.equal(before.status, 200, before.text);
  assert.equal(board.runner.runs, 1);
  const first: string = before.body.parameters.region;
  const after = await within(90_000, "an answer of the board in the next region", async () => {
    const runs = board.runner.runs;
    const reply = await ask(mesh, node);
    assert.equal(reply.status, 200, reply.text);
    assert.deepEqual(reply.body.outputs, before.body.outputs);
    const moved = reply.body.parameters.region !== first;
    return moved && board.runner.runs === runs + 1 ? reply : null;
  }, 250);
  assert.ok(after.body.parameters.measured_board_wall_ms > 0);
  assert.ok(board.said.some((text) => text.includes("has crossed")), board.said.join("; "));
  const { body: shown } = await mesh.admin(`/v1/nodes/${node}`);
  assert.equal(shown.board.runtime, "a test's runner");
});

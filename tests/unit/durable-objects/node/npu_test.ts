/**
 * The NPU of a node as its object lives it, on the real clock and with an engine that only counts:
 * what is promised to those who wait, what runs together, and who is let go.
 * @module
 */
import assert from "node:assert/strict";
import type { Tensor } from "../../../../contract/tensor.ts";
import { type Hardware, Npu, type NpuTurn } from "../../../../durable-objects/node/npu.ts";
import { builtIn, type RunnableModel } from "../../../../inference/engine.ts";
import type { Demand } from "../../../../mesh/node/admit.ts";
import { REAL_CLOCK } from "../../../../mesh/clock.ts";
import { DEFAULT_PROFILE } from "../../../../mesh/node/profile.ts";
import { untouched } from "../../../../mesh/node/state.ts";
import type { Sunlight } from "../../../../mesh/orbit/sunlight.ts";
import { epochMs, seconds } from "../../../../mesh/units.ts";
import { MODELS } from "../../../../models/catalogue.ts";

const LIT: Sunlight = (from, until) => until > from ? [{ from, until, sunlit: true }] : [];
const MODEL_BYTES = 1e6;
const SCENE = MODELS.get("scene-indices")!;
const DRIVE = MODELS.get("drive-rss")!;
/** One second of it keeps the NPU busy while a test asks on. */
const OPERATIONS_S = DEFAULT_PROFILE.npu_tops * 1e12;
// Doubles of milliseconds since 1970 tell a quarter of a microsecond, at the least draw of 2 W or more.
const ENERGY_TOLERANCE_J = 1e-5;

/** Gives the first column of `state`, and notes the rows of each run. */
function counting() {
  const runs: number[] = [];
  const run = (_: RunnableModel, [{ shape, data }]: Tensor[]): Promise<Tensor[]> => {
    runs.push(shape[0]);
    const column = Float32Array.from({ length: shape[0] }, (_, row) => Number(data[6 * row]));
    const brakes = new Float32Array(shape[0]);
    return Promise.resolve([
      { name: "safe_distance_m", datatype: "FP32", shape: [shape[0]], data: column },
      { name: "brake_mps2", datatype: "FP32", shape: [shape[0]], data: brakes },
    ]);
  };
  return { runs, engine: { run } };
}

function npuWith(resident: string[], memory: number, engine: Hardware["engine"]) {
  const profile = { ...DEFAULT_PROFILE, memory_bytes: memory * MODEL_BYTES };
  const held = resident.map((model) => ({ model, bytes: MODEL_BYTES }));
  const state = untouched(epochMs(Date.now()), profile, LIT, held);
  return new Npu(state, { clock: REAL_CLOCK, profile, sunlight: LIT, engine });
}

const demand = (id: string, change: Partial<Demand> = {}): Demand => ({
  id,
  class: "interactive",
  operations: 0.05 * OPERATIONS_S,
  model: { model: "drive-rss", bytes: MODEL_BYTES },
  load_bytes: 0,
  within: seconds(Infinity),
  ...change,
});

const rows = (...first: number[]): Tensor[] => [{
  name: "state",
  datatype: "FP32",
  shape: [first.length, 6],
  data: Float32Array.from(first.flatMap((one) => [one, 0, 0, 0, 0, 0])),
}];

const taken = (npu: Npu, ask: Demand, spec = DRIVE, inputs = rows(1)): Promise<NpuTurn | null> => {
  const answer = npu.take(ask, builtIn(spec), inputs);
  assert.ok(answer.ok, `${ask.id} was refused`);
  return answer.turn;
};

Deno.test("a model that a waiting ask was promised stays in memory, whoever else was used since", async () => {
  const { engine } = counting();
  const npu = npuWith(["promised", "idle", "running"], 3, engine);
  const model = (name: string) => ({ model: name, bytes: MODEL_BYTES });
  const first = taken(npu, demand("a", { model: model("running") }), SCENE);
  const promised = taken(npu, demand("b", { model: model("promised"), class: "batch" }), SCENE);
  const before = taken(npu, demand("c", { model: model("new"), class: "realtime" }), SCENE);
  await first;
  await before;
  const resident = npu.state().resident.map((held) => held.model);
  assert.ok(resident.includes("promised"), `${resident}`);
  assert.ok(!resident.includes("idle"), `${resident}`);
  await promised;
});

Deno.test("asks that wait for one model run together, each with its own rows and share", async () => {
  const { runs, engine } = counting();
  const npu = npuWith(["drive-rss"], 8, engine);
  const turns = [
    taken(npu, demand("a"), DRIVE, rows(1)),
    ...[2, 3, 4].map((one) => taken(npu, demand(`${one}`), DRIVE, rows(one, 10 * one))),
  ];
  const [alone, ...together] = (await Promise.all(turns)).map((turn) => turn!);
  const outputs = await Promise.all(together.map((turn) => turn.outputs));
  assert.deepEqual(runs, [1, 6]);
  assert.deepEqual(outputs.map(([{ data }]) => [...data]), [[2, 20], [3, 30], [4, 40]]);
  assert.deepEqual([...(await alone.outputs)[0].data], [1]);
  for (const turn of together) assert.equal(turn.starts, together[0].starts);
  // The batch pays one dispatch, and what its members are billed is what it draws.
  const { npu_active, npu_dispatch } = DEFAULT_PROFILE;
  const run_s = 3 * 0.05 + npu_dispatch;
  assert.ok(Math.abs(together[0].run - run_s) < 1e-12);
  const billed = together.reduce((sum, { energy }) => sum + energy, 0);
  assert.ok(Math.abs(billed - npu_active * run_s) < ENERGY_TOLERANCE_J, `${billed} J`);
});

Deno.test("realtime runs before interactive before batch, whoever came first", async () => {
  const { engine } = counting();
  const npu = npuWith(["scene-indices"], 8, engine);
  const order: string[] = [];
  const all = (["batch", "batch", "interactive", "realtime"] as const).map((askClass, k) =>
    taken(npu, demand(`${k}`, { class: askClass }), SCENE).then(() => order.push(askClass))
  );
  await Promise.all(all);
  // The first found the NPU free.
  assert.deepEqual(order, ["batch", "realtime", "interactive", "batch"]);
});

Deno.test("dismiss() lets go of those who wait, and not of who has begun", async () => {
  const { engine } = counting();
  const npu = npuWith(["scene-indices"], 8, engine);
  const begun = taken(npu, demand("a"), SCENE);
  const waits = taken(npu, demand("b"), SCENE);
  npu.dismiss();
  assert.ok(await begun);
  assert.equal(await waits, null);
  assert.equal(npu.waiting.length, 0);
});

Deno.test("a run that fails rejects for those who were in it, and for nobody else", async () => {
  const engine = { run: () => Promise.reject(new Error("no memory")) };
  const npu = npuWith(["scene-indices"], 8, engine);
  const turn = await taken(npu, demand("a"), SCENE);
  await assert.rejects(turn!.outputs, /no memory/);
  assert.ok(await taken(npu, demand("b"), SCENE));
});

/**
 * Boards for tests of a whole mesh: the program's own connection, with a runner that is not native; and
 * bare sockets, for what the program would never say.
 * @module
 */
import assert from "node:assert/strict";
import type { BoardModel } from "../../contract/board.ts";
import type { Tensor } from "../../contract/tensor.ts";
import { boardUrl, keepAttached } from "../../hardware/board.ts";
import type { Runner } from "../../hardware/runner.ts";
import type { Sensors } from "../../hardware/sensors.ts";
import { builtIn } from "../../inference/engine.ts";
import { OnnxEngine } from "../../inference/onnx.ts";
import { MODELS } from "../../models/catalogue.ts";
import { type Mesh, within } from "./mesh.ts";

export const SENSORS: Sensors = {
  energy_source: "declared",
  declared_w: 12,
  temperature: () => 321.5,
  energy: () => (wall_ms) => 12 * wall_ms / 1e3,
};

const engine = new OnnxEngine();

/** What a built-in model gives, by the engine of an isolate. */
export const computed = (model: string, inputs: readonly Tensor[]): Promise<Tensor[]> =>
  engine.run(builtIn(MODELS.get(model)!), [...inputs]);

/**
 * For PERIGEE_CLOCK: from then on the nodes that tests attach boards to stay in one region for 13 minutes.
 * A board whose node enters another region has to attach to another object, and a bare socket does not.
 */
export const CALM_CLOCK = "2026-11-27T15:22:40Z";

const ROW = {
  name: "state",
  datatype: "FP32" as const,
  shape: [1, 6],
  data: Float32Array.of(20, 15, 40, 0.5, 8, 4),
};

/** Runs built-in models as the isolate does, and counts the runs. */
export class CountingRunner implements Runner {
  runs = 0;

  constructor(readonly name = "a test's runner") {}

  load(model: BoardModel) {
    assert.ok(model.kind === "built-in");
    return Promise.resolve((inputs: readonly Tensor[]) => {
      this.runs++;
      return computed(model.name, inputs);
    });
  }
}

/** A key for a board of a node. */
export async function boardKey(mesh: Mesh, node: string): Promise<{ id: string; key: string }> {
  const made = await mesh.admin(`/v1/nodes/${node}/boards`, { body: { name: "bench" } });
  assert.equal(made.status, 201, made.text);
  return made.body;
}

export interface AttachedForTest<R extends Runner> extends AsyncDisposable {
  runner: R;
  /** What the program has said. */
  said: string[];
  /** Resolves or rejects as keepAttached() does. */
  ended: Promise<void>;
}

/** Attaches a board by the program's own code, and waits until the mesh lists it. */
export async function attach<R extends Runner>(
  mesh: Mesh,
  node: string,
  key: string,
  runner: R,
): Promise<AttachedForTest<R>> {
  const ending = new AbortController();
  const said: string[] = [];
  // Compiles the runtime: a board's answer is waited for 5 s, which that may take on a slow machine.
  await computed("drive-rss", [ROW]);
  const ended = keepAttached({
    mesh: mesh.url,
    node,
    key,
    runner,
    sensors: SENSORS,
    say: (text) => said.push(text),
  }, ending.signal);
  ended.catch(() => {});
  await isListed(mesh, node, true);
  return {
    runner,
    said,
    ended,
    async [Symbol.asyncDispose]() {
      ending.abort();
      await ended.catch(() => {});
    },
  };
}

/** Waits until the mesh shows that a board is attached to a node, or that none is. */
export const isListed = (mesh: Mesh, node: string, attached: boolean) =>
  within(15_000, `a board ${attached ? "at" : "gone from"} ${node}`, async () => {
    const { body } = await mesh.admin(`/v1/nodes/${node}`);
    return (body.board !== null) === attached || null;
  });

/** A bare socket of a board. */
export async function bareSocket(mesh: Mesh, node: string, key: string): Promise<WebSocket> {
  const socket = new WebSocket(boardUrl(mesh.url, node).replace(/^http/, "ws"), {
    headers: { Authorization: `Bearer ${key}` },
  });
  socket.binaryType = "arraybuffer";
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = (event) => reject(new Error((event as ErrorEvent).message));
  });
  return socket;
}

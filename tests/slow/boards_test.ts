/**
 * Thirty boards under load that drop, lag, fail, repeat themselves and lie about shapes, runs and prices:
 * every ask is answered once, rightly, or refused, and every answer is charged once.
 * @module
 */
import assert from "node:assert/strict";
import { framesOf, headerOf, readFrame, TensorAssembly } from "../../contract/board-frames.ts";
import { readMessage, ToBoard } from "../../contract/board.ts";
import type { Tensor } from "../../contract/tensor.ts";
import { bareSocket, boardKey, computed } from "../support/board.ts";
import { dear, dearModel } from "../support/dear-model.ts";
import { type Json, type Mesh, meshTest, sleep, within } from "../support/mesh.ts";
import { type Random, seeded } from "../support/random.ts";

const test = meshTest();

const BOARDS = 30;
const ASKS = 360;
const AT_ONCE = 12;
const SEED = 14;

const FAULTS = [
  "drop",
  "drop after the result",
  "lag",
  "fail",
  "twice",
  "another shape",
  "another name",
  "an unknown run",
  "a price",
  "nonsense",
] as const;
type Fault = typeof FAULTS[number];

const nodeOf = (i: number) => `G2A-030-${String(i + 1).padStart(3, "0")}`;
const MEASURED = { wall_ms: 1, energy_j: null, energy_source: null, temperature_k: 300 };

/** A board that speaks the protocol by itself, and answers as its dice fall. */
class FakeBoard {
  readonly seen = new Map<Fault | "right", number>();
  #ended = false;
  #socket: WebSocket | undefined;

  constructor(
    readonly mesh: Mesh,
    readonly node: string,
    readonly key: string,
    readonly random: Random,
  ) {}

  async serve(): Promise<void> {
    while (!this.#ended) {
      const socket = await bareSocket(this.mesh, this.node, this.key).catch(() => null);
      if (socket) await this.#serve(socket);
      else await sleep(50);
    }
  }

  end(): void {
    this.#ended = true;
    this.#socket?.close();
  }

  #serve(socket: WebSocket): Promise<void> {
    this.#socket = socket;
    const runs = new Map<
      string,
      { inputs: TensorAssembly; run: Extract<ToBoard, { type: "run" }> }
    >();
    const closed = new Promise<void>((resolve) => socket.onclose = () => resolve());
    socket.onmessage = ({ data }) => {
      if (typeof data !== "string") {
        const { run, piece } = readFrame(new Uint8Array(data))!;
        const one = runs.get(run)!;
        assert.ok(one.inputs.add(piece));
        if (one.inputs.isComplete) void this.#answer(socket, one.run, one.inputs.tensors()!);
        return;
      }
      const message = readMessage(ToBoard, data);
      if (message?.type === "run") {
        runs.set(message.run, { run: message, inputs: new TensorAssembly(message.inputs) });
      }
    };
    socket.send(JSON.stringify({
      type: "hello",
      protocol: 1,
      runtime: "fake",
      in_flight_max: 8,
      energy_source: null,
      declared_w: null,
      // No board is asked what it costs, or whose node it is.
      tenant_id: "other",
      node: "G1A-000-000",
      charge_microcredits: 0,
    }));
    if (this.#ended) socket.close();
    return closed;
  }

  async #answer(
    socket: WebSocket,
    { run, model }: Extract<ToBoard, { type: "run" }>,
    inputs: Tensor[],
  ): Promise<void> {
    const fault = this.random.chance(0.45) ? this.random.pick(FAULTS) : null;
    this.seen.set(fault ?? "right", (this.seen.get(fault ?? "right") ?? 0) + 1);
    const outputs = model.kind === "built-in" ? await computed(model.name, inputs) : [{
      name: "y",
      datatype: "FP32" as const,
      shape: [1, 1],
      data: Float32Array.of(dear(Number(inputs[0].data[0]))),
    }];
    const send = (frame: string | Uint8Array) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(frame as string);
    };
    const result = (change: object = {}, id = run) => {
      const headers = outputs.map(headerOf);
      send(
        JSON.stringify({
          type: "result",
          run: id,
          outputs: headers,
          measured: MEASURED,
          ...change,
        }),
      );
    };
    const data = (id = run) => {
      for (const frame of framesOf(id, outputs)) send(frame);
    };
    const first = (change: object) => ({
      outputs: outputs.map((output, i) => ({ ...headerOf(output), ...(i === 0 && change) })),
    });
    switch (fault) {
      case "drop":
        return socket.close();
      case "drop after the result":
        result();
        return socket.close();
      case "fail":
        return send(JSON.stringify({ type: "failed", run, detail: "on fire" }));
      case "another shape":
        return result(first({ shape: [7, 7, 7], bytes: 4 * 343 }));
      case "another name":
        return result(first({ name: "price" }));
      case "an unknown run":
        result({}, crypto.randomUUID());
        data(crypto.randomUUID());
        break;
      case "nonsense":
        return send(this.random.pick(["{", "null", '{"type":"charge","microcredits":0}']));
      case "lag":
        await sleep(this.random.integer(50, 400));
        break;
      case "a price":
        result({ charge_microcredits: 0, energy_mj: 0, tenant_id: "other", execution_id: run });
        return data();
    }
    result();
    data();
    if (fault === "twice") {
      result();
      data();
    }
  }
}

/** What is asked, and what it must give. */
interface Asked {
  path: string;
  body: object;
  outputs: number[][];
  onlyOnBoards: boolean;
}

async function anyAsk(random: Random): Promise<Asked> {
  const origin_node = nodeOf(random.integer(0, BOARDS - 1));
  if (random.chance(0.25)) {
    const x = random.integer(1, 1_000);
    return {
      path: "/v2/models/dear/infer",
      body: {
        inputs: [{ name: "x", shape: [1, 1], datatype: "FP32", data: [x] }],
        parameters: { origin_node },
      },
      outputs: [[Math.fround(dear(x))]],
      onlyOnBoards: true,
    };
  }
  const rows = random.integer(1, 3);
  const data = Array.from({ length: rows * 6 }, () => Math.fround(random.between(0.1, 40)));
  const input = { name: "state", shape: [rows, 6], datatype: "FP32" as const };
  const right = await computed("drive-rss", [{ ...input, data: Float32Array.from(data) }]);
  return {
    path: "/v2/models/drive-rss/infer",
    body: { inputs: [{ ...input, data }], parameters: { origin_node } },
    outputs: right.map((output) => [...output.data as Float32Array]),
    onlyOnBoards: false,
  };
}

test(`${BOARDS} boards that drop, lag, repeat and lie under load lose no ask, answer none twice and double no charge`, async (mesh) => {
  const random = seeded(SEED);
  const put = await mesh.call("/v1/models/dear", {
    method: "PUT",
    body: dearModel(),
    headers: { "Content-Type": "application/octet-stream" },
  });
  assert.equal(put.status, 201, put.text);
  const boards: FakeBoard[] = [];
  for (let i = 0; i < BOARDS; i++) {
    const { key } = await boardKey(mesh, nodeOf(i));
    boards.push(new FakeBoard(mesh, nodeOf(i), key, seeded(SEED + i + 1)));
  }
  const serving = boards.map((board) => board.serve());
  await within(30_000, "the boards", async () => {
    const shown = await Promise.all(boards.map(({ node }) => mesh.admin(`/v1/nodes/${node}`)));
    return shown.every(({ body }) => body.board) || null;
  });
  const asks = await Promise.all(Array.from({ length: ASKS }, () => anyAsk(random)));
  const answers: { asked: Asked; status: number; body: Json; refusal: string | null }[] = [];
  const waiting = [...asks];
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let asked = waiting.shift(); asked; asked = waiting.shift()) {
      const { status, body, headers } = await mesh.call(asked.path, { body: asked.body });
      answers.push({ asked, status, body, refusal: headers.get("Perigee-Refusal") });
    }
  }));
  for (const board of boards) board.end();
  await Promise.all(serving);

  assert.equal(answers.length, ASKS);
  const answered = answers.filter(({ status }) => status === 200);
  for (const { asked, status, body, refusal } of answers) {
    if (status === 200) {
      const outputs = body.outputs.map(({ data }: Json) => data.map(Math.fround));
      assert.deepEqual(outputs, asked.outputs, JSON.stringify(body));
      continue;
    }
    // What an isolate can run is always answered; what it cannot may find no board that answers.
    assert.ok(asked.onlyOnBoards, `${status} ${JSON.stringify(body)}`);
    assert.deepEqual([status, refusal], [503, "no_hardware"], JSON.stringify(body));
  }
  await assertCharged(mesh, answered.map(({ body }) => body.parameters));
  assertTried(boards, answered, answers);
});

/** Each answer has one receipt: of the asker's tenant, of its node, at the price that the answer said. */
async function assertCharged(mesh: Mesh, answers: Json[]): Promise<void> {
  // A node's receipts leave it in order: once its last one is there, all are, but for those of a region that
  // the node has left meanwhile.
  const last: string[] = [];
  for (let i = 0; i < BOARDS; i++) {
    const inputs = [{ name: "state", shape: [1, 6], datatype: "FP32", data: [1, 2, 3, 4, 5, 6] }];
    const { body } = await mesh.call("/v2/models/drive-rss/infer", {
      body: { inputs, parameters: { origin_node: nodeOf(i) } },
    });
    last.push(body.parameters.execution_id);
  }
  const rows: Json[] = await within(30_000, "all receipts", async () => {
    const found = await mesh.rows("SELECT * FROM receipts");
    const ids = new Set(found.map(({ id }) => id));
    const isWhole = [...last, ...answers.map(({ execution_id }) => execution_id)]
      .every((id) => ids.has(id));
    return isWhole ? found : null;
  });
  assert.equal(rows.length, answers.length + BOARDS, "a charge without an answer, or two for one");
  const byId = new Map(rows.map((row) => [row.id, row]));
  const prices = new Map<string, Set<string>>();
  for (const { execution_id, charge_microcredits, node, operations } of answers) {
    const { tenant_id, ...row } = byId.get(execution_id);
    assert.deepEqual([row.charge_microcredits, row.node, tenant_id], [
      charge_microcredits,
      node,
      "dev",
    ]);
    const size = `${row.model} ${operations} ${row.bytes_up} ${row.bytes_down}`;
    prices.set(size, (prices.get(size) ?? new Set()).add(`${charge_microcredits} ${row.npu_us}`));
  }
  for (const [size, found] of prices) assert.equal(found.size, 1, `${size} costs ${[...found]}`);
}

/** The test is of use only if every fault came up, and boards and isolates both have answered. */
function assertTried(
  boards: FakeBoard[],
  answered: { body: Json }[],
  all: { asked: Asked }[],
): void {
  for (const fault of [...FAULTS, "right"] as const) {
    const times = boards.reduce((sum, { seen }) => sum + (seen.get(fault) ?? 0), 0);
    assert.ok(times > 3, `"${fault}" came up ${times} times`);
  }
  const measured = answered.filter(({ body }) =>
    body.parameters.measured_board_wall_ms !== undefined
  );
  const dearOnes = answered.filter(({ body }) => body.model_name === "dear");
  const dearAsks = all.filter(({ asked }) => asked.onlyOnBoards).length;
  assert.ok(measured.length > ASKS / 4, `${measured.length} answers of boards`);
  assert.ok(answered.length - measured.length > ASKS / 10, "isolates had to stand in");
  assert.ok(dearOnes.length > dearAsks / 2, `${dearOnes.length} of ${dearAsks} found a board`);
}

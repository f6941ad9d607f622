/**
 * Boards that attach to nodes: by keys of their own kind, through the real socket of a whole mesh.
 * @module
 */
import assert from "node:assert/strict";
import { CLOSE } from "../../contract/board.ts";
import { type Json, type Mesh, meshTest, within } from "../support/mesh.ts";
import {
  attach,
  bareSocket,
  boardKey,
  CALM_CLOCK,
  CountingRunner,
  isListed,
} from "../support/board.ts";

const test = meshTest({ PERIGEE_CLOCK: CALM_CLOCK });

const ROWS = { name: "state", shape: [2, 6], datatype: "FP32" };
const DATA = [20, 15, 40, 0.5, 8, 4, 30, 10, 25, 0.4, 6, 5];

const ask = (mesh: Mesh, node: string, options: { key?: string; body?: object } = {}) =>
  mesh.call("/v2/models/drive-rss/infer", {
    ...(options.key && { key: options.key }),
    body: {
      inputs: [{ ...ROWS, data: DATA }],
      parameters: { origin_node: node, ...options.body },
    },
  });

const charges = (mesh: Mesh, id: string): Promise<Json[]> =>
  within(15_000, `the receipt ${id}`, async () => {
    const rows = await mesh.rows("SELECT * FROM receipts WHERE id = ?", [id]);
    return rows.length > 0 ? rows : null;
  });

test("a board runs its node's asks, what it measures stands beside what is modelled, and the bill is the same", async (mesh) => {
  const node = "G2A-017-042";
  const bare = await ask(mesh, node);
  assert.equal(bare.status, 200, bare.text);
  assert.equal(bare.body.parameters.measured_board_wall_ms, undefined);
  const { key } = await boardKey(mesh, node);
  await using board = await attach(mesh, node, key, new CountingRunner());
  const answer = await ask(mesh, node);
  assert.equal(answer.status, 200, answer.text);
  assert.equal(board.runner.runs, 1);
  assert.deepEqual(answer.body.outputs, bare.body.outputs);
  const { parameters } = answer.body;
  assert.equal(parameters.node, node);
  assert.ok(parameters.measured_board_wall_ms > 0);
  assert.ok(
    Math.abs(parameters.measured_board_energy_mj - 12 * parameters.measured_board_wall_ms) < 1e-9,
  );
  assert.equal(parameters.measured_board_energy_source, "declared");
  assert.equal(parameters.measured_board_temperature_k, 321.5);
  for (
    const same of ["operations", "charge_microcredits", "bytes_up", "bytes_down", "modelled_npu_ms"]
  ) {
    assert.equal(parameters[same], bare.body.parameters[same], same);
  }
  const { body: shown } = await mesh.call(`/v1/nodes/${node}`);
  const { measured, ...rest } = shown.board;
  assert.equal(measured.wall_ms, parameters.measured_board_wall_ms);
  assert.equal(measured.temperature_k, 321.5);
  assert.equal(rest.runtime, "a test's runner");
  assert.deepEqual([rest.energy_source, rest.declared_w], ["declared", 12]);
  assert.ok(shown.modelled.state_of_charge > 0);
  const { body: listed } = await mesh.call("/v1/nodes?board=true");
  assert.deepEqual(listed.data.map(({ id }: Json) => id), [node]);
  const other = await mesh.tenant("other");
  const { body: theirs } = await mesh.call(`/v1/nodes/${node}`, { key: other });
  assert.equal(theirs.board.measured, null, "another tenant's run is told");
  const [first] = await charges(mesh, bare.body.parameters.execution_id);
  const [second, ...more] = await charges(mesh, parameters.execution_id);
  assert.deepEqual(more, []);
  assert.equal(second.charge_microcredits, first.charge_microcredits);
});

test("a board's key opens its own node's socket and nothing else, and no other key attaches", async (mesh) => {
  const node = "G2A-018-001";
  const { key, id } = await boardKey(mesh, node);
  assert.match(key, /^pgb_/);
  const status = async (path: string, options: object) => (await mesh.call(path, options)).status;
  for (const path of ["/v1/nodes", "/v1/usage", "/v1/admin-keys", `/v1/nodes/${node}/boards`]) {
    assert.equal(await status(path, { key }), 401, path);
  }
  assert.equal((await ask(mesh, node, { key })).status, 401);
  const path = `/v1/nodes/${node}/board`;
  const { admin_token } = mesh.emulator.secrets;
  for (const wrong of [null, mesh.emulator.secrets.dev_key, admin_token, `${key}x`]) {
    assert.equal(await status(path, { key: wrong }), 401);
  }
  assert.equal(await status("/v1/nodes/G2A-018-002/board", { key }), 403);
  const plain = await mesh.call(path, { key });
  assert.equal(plain.status, 400);
  assert.match(plain.body.detail, /WebSocket/);
  const listed = await mesh.admin(`/v1/nodes/${node}/boards`);
  assert.deepEqual(listed.body.data.map((row: Json) => row.id), [id]);
  assert.ok(!listed.text.includes(key));
  assert.equal((await mesh.admin("/v1/nodes/none/boards", { body: { name: "x" } })).status, 404);
  assert.deepEqual((await mesh.admin("/v1/nodes/G2A-018-002/boards")).body.data, []);
  const other = `/v1/nodes/G2A-018-002/boards/${id}`;
  assert.equal((await mesh.admin(other, { method: "DELETE" })).status, 404);
});

test("a revoked key cuts its board off, which does not come again", async (mesh) => {
  const node = "G2A-018-003";
  const { key, id } = await boardKey(mesh, node);
  await using board = await attach(mesh, node, key, new CountingRunner());
  const revoked = await mesh.admin(`/v1/nodes/${node}/boards/${id}`, { method: "DELETE" });
  assert.equal(revoked.status, 204, revoked.text);
  await assert.rejects(board.ended, /revoked/);
  await isListed(mesh, node, false);
  await assert.rejects(bareSocket(mesh, node, key));
  assert.equal((await mesh.call(`/v1/nodes/${node}/board`, { key })).status, 401);
});

test("a board that drops in a run, or answers what the model cannot give, costs nobody the answer", async (mesh) => {
  const node = "G2A-018-004";
  const { key } = await boardKey(mesh, node);
  const right = await ask(mesh, node);
  const faults: Record<string, (socket: WebSocket, message: Json) => void> = {
    drop: (socket) => socket.close(),
    price: (socket, { run }) =>
      socket.send(JSON.stringify({ type: "price", run, charge_microcredits: 0 })),
    shape: (socket, { run }) => {
      const measured = { wall_ms: 1, energy_j: null, energy_source: null, temperature_k: null };
      const outputs = ["safe_distance_m", "brake_mps2"]
        .map((name) => ({ name, datatype: "FP32", shape: [1], bytes: 4 }));
      socket.send(JSON.stringify({ type: "result", run, outputs, measured }));
    },
    failure: (socket, { run }) =>
      socket.send(JSON.stringify({ type: "failed", run, detail: "on fire" })),
  };
  for (const [fault, answer] of Object.entries(faults)) {
    const socket = await bareSocket(mesh, node, key);
    let asked = 0;
    socket.onmessage = ({ data }) => {
      if (typeof data !== "string") return;
      const message = JSON.parse(data);
      if (message.type !== "run") return;
      asked++;
      answer(socket, message);
    };
    socket.send(JSON.stringify({
      type: "hello",
      protocol: 1,
      runtime: fault,
      in_flight_max: 1,
      energy_source: null,
      declared_w: null,
    }));
    await within(10_000, fault, async () => {
      const { body } = await mesh.admin(`/v1/nodes/${node}`);
      return body.board?.runtime === fault || null;
    });
    const reply = await ask(mesh, node);
    assert.equal(reply.status, 200, `${fault}: ${reply.text}`);
    assert.equal(asked, 1, fault);
    assert.deepEqual(reply.body.outputs, right.body.outputs, fault);
    assert.equal(reply.body.parameters.measured_board_wall_ms, undefined, fault);
    const rows = await charges(mesh, reply.body.parameters.execution_id);
    assert.deepEqual(
      rows.map((
        { charge_microcredits, tenant_id, node },
      ) => [charge_microcredits, tenant_id, node]),
      [[right.body.parameters.charge_microcredits, "dev", node]],
      fault,
    );
    socket.close();
  }
});

test("a second board takes the first one's place, which says so and ends", async (mesh) => {
  const node = "G2A-018-005";
  const { key } = await boardKey(mesh, node);
  await using first = await attach(mesh, node, key, new CountingRunner());
  await using second = await attach(mesh, node, key, new CountingRunner("the second one"));
  await assert.rejects(first.ended, /another board/);
  await within(15_000, "the second one", async () => {
    const { body } = await mesh.admin(`/v1/nodes/${node}`);
    return body.board?.runtime === second.runner.name || null;
  });
  assert.equal((await ask(mesh, node)).status, 200);
  assert.deepEqual([first.runner.runs, second.runner.runs], [0, 1]);
});

test("what is no message of the protocol closes the socket with the reason", async (mesh) => {
  const node = "G2A-018-006";
  const { key } = await boardKey(mesh, node);
  for (
    const message of ["{}", "x".repeat(100_000), JSON.stringify({ type: "hello", protocol: 9 })]
  ) {
    const socket = await bareSocket(mesh, node, key);
    const closed = new Promise<CloseEvent>((resolve) => socket.onclose = resolve);
    socket.send(message);
    assert.equal((await closed).code, CLOSE.protocol);
  }
  // Pings are answered while the object sleeps.
  const socket = await bareSocket(mesh, node, key);
  const pong = new Promise<string>((resolve) => socket.onmessage = ({ data }) => resolve(data));
  socket.send("ping");
  assert.equal(await pong, "pong");
  socket.close();
});

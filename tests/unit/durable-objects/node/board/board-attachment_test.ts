/**
 * A node's board with sockets of memory: which connection gets runs, and what outlives hibernation.
 * @module
 */
import assert from "node:assert/strict";
import { CLOSE, REPORT_MS, SILENT_MS } from "../../../../../contract/board.ts";
import { headerOf } from "../../../../../contract/board-frames.ts";
import type { Tensor } from "../../../../../contract/tensor.ts";
import {
  BoardAttachment,
  type BoardSocket,
} from "../../../../../durable-objects/node/board/board-attachment.ts";
import type { BoardRun } from "../../../../../durable-objects/node/board/board-session.ts";
import type { AttachedBoard } from "../../../../../durable-objects/registrar/attached-boards.ts";
import { FILED } from "../../../../../mesh/orbit/filed.ts";
import { MEASURED } from "./hostile-board.ts";

class MemorySocket implements BoardSocket {
  readonly sent: (string | Uint8Array)[] = [];
  closed: number | null = null;
  pinged_at = Date.now();
  #attachment: unknown = null;

  send(data: string | Uint8Array): void {
    if (this.closed !== null) throw new Error("It is closed");
    this.sent.push(data);
  }
  close(code: number): void {
    this.closed ??= code;
  }
  serializeAttachment(value: unknown): void {
    this.#attachment = structuredClone(value);
  }
  deserializeAttachment(): unknown {
    return structuredClone(this.#attachment);
  }
  last(type: string) {
    const texts = this.sent.filter((one) => typeof one === "string");
    return texts.map((text) => JSON.parse(text)).findLast((message) => message.type === type);
  }
}

/** An object's surroundings, which stay while the object's memory comes and goes. */
class Surroundings {
  readonly sockets: MemorySocket[] = [];
  readonly listed = new Map<string, AttachedBoard>();
  listing: Promise<unknown> = Promise.resolve();

  object(): BoardAttachment {
    return new BoardAttachment({
      sockets: () => this.sockets,
      pingedAt: (socket) => (socket as MemorySocket).pinged_at,
      address: () => ({ node: FILED.id(0), region: "weur", elements: FILED.elements(0) }),
      attach: async (board) => {
        await this.listing;
        this.listed.set(board.session, board);
      },
      detach: (session) => Promise.resolve(this.listed.delete(session)),
      warn: () => {},
    });
  }

  async attached(object: BoardAttachment, expires_at_ms: number | null = null) {
    const socket = new MemorySocket();
    this.sockets.push(socket);
    object.accept(socket, { id: "key", expires_at_ms });
    object.message(
      socket,
      JSON.stringify({
        type: "hello",
        protocol: 1,
        runtime: "memory",
        in_flight_max: 2,
        energy_source: null,
        declared_w: null,
      }),
    );
    await settled();
    return socket;
  }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

/** Runs something on a clock that is so much ahead. */
function later(ms: number, run: () => void): void {
  const { now } = Date;
  Date.now = () => now() + ms;
  try {
    run();
  } finally {
    Date.now = now;
  }
}

const OUTPUT: Tensor = { name: "y", datatype: "FP32", shape: [1], data: Float32Array.of(4) };
const RUN: BoardRun = {
  model: { kind: "uploaded", sha256: "a".repeat(64), file_bytes: 1 },
  object: "acme/random",
  inputs: [{ name: "x", datatype: "FP32", shape: [1], data: Float32Array.of(2) }],
  outputs: [{ name: "y", datatype: "FP32", shape: [1] }],
  bytes_max: 4,
  within_ms: 60_000,
};

function answer(object: BoardAttachment, socket: MemorySocket): void {
  const { run } = socket.last("run");
  const result = { type: "result", run, outputs: [headerOf(OUTPUT)], measured: MEASURED };
  object.message(socket, JSON.stringify(result));
  const frame = new Uint8Array(20);
  frame.set(
    Uint8Array.from(run.replaceAll("-", "").match(/../g), (hex: string) => parseInt(hex, 16)),
  );
  frame.set(new Uint8Array(Float32Array.of(4).buffer), 16);
  object.message(socket, frame.buffer);
}

Deno.test("a board gets runs once the registrar lists it, and its files while it has the run", async () => {
  const around = new Surroundings();
  const listing = Promise.withResolvers<void>();
  around.listing = listing.promise;
  const object = around.object();
  const socket = await around.attached(object);
  assert.equal(object.isAttached, false);
  assert.equal(object.takes(RUN), false);
  listing.resolve();
  await settled();
  assert.ok(object.isAttached && object.takes(RUN));
  const outcome = object.run(RUN);
  const { sha256 } = RUN.model as Extract<BoardRun["model"], { kind: "uploaded" }>;
  assert.equal(object.objectOf("key", sha256), "acme/random");
  assert.equal(object.objectOf("another key", sha256), null);
  assert.equal(object.objectOf("key", "b".repeat(64)), null);
  assert.ok(!JSON.stringify(socket.sent).includes("acme"), "the board is told whose model it is");
  answer(object, socket);
  assert.deepEqual(await outcome, { ok: true, outputs: [OUTPUT], measured: MEASURED });
  assert.equal(object.objectOf("key", sha256), null);
  assert.equal(object.figures?.wall_ms, MEASURED.wall_ms);
});

Deno.test("after hibernation the board is still attached, with what it said and measured", async () => {
  const around = new Surroundings();
  const before = around.object();
  const socket = await around.attached(before);
  const first = before.run(RUN);
  answer(before, socket);
  await first;
  const after = around.object();
  assert.ok(after.isAttached && after.takes(RUN));
  assert.equal(after.figures?.wall_ms, MEASURED.wall_ms);
  const outcome = after.run(RUN);
  answer(after, socket);
  assert.ok((await outcome).ok);
  after.message(socket, JSON.stringify({ type: "report", temperature_k: 299 }));
  assert.equal(after.figures?.temperature_k, 299);
});

Deno.test("the newest connection takes the place of the one before, whose runs are settled", async () => {
  const around = new Surroundings();
  const object = around.object();
  const old = await around.attached(object);
  const lost = object.run(RUN);
  const socket = await around.attached(object);
  assert.equal(old.closed, CLOSE.replaced);
  assert.equal((await lost).ok, false);
  assert.equal(around.listed.size, 1);
  const outcome = object.run(RUN);
  answer(object, socket);
  assert.ok((await outcome).ok);
});

Deno.test("a board that is silent, or whose key has expired or is revoked, is no board any more", async () => {
  for (const [end, code] of [["silent", 4_004], ["expired", 4_003], ["revoked", 4_003]] as const) {
    const around = new Surroundings();
    const object = around.object();
    const socket = await around.attached(
      object,
      end === "expired" ? Date.now() + SILENT_MS : null,
    );
    assert.ok(object.isAttached, end);
    if (end === "revoked") object.revoke("key");
    else {
      later(SILENT_MS + 1_000, () => {
        if (end === "expired") socket.pinged_at = Date.now();
        assert.equal(object.isAttached, false);
      });
    }
    assert.equal(object.isAttached, false, end);
    assert.equal(socket.closed, code, end);
    assert.equal(around.listed.size, 0, end);
    assert.equal(around.object().isAttached, false, `${end}, after hibernation`);
  }
});

Deno.test("at a crossing the board is sent on, and the run under way is still answered here", async () => {
  const around = new Surroundings();
  const object = around.object();
  const socket = await around.attached(object);
  const outcome = object.run(RUN);
  object.leave();
  assert.ok(socket.last("moved"));
  assert.equal(object.isAttached, false);
  assert.equal(socket.closed, null);
  answer(object, socket);
  assert.ok((await outcome).ok);
  assert.equal(socket.closed, CLOSE.moved);
});

Deno.test("a report renews the registrar's list before it would forget the board", async () => {
  const around = new Surroundings();
  const object = around.object();
  const socket = await around.attached(object);
  around.listed.clear();
  object.message(socket, JSON.stringify({ type: "report", temperature_k: null }));
  await settled();
  assert.equal(around.listed.size, 0, "listed a moment ago");
  later(REPORT_MS, () => {
    socket.pinged_at = Date.now();
    object.message(socket, JSON.stringify({ type: "report", temperature_k: null }));
  });
  await settled();
  assert.equal(around.listed.size, 1);
});

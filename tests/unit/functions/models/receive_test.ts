/**
 * An upload's way into the bucket: whole, or not at all.
 * @module
 */
import assert from "node:assert/strict";
import { logger } from "../../../../contract/log.ts";
import { ProblemError } from "../../../../contract/problem.ts";
import { MemoryBucket, provideStreams } from "../../../support/memory-bucket.ts";

provideStreams();

// By a name that is not written here: its types are workerd's, and what is around here is Deno's.
const MODULE = new URL("../../../../functions/models/receive.ts", import.meta.url).href;
const { receive } = await import(MODULE);

const FILE = crypto.getRandomValues(new Uint8Array(60_000));
const PIECE_BYTES = 1_000;
const SHA256 = new Uint8Array(await crypto.subtle.digest("SHA-256", FILE)).toHex();

/** A body that comes in pieces. */
const bodyOf = (bytes: Uint8Array) => {
  let at = 0;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.slice(at, at += PIECE_BYTES));
    },
  });
};

/** Counts what it is given. */
class Reader {
  bytes = 0;
  write(piece: Uint8Array) {
    this.bytes += piece.length;
  }
  end() {
    return this.bytes;
  }
}

function received(bucket: object, upload: {
  body?: Uint8Array;
  bytes?: number;
  check?: (read: number, sha256: string) => Promise<unknown>;
}): Promise<unknown> {
  const { body = FILE, bytes = FILE.length, check = () => Promise.resolve("fine") } = upload;
  return receive({ env: { MODELS: bucket }, log: { ...logger(), warn() {} } }, {
    request: { headers: new Headers({ "Content-Length": `${bytes}` }), body: bodyOf(body) },
    object: "acme/one",
    bytes,
    reader: new Reader(),
    check,
  });
}

Deno.test("receive() keeps a file to the byte, once it is checked with its digest", async () => {
  const bucket = new MemoryBucket();
  const check = (read: number, sha256: string) => {
    assert.deepEqual([read, sha256, bucket.keys()], [FILE.length, SHA256, []]);
    return Promise.resolve("checked");
  };
  assert.equal(await received(bucket, { check }), "checked");
  const kept = await bucket.get("acme/one");
  assert.deepEqual(new Uint8Array(await kept!.arrayBuffer()), FILE);
});

Deno.test("receive() keeps nothing of a file that is refused, not needed, too short or too long", async () => {
  const bucket = new MemoryBucket();
  const refusal = new ProblemError("model_invalid", "no");
  await assert.rejects(received(bucket, { check: () => Promise.reject(refusal) }), refusal);
  assert.equal(await received(bucket, { check: () => Promise.resolve(null) }), null);
  const short = received(bucket, { bytes: FILE.length + 1 });
  await assert.rejects(short, { code: "body_unreadable" });
  const long = received(bucket, { bytes: FILE.length - 1 });
  await assert.rejects(long, { code: "body_too_large" });
  // What was cut off ends in turns of its own.
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.deepEqual(bucket.keys(), []);
});

Deno.test("receive() says so where the bucket fails, at once or at the end", async () => {
  const away = { put: () => Promise.reject(new Error("away")) };
  const full = {
    async put(_: string, stream: ReadableStream) {
      await new Response(stream).bytes();
      throw new Error("no room");
    },
  };
  const lossy = {
    async put(_: string, stream: ReadableStream) {
      return { size: (await new Response(stream).bytes()).length - 1 };
    },
  };
  for (const bucket of [away, full, lossy]) {
    await assert.rejects(received(bucket, {}), { code: "models_unavailable" });
  }
});

/**
 * A large body that is read slowly.
 */
import assert from "node:assert/strict";

interface Room {
  isLost: boolean;
  lend(): () => void;
}

interface Module {
  pacedStream(
    pieces: Iterable<Uint8Array>,
    services: { after(work: Promise<unknown>): void; room: Room },
  ): ReadableStream<Uint8Array>;
}

// By a name that is not written at the import: its types are workerd's, and what is around here is Deno's.
const MODULE = new URL("../../../functions/paced-stream.ts", import.meta.url).href;
const { pacedStream } = await import(MODULE) as Module;

/** Other files of this isolate have a stream of their own in its place. */
function test(name: string, run: () => void | Promise<void>): void {
  Deno.test(name, () => {
    Object.assign(globalThis, { IdentityTransformStream: TransformStream });
    return run();
  });
}

test("pacedStream() cuts off a body once others have its room, and leaves what it lent", async () => {
  let borrowed = 0;
  const room: Room = {
    isLost: false,
    lend() {
      borrowed++;
      return () => void borrowed--;
    },
  };
  const work: Promise<unknown>[] = [];
  const pieces = Array.from({ length: 10 }, (_, i) => Uint8Array.of(i));
  const reader = pacedStream(pieces, { after: (one) => void work.push(one), room }).getReader();
  assert.deepEqual((await reader.read()).value, Uint8Array.of(0));
  assert.equal(borrowed, 1);
  room.isLost = true;
  const rest = async () => {
    while (!(await reader.read()).done);
  };
  await assert.rejects(rest(), /read too slowly/);
  await Promise.all(work);
  assert.equal(borrowed, 0);
});

import assert from "node:assert/strict";
import { BodyRoom } from "../../../functions/body-room.ts";

const roomOf = (tenant: string) => new BodyRoom(() => tenant);

const isSettled = (promise: Promise<unknown>) =>
  Promise.race([
    promise.then(() => true),
    new Promise((resolve) => setTimeout(resolve, 60, false)),
  ]);

Deno.test("BodyRoom holds one large body of a tenant; its next waits, another tenant's does not", async () => {
  const [first, second, other] = [roomOf("a"), roomOf("a"), roomOf("b")];
  await first.enter("read");
  await first.enter("read");
  const seconds = second.enter("read");
  assert.equal(await isSettled(seconds), false);
  await other.enter("read");
  first.leave();
  await seconds;
  for (const room of [second, other]) room.leave();
});

Deno.test("BodyRoom holds what fits into the isolate, in the order of coming", async () => {
  const rooms = ["a", "b", "c", "d", "e"].map(roomOf);
  for (const room of rooms.slice(0, 3)) await room.enter("read");
  const [fourth, fifth] = [rooms[3].enter("keyed"), rooms[4].enter("keyed")];
  rooms[0].leave();
  rooms[1].leave();
  assert.equal(await isSettled(fourth), false);
  rooms[2].leave();
  await fourth;
  assert.equal(await isSettled(fifth), false);
  rooms[3].leave();
  await fifth;
  rooms[4].leave();
});

Deno.test("BodyRoom turns away at once whose tenant has many waiting, and nobody else", async () => {
  const rooms = Array.from({ length: 9 }, () => roomOf("a"));
  const entered = rooms.map((room) => room.enter("read"));
  await assert.rejects(roomOf("a").enter("read"), { code: "overloaded" });
  const other = roomOf("b");
  await other.enter("read");
  other.leave();
  for (const [i, room] of rooms.entries()) {
    await entered[i];
    room.leave();
  }
});

Deno.test("BodyRoom loses a room that it has held for two minutes to whoever asks for it", async () => {
  const [slow, next] = [roomOf("a"), roomOf("a")];
  const { now } = Date;
  try {
    await slow.enter("read");
    Date.now = () => now() + 121_000;
    assert.equal(slow.isLost, false, "Nobody has asked for it");
    await next.enter("read");
    assert.equal(slow.isLost, true);
    assert.equal(next.isLost, false);
  } finally {
    Date.now = now;
    for (const room of [slow, next]) room.leave();
  }
  assert.equal(slow.isLost, false, "What is left is not lost");
});

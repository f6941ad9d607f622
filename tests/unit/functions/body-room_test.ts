import assert from "node:assert/strict";
import { BodyRoom } from "../../../functions/body-room.ts";

const settled = (promise: Promise<unknown>) =>
  Promise.race([
    promise.then(() => true),
    new Promise((resolve) => setTimeout(resolve, 60, false)),
  ]);

Deno.test("BodyRoom holds one at a time; the next waits, in the order of their coming", async () => {
  const rooms = Array.from({ length: 3 }, () => new BodyRoom());
  const [first, second, third] = rooms;
  await first.enter();
  await first.enter();
  const seconds = second.enter();
  const thirds = third.enter();
  assert.equal(await settled(seconds), false);
  first.leave();
  await seconds;
  assert.equal(await settled(thirds), false);
  second.leave();
  await thirds;
  for (const room of rooms) room.leave();
});

Deno.test("BodyRoom turns away at once who finds too many waiting", async () => {
  const rooms = Array.from({ length: 33 }, () => new BodyRoom());
  const entered = rooms.map((room) => room.enter());
  const late = new BodyRoom();
  await assert.rejects(late.enter(), { code: "overloaded" });
  for (const [i, room] of rooms.entries()) {
    await entered[i];
    room.leave();
  }
});

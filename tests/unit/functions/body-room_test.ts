import assert from "node:assert/strict";
import { BodyRoom } from "../../../functions/body-room.ts";

const settled = (promise: Promise<unknown>) =>
  Promise.race([
    promise.then(() => true),
    new Promise((resolve) => setTimeout(resolve, 60, false)),
  ]);

Deno.test("BodyRoom holds two at once; the next waits, in the order of their coming", async () => {
  const rooms = Array.from({ length: 4 }, () => new BodyRoom());
  const [first, second, third, fourth] = rooms;
  await first.enter();
  await first.enter();
  await second.enter();
  const thirds = third.enter();
  const fourths = fourth.enter();
  assert.equal(await settled(thirds), false);
  second.leave();
  assert.equal(await settled(thirds), true);
  assert.equal(await settled(fourths), false);
  first.leave();
  await fourths;
  for (const room of rooms) room.leave();
});

Deno.test("BodyRoom turns away at once who finds too many waiting", async () => {
  const rooms = Array.from({ length: 34 }, () => new BodyRoom());
  const entered = rooms.map((room) => room.enter());
  const late = new BodyRoom();
  await assert.rejects(late.enter(), { code: "overloaded" });
  for (const [i, room] of rooms.entries()) {
    await entered[i];
    room.leave();
  }
});

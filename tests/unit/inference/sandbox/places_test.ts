import assert from "node:assert/strict";
import { SandboxPlaces } from "../../../../inference/sandbox/places.ts";
import { seeded } from "../../../support/random.ts";

Deno.test("SandboxPlaces gives one sandbox to each name, and ends the one used longest ago that nobody uses", () => {
  const places = new SandboxPlaces(2);
  const a = places.take("a")!;
  assert.deepEqual(a, { id: "a/0", evicted: [] });
  assert.deepEqual(places.take("a"), a);
  const b = places.take("b")!;
  assert.equal(places.take("c"), null, "both are in use");
  places.leave("b", b.id, false);
  assert.deepEqual(places.take("c"), { id: "c/1", evicted: ["b/0"] });
  places.leave("a", a.id, false);
  assert.equal(places.take("b"), null, "a has two users");
  places.leave("a", a.id, false);
  assert.deepEqual(places.take("b"), { id: "b/2", evicted: ["a/0"] });
});

Deno.test("SandboxPlaces ends a broken sandbox once, and gives its next user a new one", () => {
  const places = new SandboxPlaces(2);
  const first = places.take("a")!;
  places.take("a");
  assert.deepEqual(places.leave("a", first.id, true), ["a/0"]);
  assert.deepEqual(places.take("a"), { id: "a/1", evicted: [] });
  assert.deepEqual(places.leave("a", first.id, true), [], "it has ended already");
  assert.deepEqual(places.take("a"), { id: "a/1", evicted: [] });
});

Deno.test("SandboxPlaces never has more than its places, ends nobody's sandbox, and uses no id again", () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = seeded(seed);
    const max = random.integer(1, 4);
    const places = new SandboxPlaces(max);
    const alive = new Map<string, number>();
    const ended = new Set<string>();
    const users: { name: string; id: string }[] = [];
    for (let step = 0; step < 100; step++) {
      const where = `seed ${seed}, step ${step}`;
      if (random.chance(0.5)) {
        const name = `m${random.integer(0, 6)}`;
        const seat = places.take(name);
        if (!seat) {
          assert.equal([...alive.values()].filter((n) => n > 0).length, max, where);
          continue;
        }
        for (const id of seat.evicted) {
          assert.equal(alive.get(id), 0, where);
          alive.delete(id);
          ended.add(id);
        }
        assert.ok(!ended.has(seat.id), where);
        alive.set(seat.id, (alive.get(seat.id) ?? 0) + 1);
        users.push({ name, id: seat.id });
      } else if (users.length > 0) {
        const [{ name, id }] = users.splice(random.integer(0, users.length - 1), 1);
        const gone = places.leave(name, id, random.chance(0.2));
        if (alive.has(id)) alive.set(id, alive.get(id)! - 1);
        for (const one of gone) {
          assert.ok(alive.delete(one), where);
          ended.add(one);
        }
      }
      assert.ok(alive.size <= max, where);
    }
  }
});

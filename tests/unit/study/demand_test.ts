import assert from "node:assert/strict";
import { epochMs, MS_PER_HOUR } from "../../../mesh/units.ts";
import { DemandShape, type OriginRule } from "../../../study/demand/demand-shape.ts";
import { People } from "../../../study/demand/people.ts";

const FROM = epochMs(Date.UTC(2026, 2, 20));
// One at Greenwich, and one three times as large on the other side of the Earth.
const CITIES = [{ lat: 51.5, lon: 0, people: 1e6 }, { lat: -17, lon: 179, people: 3e6 }];

function demandOf(
  { by_local_hour = Array(24).fill(1), asks = 24_000, seed = 1, from = "people" as OriginRule } =
    {},
) {
  const until = epochMs(FROM + 24 * MS_PER_HOUR);
  const kinds = [{ share: 3, from }, { share: 1, from }];
  return new DemandShape(
    { seed, from: FROM, until, asks, people_min: 0, around_km: 10, by_local_hour, kinds },
    new People(0, CITIES),
  );
}

const all = (demand: DemandShape) =>
  Array.from({ length: demand.minutes }, (_, minute) => [...demand.asks(minute, 100)]).flat();

Deno.test("All asks come, in order of time, from each city as many as it has people", () => {
  const asks = all(demandOf());
  assert.equal(asks.length, 24_000);
  assert.ok(asks.every(({ at }, i) => i === 0 || at >= asks[i - 1].at));
  assert.ok(asks[0].at >= FROM && asks.at(-1)!.at < FROM + 24 * MS_PER_HOUR);
  const north = asks.filter(({ origin }) => "lat" in origin && origin.lat > 0);
  assert.ok(Math.abs(north.length / asks.length - 0.25) < 0.01, `${north.length}`);
  assert.ok(north.every(({ origin }) => "lat" in origin && Math.abs(origin.lat - 51.5) < 0.1));
  const first = asks.filter(({ kind }) => kind === 0);
  assert.ok(Math.abs(first.length / asks.length - 0.75) < 0.01, `${first.length}`);
});

Deno.test("People ask by their own clock", () => {
  // At noon alone: at Greenwich that is 12 h UTC, on the other side 0 h.
  const by_local_hour = Array.from({ length: 24 }, (_, hour) => hour === 12 ? 1 : 0);
  const asks = all(demandOf({ by_local_hour }));
  assert.equal(asks.length, 24_000);
  for (const { at, origin } of asks) {
    const hour = Math.floor((at - FROM) / MS_PER_HOUR);
    assert.equal(hour, "lat" in origin && origin.lat > 0 ? 12 : 0);
  }
});

Deno.test("A minute's asks hang on the seed and the minute alone", () => {
  const [one, other, another] = [demandOf(), demandOf(), demandOf({ seed: 2 })];
  const of = (demand: DemandShape) => JSON.stringify([...demand.asks(777, 100)]);
  all(one);
  assert.equal(of(one), of(other));
  assert.notEqual(of(one), of(another));
});

Deno.test("Data that lies in orbit lies on any node, and a place is a place", () => {
  const nodes = new Set(
    all(demandOf({ from: "orbit" })).map(({ origin }) => "node" in origin ? origin.node : -1),
  );
  assert.deepEqual([...nodes].sort((a, b) => a - b), Array.from({ length: 100 }, (_, i) => i));
  const [{ origin }] = all(demandOf({ from: { lat: 1, lon: 2 }, asks: 1 }));
  assert.deepEqual(origin, { lat: 1, lon: 2, alt: 0 });
});

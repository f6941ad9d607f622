import assert from "node:assert/strict";
import cities from "../../../console/places.json" with { type: "json" };
import {
  type CityRow,
  coordinates,
  findPlace as findAmong,
  readCoordinates,
} from "../../../console/sky/places.ts";

const findPlace = (text: string) => findAmong(text, cities as unknown as CityRow[]);

Deno.test("findPlace() takes a name, its beginning, or degrees in any common writing", () => {
  assert.equal(findPlace("zurich")?.name, "Zurich");
  assert.equal(findPlace("  Zürich ")?.name, "Zurich");
  assert.equal(findPlace("Reyk")?.name, "Reykjavik");
  assert.deepEqual(findPlace("-33.87, 151.21"), {
    name: "33.87° S, 151.21° E",
    lat: -33.87,
    lon: 151.21,
  });
  assert.deepEqual(readCoordinates("40.71° N, 74.01° W"), {
    name: "40.71° N, 74.01° W",
    lat: 40.71,
    lon: -74.01,
  });
});

Deno.test("findPlace() finds nothing where there is nothing", () => {
  for (const text of ["", "  ", "Atlantis", "91, 0", "0, 181", "1", "1,2,3"]) {
    assert.equal(findPlace(text), null, text);
  }
});

Deno.test("Every city lies on the Earth, and is found by its own name", () => {
  assert.ok(cities.length > 50);
  for (const [name, lat, lon] of cities as unknown as CityRow[]) {
    assert.ok(Math.abs(lat) <= 90 && Math.abs(lon) <= 180, name);
    assert.deepEqual(findPlace(name), { name, lat, lon });
  }
});

Deno.test("coordinates() are read back as they were written", () => {
  for (const [lat, lon] of [[0, 0], [-89.99, 179.99], [12.34, -56.78]]) {
    const read = readCoordinates(coordinates(lat, lon));
    assert.deepEqual([read?.lat, read?.lon].map(Number), [lat, lon]);
  }
});

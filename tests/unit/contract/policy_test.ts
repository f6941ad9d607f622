import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import iso from "iso-3166-1";
import { feature } from "topojson-client";
import atlas from "world-atlas/countries-50m.json" with { type: "json" };
import { alpha2Of, countryBelow, isLand, outlineOf } from "../../../contract/countries.ts";
import {
  compilePolicy,
  Policy,
  type PolicyIssue,
  RULES_MAX,
  VERTICES_MAX,
} from "../../../contract/policy.ts";
import { Area, type Polygon } from "../../../mesh/geo/area.ts";
import { generatedConstellation } from "../../../mesh/orbit/constellation.ts";
import { geodeticToEcef } from "../../../mesh/orbit/frames.ts";
import { STARLINK_FILED } from "../../../mesh/orbit/shells.ts";
import type { CompiledPolicy } from "../../../mesh/placement/policy.ts";
import { degrees, km } from "../../../mesh/units.ts";
import { naiveHoldsOnSphere } from "../mesh/placement/naive-area.ts";
import { seeded } from "../../support/random.ts";

// Named by a variable: its types are workerd's, which Deno's check of this file does not know.
const POLICY_OF = "../../../functions/params/policy.ts";
const { parsePolicy, policyRecord } = await import(POLICY_OF) as {
  parsePolicy(text: string): Policy;
  policyRecord(policy: Policy): { allow?: string[]; deny?: string[] };
};

/** From a code of two letters to the three digits of Natural Earth. */
const NUMBERS = new Map(iso.all().map(({ alpha2, numeric }) => [alpha2, numeric]));

const FILED = generatedConstellation("starlink-filed", STARLINK_FILED);
const NODE = FILED.indexOf("G2A-017-042");

const above = (lat: number, lon: number, alt = 550) =>
  geodeticToEcef({ lat: degrees(lat), lon: degrees(lon), alt: km(alt) });

function compile(policy: unknown): CompiledPolicy {
  const compiled = compilePolicy(Policy.parse(policy), FILED);
  assert.ok("admits" in compiled, JSON.stringify(compiled));
  return compiled;
}

/** What is wrong with a policy that has the right form. */
function issuesOf(policy: Policy): PolicyIssue[] {
  const compiled = compilePolicy(policy, FILED);
  assert.ok("issues" in compiled, "the policy was taken");
  return compiled.issues;
}

const PLACES: readonly [string, number, number, string][] = [
  ["Berlin", 52.52, 13.405, "DE"],
  ["Paris", 48.857, 2.352, "FR"],
  ["London", 51.507, -0.128, "GB"],
  ["Denver", 39.74, -104.99, "US"],
  ["Anchorage", 61.18, -149.7, "US"],
  ["Ottawa", 45.35, -75.75, "CA"],
  ["Brasilia", -15.79, -47.88, "BR"],
  ["Canberra", -35.28, 149.13, "AU"],
  ["Kyoto", 35.01, 135.77, "JP"],
  ["Delhi", 28.61, 77.21, "IN"],
  ["Nairobi", -1.29, 36.82, "KE"],
  ["Pretoria", -25.75, 28.19, "ZA"],
  ["Pristina", 42.66, 21.17, "XK"],
  ["Hargeisa", 9.56, 44.06, "SO"],
  ["Kyrenia", 35.3, 33.3, "CY"],
  ["San Juan", 18.35, -66.1, "PR"],
  ["Nuuk's ice", 66, -45, "GL"],
  ["Hong Kong", 22.4, 114.12, "HK"],
  // Small ones.
  // Drawn 1 km west of St Peter's.
  ["the Vatican", 41.9035, 12.435, "VA"],
  ["Rome", 41.89, 12.5, "IT"],
  ["San Marino", 43.935, 12.45, "SM"],
  ["Vaduz", 47.14, 9.525, "LI"],
  ["Monaco", 43.755, 7.41, "MC"],
  ["Nauru", -0.52, 166.93, "NR"],
  ["Luxembourg", 49.61, 6.13, "LU"],
  ["Andorra", 42.55, 1.57, "AD"],
  ["Valletta's west", 35.88, 14.45, "MT"],
  ["Singapore", 1.36, 103.82, "SG"],
  ["Bahrain", 26.05, 50.52, "BH"],
  ["Christmas Island", -10.49, 105.63, "CX"],
  // Holes.
  ["Lesotho", -29.6, 28.3, "LS"],
  ["Bloemfontein", -29.12, 26.22, "ZA"],
  ["Durban", -29.82, 30.9, "ZA"],
  // On both sides of the antimeridian, where world-atlas does not cut.
  ["Suva", -18.05, 178.4, "FJ"],
  ["Taveuni's east", -16.8, -179.98, "FJ"],
  ["Moscow", 55.75, 37.62, "RU"],
  ["Anadyr's west", 64.7, 176, "RU"],
  ["Chukotka", 66, -175, "RU"],
  ["Wrangel Island, west", 71.2, 179.5, "RU"],
  ["Wrangel Island, east", 71.2, -179.3, "RU"],
  // At the pole.
  ["Vostok", -78.46, 106.84, "AQ"],
  ["the South Pole", -90, 0, "AQ"],
  ["the South Pole, by another name", -90, 180, "AQ"],
  ["Queen Maud Land on Greenwich", -80, 0, "AQ"],
];

Deno.test("countryBelow() knows cities, enclaves, islands and both sides of the antimeridian", () => {
  for (const [name, lat, lon, country] of PLACES) {
    assert.equal(countryBelow(lat, lon), country, name);
    assert.ok(isLand(lat, lon), name);
  }
});

Deno.test("countryBelow() gives the sea, the North Pole and the Siachen Glacier to nobody", () => {
  const seas = [[0, -30], [0, 180], [0, -180], [-55, -130], [90, 0], [90, 180], [66, 0]];
  for (const [lat, lon] of seas) {
    assert.equal(countryBelow(lat, lon), null, `${lat}, ${lon}`);
    assert.equal(isLand(lat, lon), false, `${lat}, ${lon}`);
  }
  assert.equal(countryBelow(35.4, 77.1), null);
  assert.ok(isLand(35.4, 77.1));
});

Deno.test("a rule by country matches exactly the nodes above it, by either code", () => {
  for (const [name, lat, lon, country] of PLACES) {
    const deny = compile({ deny: [{ country }] });
    const allow = compile({ allow: [{ country }] });
    // The ellipsoid's normal, not the way to the Earth's centre, tells what is below.
    for (const alt of [340, 614]) {
      assert.equal(deny.admits(NODE, above(lat, lon, alt)), false, name);
      assert.equal(allow.admits(NODE, above(lat, lon, alt)), true, name);
    }
    assert.equal(deny.admits(NODE, above(0, -30)), true, name);
  }
  const german = compile({ allow: [{ country: "DEU" }], deny: [{ country: "FRA" }] });
  assert.equal(german.admits(NODE, above(52.5, 13.4)), true);
  assert.equal(german.admits(NODE, above(48.8, 2.3)), false);
});

interface RawGeometry {
  id?: string;
  properties: { name: string };
}
type Topology = Parameters<typeof feature>[0];

function rawCountries(): { id: string; name: string; polygons: Polygon[] }[] {
  const topology = atlas as unknown as Topology;
  const { geometries } = topology.objects.countries as unknown as { geometries: RawGeometry[] };
  return geometries.map((drawn) => {
    const { geometry } = feature(topology, drawn as never) as unknown as {
      geometry: { type: string; coordinates: never };
    };
    const polygons: Polygon[] = geometry.type === "Polygon"
      ? [geometry.coordinates]
      : geometry.coordinates;
    return { id: drawn.id ?? drawn.properties.name, name: drawn.properties.name, polygons };
  });
}

/** A box that is surely round a polygon; none for one that goes round a pole or the antimeridian. */
function boxOf([outer]: Polygon): [number, number, number, number] {
  const lons = outer.map(([lon]) => lon);
  const lats = outer.map(([, lat]) => lat);
  const box: [number, number, number, number] = [
    Math.min(...lons),
    Math.min(...lats),
    Math.max(...lons),
    Math.max(...lats),
  ];
  return box[2] - box[0] > 180 ? [-180, -90, 180, 90] : box;
}

Deno.test("outlines hold what winding numbers over Natural Earth's own rings say, near every border", () => {
  const countries = rawCountries().map((country) => ({
    ...country,
    boxes: country.polygons.map((polygon) => ({ polygon, box: boxOf(polygon) })),
  }));
  const naive = (lat: number, lon: number) =>
    countries.filter(({ boxes }) =>
      boxes.some(({ polygon, box: [west, south, east, north] }) =>
        lon >= west && lon <= east && lat >= south && lat <= north &&
        naiveHoldsOnSphere([polygon], lon, lat)
      )
    );
  let land = 0;
  for (let seed = 0; seed < 1_500; seed++) {
    const random = seeded(seed);
    const ring = random.pick(random.pick(random.pick(countries).polygons));
    const [x, y] = random.pick(ring);
    const reach = random.pick([0.01, 0.3, 3]);
    const lat = Math.max(-89.9, Math.min(89.9, y + random.between(-reach, reach)));
    const lon = (x + random.between(-reach, reach) + 540) % 360 - 180;
    const expected = naive(lat, lon);
    const says = `seed ${seed}: lat ${lat}, lon ${lon}`;
    assert.ok(expected.length <= 1, `${says} is of ${expected.map(({ name }) => name)}`);
    assert.equal(isLand(lat, lon), expected.length === 1, says);
    const [drawn] = expected;
    if (drawn && /^\d+$/.test(drawn.id)) {
      const below = countryBelow(lat, lon);
      assert.ok(NUMBERS.get(below ?? "") === drawn.id, `${says}: ${below}, ${drawn.name}`);
      land++;
    }
  }
  assert.ok(land > 500, `${land} on land: too few`);
});

Deno.test("every ISO 3166-1 code has an outline, or says where its land is drawn", () => {
  const without: string[] = [];
  for (const alpha2 of [...NUMBERS.keys(), "XK"]) {
    assert.equal(alpha2Of(alpha2), alpha2);
    const outline = outlineOf(alpha2);
    if (outline instanceof Area) continue;
    assert.match(outline.missing, /^has no outline/);
    without.push(alpha2);
  }
  const known = ["BQ", "BV", "GF", "GI", "GP", "MQ", "RE", "SJ", "TK", "TV", "UM", "YT"];
  assert.deepEqual(without.sort(), known);
  assert.deepEqual(issuesOf({ deny: [{ country: "GUF" }, { country: "TV" }] }), [
    {
      path: ["deny", 0, "country"],
      message: '"GUF" has no outline of its own: Natural Earth draws it within FR',
    },
    {
      path: ["deny", 1, "country"],
      message:
        '"TV" has no outline, as Natural Earth at 1:50m does not draw it: give its area instead',
    },
  ]);
  assert.equal(countryBelow(4, -53), "FR", "Guiana is of the outline that the error names");
});

Deno.test("compilePolicy() takes rules by node, shell and area together, deny before allow", () => {
  const area = { type: "Polygon", coordinates: [[[5, 45], [15, 45], [15, 55], [5, 45]]] };
  const policy = compile({
    allow: [{ shell: "G2A" }, { node: "G1A-000-000" }, { area }],
    deny: [{ node: "G2A-017-042" }, { country: "CH" }],
  });
  const sea = above(0, -30);
  const at = (id: string) => FILED.indexOf(id);
  assert.equal(policy.admits(at("G2A-017-041"), sea), true);
  assert.equal(policy.admits(at("G2A-017-042"), sea), false);
  assert.equal(policy.admits(at("G1A-000-000"), sea), true);
  assert.equal(policy.admits(at("G1A-000-001"), sea), false);
  assert.equal(policy.admits(at("G1A-000-001"), above(48, 14)), true);
  assert.equal(policy.admits(at("G2A-017-041"), above(46.9, 7.5)), false);
  assert.equal(compile({}).admits(NODE, sea), true);
  assert.equal(compile({ deny: [] }).admits(NODE, sea), true);
});

Deno.test("Policy takes exactly one kind per rule, no unknown key, no empty allow, no endless list", () => {
  const country = { country: "DE" };
  const refused: [unknown, RegExp][] = [
    [{ deny: [{}] }, /exactly one of country, area, shell, node/],
    [{ deny: [{ country: "DE", shell: "G2A" }] }, /exactly one of/],
    [{ deny: [{ country: "de" }] }, /two or three capital letters/],
    [{ deny: [{ country: "Germany" }] }, /two or three capital letters/],
    [{ deny: [{ county: "DE" }] }, /county/],
    [{ denied: [country] }, /denied/],
    [{ allow: [] }, /without `allow`, every node is allowed/],
    [{ deny: Array(RULES_MAX + 1).fill(country) }, /256/],
    [{ deny: [{ area: [1, 2] }] }, /must be a GeoJSON Polygon or MultiPolygon/],
    [{ deny: [{ area: null }] }, /must be a GeoJSON Polygon or MultiPolygon/],
    [{ deny: country }, /array/],
    [[country], /object/],
  ];
  for (const [policy, says] of refused) {
    const parsed = Policy.safeParse(policy);
    assert.equal(parsed.success, false, JSON.stringify(policy).slice(0, 80));
    assert.match(parsed.error!.message, says);
  }
});

Deno.test("compilePolicy() names every rule that names nothing, each with its path", () => {
  const issues = issuesOf({
    allow: [{ country: "ZZ" }, { country: "DE" }, { country: "ABC" }],
    deny: [{ shell: "g2a" }, { node: "G2A-017-999" }, { node: "norad-1" }, { shell: "\u0000" }],
  });
  assert.deepEqual(issues.map(({ path }) => path.join("/")), [
    "deny/0/shell",
    "deny/1/node",
    "deny/2/node",
    "deny/3/shell",
    "allow/0/country",
    "allow/2/country",
  ]);
  assert.match(issues[0].message, /^"g2a" is no shell of starlink-filed: it has G1A, .*, G2I$/);
  assert.equal(issues[1].message, '"G2A-017-999" is no node of starlink-filed');
  assert.equal(issues[4].message, '"ZZ" is no country code of ISO 3166-1');
});

const polygon = (...rings: unknown[]) => ({ type: "Polygon", coordinates: rings });
const SQUARE = [[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]];

function nested(depth: number): unknown[] {
  let value: unknown[] = [];
  for (let d = 0; d < depth; d++) value = [value];
  return value;
}

Deno.test("compilePolicy() says exactly what is wrong with an area, and throws at none", () => {
  const refused: [unknown, string, RegExp][] = [
    [{}, "type", /must be "Polygon" or "MultiPolygon", not nothing/],
    [{ type: "Feature", geometry: polygon(SQUARE) }, "type", /not "Feature"/],
    [{ type: "Point", coordinates: [0, 0] }, "type", /not "Point"/],
    [{ type: nested(100_000) }, "type", /not an array of 1/],
    [{ type: "Polygon" }, "coordinates", /must be an array of rings, not nothing/],
    [polygon(), "coordinates", /must have rings/],
    [{ type: "MultiPolygon", coordinates: [] }, "coordinates", /must have polygons/],
    [{ type: "MultiPolygon", coordinates: [[]] }, "coordinates/0", /must have rings/],
    [polygon([]), "coordinates/0", /must have positions/],
    [polygon(SQUARE, "hole"), "coordinates/1", /must be an array of positions, not a string/],
    [polygon([[0, 0], [1, 0], [0, 0]]), "coordinates/0", /at least 4 positions, not 3/],
    [polygon(SQUARE.slice(0, 4)), "coordinates/0/3", /the first position again, \[0,0\]/],
    [polygon([[0, 0], [1], [1, 1], [0, 0]]), "coordinates/0/1", /must be \[lon, lat\]/],
    [polygon([[0, 0], [1, 0, 0, 0], [1, 1], [0, 0]]), "coordinates/0/1", /not an array of 4/],
    [polygon([[0, 0], [1, NaN], [1, 1], [0, 0]]), "coordinates/0/1/1", /finite number, not NaN/],
    [polygon([[0, 0], [Infinity, 0], [1, 1], [0, 0]]), "coordinates/0/1/0", /not Infinity/],
    [polygon([[0, 0], ["1", 0], [1, 1], [0, 0]]), "coordinates/0/1/0", /not a string/],
    [polygon([[0, 0], [1, 0, null], [1, 1], [0, 0]]), "coordinates/0/1/2", /not nothing/],
    [polygon([[0, 0], [35.7, 139.7], [1, 1], [0, 0]]), "coordinates/0/1/1", /lat 139.7 is beyond/],
    [polygon([[0, 0], [1e308, 0], [1, 1], [0, 0]]), "coordinates/0/1/0", /lon 1e\+308 is beyond/],
    [
      polygon([[170, 0], [190, 0], [190, 5], [170, 0]]),
      "coordinates/0/1/0",
      /must be split in two/,
    ],
    [polygon([[170, 0], [-170, 0], [-170, 5], [170, 0]]), "coordinates/0/1", /lies 340 degrees/],
    // Walks over the antimeridian by both its names: read flat it would be everything else.
    [
      polygon([[170, 0], [180, 0], [-180, 0], [-170, 0], [-170, 5], [170, 5], [170, 0]]),
      "coordinates/0/2",
      /lies 360 degrees .* must be split in two there \(RFC 7946, 3\.1\.9\)/,
    ],
    [polygon([[1, 1], [1, 1], [1, 1], [1, 1]]), "coordinates/0", /encloses nothing/],
    [polygon([[0, 0], [1, 1], [2, 2], [0, 0]]), "coordinates/0", /encloses nothing/],
    [polygon([[0.1, 0.3], [77.7, 33.1], [0.1, 0.3], [0.1, 0.3]]), "coordinates/0", /nothing/],
    [polygon(nested(200_000)), "coordinates/0/0", /must be \[lon, lat\]/],
    [{ type: "MultiPolygon", coordinates: nested(200_000) }, "coordinates/0/0/0", /must be \[lon/],
    [polygon(Array(1e6).fill([0, 0])), "coordinates/0", /has 1000000 positions, .* simplify/],
  ];
  for (const [area, path, says] of refused) {
    const [issue, ...more] = issuesOf({ deny: [{ area: area as Record<string, unknown> }] });
    assert.equal(issue.path.join("/"), `deny/0/area/${path}`);
    assert.match(issue.message, says);
    assert.ok(issue.message.length < 250, issue.message);
    assert.equal(more.length, 0);
  }
});

Deno.test("compilePolicy() counts the vertices of all areas of a policy, and takes just so many", () => {
  const circle = (corners: number) => {
    const ring = Array.from({ length: corners }, (_, c) => {
      const angle = 2 * Math.PI * c / corners;
      return [10 * Math.cos(angle), 10 * Math.sin(angle)];
    });
    return { area: polygon([...ring, ring[0]]) };
  };
  const half = circle(VERTICES_MAX / 2 - 1);
  const policy = compile({ allow: [half], deny: [half] });
  assert.equal(policy.admits(NODE, above(0, 0)), false);
  const issues = issuesOf({ allow: [half], deny: [circle(VERTICES_MAX / 2)] });
  assert.deepEqual(issues.map(({ path }) => path.slice(0, 2).join("/")), ["allow/0"]);
});

Deno.test("compilePolicy() reads a box right round the Earth as a box, and split areas as one", () => {
  const arctic = polygon([[-180, 66], [180, 66], [180, 90], [-180, 90], [-180, 66]]);
  const deny = compile({ deny: [{ area: arctic }] });
  for (const lon of [-180, -90, 0, 90, 180]) {
    assert.equal(deny.admits(NODE, above(70, lon)), false, `lon ${lon}`);
    assert.equal(deny.admits(NODE, above(65, lon)), true, `lon ${lon}`);
  }
  const split = {
    type: "MultiPolygon",
    coordinates: [
      [[[170, -20], [180, -20], [180, -10], [170, -10], [170, -20]]],
      [[[-180, -20], [-170, -20], [-170, -10], [-180, -10], [-180, -20]]],
    ],
    // Foreign members are ignored, as RFC 7946 asks.
    bbox: [170, -20, -170, -10],
  };
  const fiji = compile({ allow: [{ area: split }] });
  for (const lon of [171, 180, -180, -171]) assert.ok(fiji.admits(NODE, above(-15, lon)), `${lon}`);
  for (const lon of [169, 0, -169]) assert.ok(!fiji.admits(NODE, above(-15, lon)), `${lon}`);
});

/** As docs/policy.md says, by Node's own SHA-256. */
const digestOf = (json: string) =>
  "area:sha256-" +
  createHash("sha256").update(JSON.stringify(JSON.parse(json))).digest("hex").slice(0, 16);

Deno.test("policyRecord() tells which area held: the digest of its JSON as it was given", () => {
  const text = `{
    "type": "Polygon",
    "name": "Près de Paris 🛰",
    "coordinates": [[[0.5, 46], [4.50, 46], [4.5, 49], [0.5, 49], [0.5, 46]]]
  }`;
  const given = JSON.parse(text);
  // Another spelling of the same area is another text, and who looks for it has the one that he gave.
  const turned = JSON.stringify({ coordinates: given.coordinates, type: "Polygon" });
  const moved = text.replace("4.50", "4.51");
  const deny = [text, turned, moved];
  const policy = parsePolicy(`{
    "allow": [{ "country": "FR" }, { "area": ${text} }],
    "deny": [${deny.map((area) => `{ "area": ${area} }`)}, { "node": "G2A-017-042" }]
  }`);
  const record = policyRecord(policy);
  assert.deepEqual(record, {
    allow: ["country:FR", digestOf(text)],
    deny: [...deny.map(digestOf), "node:G2A-017-042"],
  });
  assert.equal(new Set(deny.map(digestOf)).size, deny.length);
  // By the very line of docs/policy.md: the ledger holds such digests for good.
  assert.equal(record.deny?.[1], "area:sha256-22f86ddd158a2fbf");
});

Deno.test("policyRecord() keeps an area of a megabyte in a few bytes, worked out once for all nodes asked", () => {
  const note = "x".repeat(900_000);
  const area = { type: "Polygon", coordinates: [[[0, 0], [1, 0], [1, 1], [0, 0]]], note };
  const policy = Policy.parse({ allow: [{ area }] });
  const record = policyRecord(policy);
  assert.deepEqual(record, { allow: [digestOf(JSON.stringify(area))] });
  assert.equal(policyRecord(policy), record);
});

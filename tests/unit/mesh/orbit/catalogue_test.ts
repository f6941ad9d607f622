import assert from "node:assert/strict";
import {
  ecfToLookAngles,
  eciToEcf,
  gstime,
  jday,
  json2satrec,
  type SatRec,
  sgp4,
  twoline2satrec,
} from "satellite.js";
import {
  type Catalogue,
  CATALOGUE_BYTES_MAX,
  CATALOGUE_NODES_MAX,
  type CatalogueRecord,
  DESIGNATOR_BYTES_MAX,
  OBJECT_NAME_BYTES_MAX,
  packCatalogue,
  unpackCatalogue,
} from "../../../../mesh/orbit/catalogue.ts";
import { type Constellation, ommOf } from "../../../../mesh/orbit/constellation.ts";
import { KnotAlmanac } from "../../../../mesh/orbit/knot-almanac.ts";
import { type GivenFacts, toOmm } from "../../../../mesh/orbit/elements.ts";
import { ommJsonReader } from "../../../../mesh/orbit/import/omm-json.ts";
import { RecordSet } from "../../../../mesh/orbit/import/record-set.ts";
import { tleReader } from "../../../../mesh/orbit/import/tle.ts";
import { decayedAt, importedConstellation } from "../../../../mesh/orbit/imported-constellation.ts";
import { computeKnot, KNOT_SPACING_MS, knotNumber } from "../../../../mesh/orbit/knot.ts";
import { Propagator, propagatorOf } from "../../../../mesh/orbit/propagation.ts";
import { sha256, toHex } from "../../../../mesh/sha256.ts";
import { buildGrid } from "../../../../mesh/placement/grid.ts";
import { GridFinder } from "../../../../mesh/placement/grid-finder.ts";
import { Hints } from "../../../../mesh/placement/hints.ts";
import { ELEVATION_MASK, Placer } from "../../../../mesh/placement/place.ts";
import { epochMs, radians } from "../../../../mesh/units.ts";
import { type Random, seeded } from "../../../support/random.ts";
import {
  OMM_FILE,
  OMM_INSTANT,
  testWith,
  TLE_FILE,
  TLE_INSTANT,
} from "../../../support/real-catalogues.ts";
import { anyPlace, PHYSICS } from "../node/any-ask.ts";
import { aboveMask, observerOf, RAD } from "../placement/oracle.ts";
import { readAll } from "./read-all.ts";
import { tleText } from "./tle-samples.ts";

// As for the filed constellation: the almanac may be 1 m off, and 1 m at 270 km is 3e-4 degrees.
const TIE_KM = 1e-3;
const MASK_TIE_DEG = 3e-4;
const DAY_MS = 86_400_000;
const EPOCH = Date.UTC(2025, 4, 24);

function anyRecord(random: Random, number: number): CatalogueRecord {
  const angle = () => radians(random.between(0, 2 * Math.PI));
  return {
    number,
    name: random.pick(["", "STARLINK-1008", "\u00c9TOILE", "ISS (ZARYA)", "\u{1f6f0} 7"]),
    elements: {
      epoch: epochMs(EPOCH + random.integer(0, 5 * DAY_MS * 1e3) / 1e3),
      mean_motion: random.between(14, 15.9) * 2 * Math.PI / 1440,
      eccentricity: random.between(0, 0.002),
      inclination: radians(random.between(0, Math.PI)),
      raan: angle(),
      arg_perigee: angle(),
      mean_anomaly: angle(),
      bstar: random.between(-1e-4, 1e-3),
    },
  };
}

/** Numbers with gaps, in any order. */
function anyRecords(random: Random, count: number): CatalogueRecord[] {
  let number = 0;
  const records = Array.from({ length: count }, () => {
    number += random.integer(1, 40);
    return anyRecord(random, number);
  });
  return records.sort(() => random.next() - 0.5);
}

const pack = (records: readonly CatalogueRecord[], label = "test") =>
  packCatalogue({ label, records });

function assertHolds(catalogue: Catalogue, records: readonly CatalogueRecord[], label: string) {
  const sorted = records.toSorted((a, b) => a.number - b.number);
  assert.equal(catalogue.count, records.length, label);
  sorted.forEach((record, index) => {
    const held = {
      number: catalogue.numbers[index],
      name: catalogue.objectName(index),
      elements: catalogue.elements(index),
    };
    assert.deepEqual(held, record, label);
  });
}

Deno.test("sha256() is WebCrypto's, at every length about a block and beyond", async () => {
  const random = seeded(1);
  const lengths = [...Array.from({ length: 200 }, (_, i) => i), 4_096, 100_003];
  for (const length of lengths) {
    const bytes = Uint8Array.from({ length }, () => random.integer(0, 255));
    const expected = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
    assert.equal(toHex(sha256(bytes)), expected, `${length} bytes`);
  }
});

Deno.test("a packed catalogue gives back every record, name and bit", () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = seeded(seed);
    const records = anyRecords(random, random.integer(1, 60));
    const catalogue = pack(records);
    assertHolds(catalogue, records, `seed ${seed}`);
    const unpacked = unpackCatalogue(catalogue.bytes.slice(0));
    assert.equal(unpacked?.name, catalogue.name, `seed ${seed}`);
    assertHolds(unpacked!, records, `seed ${seed}`);
    assert.throws(() => catalogue.elements(records.length), RangeError);
    assert.throws(() => catalogue.objectName(-1), RangeError);
  }
});

/** With all that a file may say of them. */
function anyGiven(random: Random): GivenFacts {
  return {
    designator: random.pick(["", "1998-067A", "2019-074BC", "\u00c9"]),
    mean_motion_dot: random.pick([0, 2.739e-5, -0.00001674, 0.99999999]),
    mean_motion_ddot: random.pick([0, 1.3e-7, -1e-12]),
    element_set: random.pick([0, 999]),
    revolution: random.pick([0, 30_537, 99_999]),
  };
}

Deno.test("a packed catalogue gives back what records say besides their elements", () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = seeded(seed);
    const records = anyRecords(random, random.integer(1, 60))
      .map((record) => random.chance(0.8) ? { ...record, given: anyGiven(random) } : record)
      .sort((a, b) => a.number - b.number);
    const catalogue = unpackCatalogue(pack(records).bytes.slice(0))!;
    const constellation = importedConstellation(catalogue);
    const nothing = {
      designator: "",
      mean_motion_dot: 0,
      mean_motion_ddot: 0,
      element_set: 0,
      revolution: 0,
    };
    records.forEach(({ name, number, ...record }, index) => {
      const given: GivenFacts = "given" in record ? record.given as GivenFacts : nothing;
      assert.equal(catalogue.objectName(index), name, `seed ${seed}`);
      assert.deepEqual(catalogue.given(index), given, `seed ${seed}`);
      const omm = ommOf(constellation, index);
      const id = `norad-${number}`;
      assert.deepEqual(
        [omm.OBJECT_NAME, omm.OBJECT_ID, omm.NORAD_CAT_ID, omm.MEAN_MOTION_DOT, omm.REV_AT_EPOCH],
        [name || id, given.designator || id, number, given.mean_motion_dot, given.revolution],
        `seed ${seed}`,
      );
    });
  }
});

Deno.test("unpackCatalogue() reads version 1, whose texts are names alone", () => {
  const records = anyRecords(seeded(3), 30);
  // Without anything given a text is the name: only the version and the digest differ.
  const bytes = pack(records).bytes.slice(0);
  new Uint32Array(bytes, 4, 1)[0] = 1;
  const end = bytes.byteLength - 32;
  new Uint32Array(bytes, end).set(sha256(new Uint8Array(bytes, 0, end)));
  const catalogue = unpackCatalogue(bytes);
  assert.ok(catalogue);
  assertHolds(catalogue, records, "version 1");
  assert.equal(catalogue.given(0).designator, "");
  new Uint32Array(bytes, 4, 1)[0] = 3;
  new Uint32Array(bytes, end).set(sha256(new Uint8Array(bytes, 0, end)));
  assert.equal(unpackCatalogue(bytes), null, "version 3");
});

Deno.test("300,000 nodes with the names and facts of real ones fit, and a file of longest names is told its bytes", () => {
  const record = anyRecord(seeded(1), 1);
  const longest = {
    designator: "D".repeat(DESIGNATOR_BYTES_MAX),
    mean_motion_dot: -1.23456789e-100,
    mean_motion_ddot: -1.23456789e-100,
    element_set: -1.23456789e-100,
    revolution: -1.23456789e-100,
  };
  const real = { ...longest, designator: "2019-029A", mean_motion_dot: 1.234e-5 };
  const records = (count: number, name: string, given: typeof longest) =>
    Array.from({ length: count }, (_, i) => ({ ...record, number: i + 1, name, given }));
  const { bytes, count } = pack(records(CATALOGUE_NODES_MAX, "STARLINK-31234", real));
  assert.equal(count, CATALOGUE_NODES_MAX);
  assert.ok(bytes.byteLength <= CATALOGUE_BYTES_MAX, `${bytes.byteLength}`);
  const name = "N".repeat(OBJECT_NAME_BYTES_MAX);
  const most = Math.floor(CATALOGUE_BYTES_MAX / (72 + 64 + 16 + 4 * 16 + 5));
  assert.ok(pack(records(most, name, longest)).bytes.byteLength > 0.95 * CATALOGUE_BYTES_MAX);
  assert.throws(
    () => pack(records(CATALOGUE_NODES_MAX, name, longest)),
    /300000 nodes with such names takes \d+ bytes: at most 48000000/,
  );
  const long = [{ ...record, name: "N".repeat(OBJECT_NAME_BYTES_MAX + 1) }];
  assert.throws(() => pack(long), /longer than 64 or 16 bytes/);
});

Deno.test("unpackCatalogue() gives the whole catalogue or null, whatever was cut off or changed", () => {
  const { bytes } = pack(anyRecords(seeded(7), 9));
  for (let length = 0; length < bytes.byteLength; length++) {
    assert.equal(unpackCatalogue(bytes.slice(0, length)), null, `${length} bytes`);
  }
  for (let seed = 0; seed < 3_000; seed++) {
    const random = seeded(seed);
    const damaged = new Uint8Array(bytes.slice(0));
    const at = seed < damaged.length ? seed : random.integer(0, damaged.length - 1);
    damaged[at] ^= 1 << random.integer(0, 7);
    assert.equal(unpackCatalogue(damaged.buffer), null, `seed ${seed}, byte ${at}`);
  }
  const longer = new Uint8Array(bytes.byteLength + 8);
  longer.set(new Uint8Array(bytes));
  assert.equal(unpackCatalogue(longer.buffer), null);
  for (let seed = 0; seed < 200; seed++) {
    const random = seeded(seed);
    const noise = Uint8Array.from(
      { length: 8 * random.integer(0, 60) },
      () => random.integer(0, 255),
    );
    assert.equal(unpackCatalogue(noise.buffer), null, `seed ${seed}`);
  }
});

Deno.test("catalogues share a name only if they place every node alike", () => {
  const records = anyRecords(seeded(3), 40);
  const { name } = pack(records);
  assert.match(name, /^test-[0-9a-f]{16}$/);
  assert.equal(pack(records.toReversed()).name, name);
  const names = new Set([name, pack(records, "test2").name, pack(records.slice(1)).name]);
  const fields = Object.keys(records[0].elements) as (keyof CatalogueRecord["elements"])[];
  for (const field of fields) {
    const changed = structuredClone(records);
    // One bit of one number of one node.
    const bits = new BigUint64Array(Float64Array.of(changed[17].elements[field]).buffer);
    bits[0] ^= 1n;
    Object.assign(changed[17].elements, { [field]: new Float64Array(bits.buffer)[0] });
    names.add(pack(changed).name);
  }
  const renumbered = structuredClone(records);
  renumbered[5].number += 1_000_000;
  names.add(pack(renumbered).name);
  assert.equal(names.size, 3 + fields.length + 1);
});

Deno.test("packCatalogue() refuses what has no name, no nodes, or one node twice", () => {
  const records = anyRecords(seeded(3), 4);
  for (const label of ["", "A", "a b", "-a", "a-", "../a", "a".repeat(41), "a\n"]) {
    assert.throws(() => pack(records, label), RangeError, JSON.stringify(label));
  }
  assert.throws(() => pack([]), /must be 1 to 300000/);
  assert.throws(() => pack(new Array(CATALOGUE_NODES_MAX + 1).fill(records[0])), /must be 1 to/);
  assert.throws(() => pack([...records, records[2]]), /is there twice/);
});

Deno.test("an imported node is norad-<number>, in one spelling, and nothing else is a node", () => {
  for (let seed = 0; seed < 40; seed++) {
    const random = seeded(seed);
    const records = anyRecords(random, random.integer(1, 300));
    const constellation = importedConstellation(pack(records));
    assert.equal(constellation.count, records.length);
    for (const { number, elements } of records) {
      const index = constellation.indexOf(`norad-${number}`);
      assert.equal(constellation.id(index), `norad-${number}`, `seed ${seed}`);
      assert.equal(constellation.number(index), number);
      assert.deepEqual(constellation.elements(index), elements);
      assert.ok(constellation.groups[constellation.group(index)]);
    }
    const known = new Set(records.map(({ number }) => number));
    for (let number = 0; number < 200; number++) {
      assert.equal(constellation.indexOf(`norad-${number}`) >= 0, known.has(number), `${number}`);
    }
    for (const index of [-1, constellation.count, 0.5, NaN]) {
      for (const method of ["id", "number", "elements", "group"] as const) {
        assert.throws(() => constellation[method](index), RangeError, `${method}(${index})`);
      }
    }
  }
  const one = importedConstellation(pack([anyRecord(seeded(0), 44_713)]));
  // deno-fmt-ignore
  const strangers = [
    "", "norad-", "norad-0", "norad-044713", "norad-44713 ", " norad-44713", "norad-44713\n",
    "NORAD-44713", "norad-44713.0", "norad-+44713", "norad--44713", "norad-4.4713e4", "norad-0xAEA9",
    "44713", "norad_44713", "norad-44713@weur", "norad-42941016009", "norad-\u0664\u0664\u0667\u0661\u0663",
    "G2A-017-042", "__proto__", "norad-__proto__", `norad-${"4".repeat(1_000_000)}`,
  ];
  for (const id of strangers) assert.equal(one.indexOf(id), -1, JSON.stringify(id.slice(0, 40)));
  assert.equal(one.indexOf("norad-44713"), 0);
});

Deno.test("toOmm() writes any microsecond as it was", () => {
  for (let seed = 0; seed < 3_000; seed++) {
    const random = seeded(seed);
    const second = random.integer(Date.UTC(1957, 0, 1) / 1e3, Date.UTC(2057, 0, 1) / 1e3 - 1);
    const micros = random.pick([0, 1, 999_999, random.integer(0, 999_999)]);
    const epoch = `${new Date(second * 1e3).toISOString().slice(0, 19)}.${
      String(micros).padStart(6, "0")
    }`;
    const elements = {
      ...anyRecord(random, 1).elements,
      epoch: epochMs(second * 1e3 + micros / 1e3),
    };
    assert.equal(toOmm({ id: "a", number: 1, elements }).EPOCH, epoch, `seed ${seed}`);
  }
});

Deno.test("what an imported constellation exports as OMM flies, read by satellite.js, as it does", () => {
  const constellation = importedConstellation(pack(readAll(tleReader(), tleText()).records));
  const propagator = new Propagator(constellation);
  const out = new Float64Array(6);
  for (let index = 0; index < constellation.count; index++) {
    const elements = constellation.elements(index);
    const omm = toOmm({ id: "x", number: constellation.number(index), elements });
    const satrec = json2satrec(JSON.parse(JSON.stringify(omm)));
    for (const minutes of [0, 500, -1_440]) {
      const { x, y, z } = sgp4(satrec, minutes)!.position;
      assert.ok(propagator.state(index, epochMs(elements.epoch + minutes * 60_000), out));
      const error_mm = 1e6 * Math.hypot(out[0] - x, out[1] - y, out[2] - z);
      assert.ok(error_mm <= 0.1, `${constellation.id(index)}: ${error_mm} mm`);
    }
  }
});

Deno.test("Propagator gives an imported node its own state, in any order and beyond what it keeps", () => {
  const records = Array.from({ length: 20_050 }, (_, i) => anyRecord(seeded(i), i + 1));
  // Deep-space orbits, whose SatRecs are rewritten at every call, among them.
  readAll(tleReader(), tleText()).records.forEach((record, i) => {
    records[i] = { ...record, number: i + 1 };
    records[20_040 + i] = { ...record, number: 20_041 + i };
  });
  const constellation = importedConstellation(pack(records));
  const propagator = new Propagator(constellation);
  const [ours, alone] = [new Float64Array(6), new Float64Array(6)];
  for (let seed = 0; seed < 2_000; seed++) {
    const random = seeded(seed);
    const index = random.pick([
      random.integer(0, 10),
      random.integer(0, 20_049),
      random.integer(19_990, 20_049),
    ]);
    const elements = constellation.elements(index);
    const at = epochMs(elements.epoch + random.between(-10, 10) * DAY_MS);
    ours.fill(7);
    alone.fill(7);
    assert.equal(propagator.state(index, at, ours), propagatorOf(elements)(at, alone));
    assert.deepEqual(ours, alone, `seed ${seed}, node ${index}`);
  }
});

Deno.test("no elements that a reader lets through make a state that a knot cannot hold", () => {
  const reach_km = (2 ** 31 - 1) / 32_000;
  const out = new Float64Array(6);
  let flown = 0;
  for (let seed = 0; seed < 8_000; seed++) {
    const random = seeded(seed);
    const { records: [record] } = readAll(
      ommJsonReader(),
      JSON.stringify({
        NORAD_CAT_ID: 1,
        EPOCH: "2025-05-24T00:00:00",
        MEAN_MOTION: random.pick([random.between(0, 18), random.between(12, 17)]),
        ECCENTRICITY: random.pick([0, random.next(), random.next() ** 6, 0.9999999]),
        INCLINATION: random.pick([0, 180, random.between(0, 180)]),
        RA_OF_ASC_NODE: random.between(-360, 360),
        ARG_OF_PERICENTER: random.between(-360, 360),
        MEAN_ANOMALY: random.between(-360, 360),
        BSTAR: random.pick([-1, 1]) * 10 ** random.between(-8, 1),
      }),
    );
    if (!record) continue;
    const fly = propagatorOf(record.elements);
    for (const days of [0, 1, -30, 60, 400, -10_000]) {
      if (!fly(epochMs(EPOCH + days * DAY_MS), out)) continue;
      for (let axis = 0; axis < 6; axis++) {
        assert.ok(Math.abs(out[axis]) < reach_km, `seed ${seed}, ${days} days: ${out}`);
      }
      flown++;
    }
  }
  assert.ok(flown > 10_000, `${flown}`);
});

Deno.test("decayedAt() names the nodes that SGP4 has no answer for, and no other", () => {
  const records = anyRecords(seeded(11), 50).sort((a, b) => a.number - b.number);
  for (const { elements } of records) {
    Object.assign(elements, { epoch: EPOCH, mean_motion: 15.2 * 2 * Math.PI / 1440 });
  }
  for (const i of [4, 17, 49]) records[i].elements.bstar = 0.05;
  const constellation = importedConstellation(pack(records));
  assert.deepEqual(decayedAt(constellation, epochMs(EPOCH)), []);
  assert.deepEqual(decayedAt(constellation, epochMs(EPOCH + 60 * DAY_MS)), [4, 17, 49]);
  // Long after its decay a node does not come back: SGP4 itself would fly it on.
  assert.deepEqual(decayedAt(constellation, epochMs(EPOCH + 300 * DAY_MS)), [4, 17, 49]);
});

Deno.test("of two records of one number the newer counts, and the other is told", () => {
  const record = (number: number, day: number) => {
    const made = anyRecord(seeded(number), number);
    return {
      ...made,
      name: `S${number}`,
      elements: { ...made.elements, epoch: epochMs(EPOCH + day * DAY_MS) },
    };
  };
  const set = new RecordSet();
  assert.equal(set.add(1, record(7, 1)), null);
  assert.equal(set.add(4, record(8, 1)), null);
  assert.deepEqual(set.add(7, record(7, 2)), {
    line: 1,
    record: "S7",
    reason: "Number 7 is on line 7 too, of a newer epoch: that one counts",
  });
  assert.equal(set.add(10, record(7, 0))?.line, 10);
  assert.equal(
    set.add(13, record(8, 1))?.reason,
    "Number 8 is on line 4 too, of the same epoch: that one counts",
  );
  assert.deepEqual(set.values().map((r) => r.elements.epoch - EPOCH), [2 * DAY_MS, DAY_MS]);
});

/** A node as satellite.js has it, and minutes from its epoch to an instant. */
interface Scanned {
  satrec: SatRec;
  minutes: (at: number) => number;
}

testWith(
  TLE_FILE,
  "of all 6,882 real nodes, rank() puts first the one that satellite.js finds",
  () => {
    const text = Deno.readTextFileSync(TLE_FILE);
    const { records } = readAll(tleReader(), text);
    const constellation = importedConstellation(pack(records, "starlink-2024-12"));
    const lines = text.split("\n");
    const scanned = new Map<number, Scanned>();
    for (let i = 0; i + 2 < lines.length; i += 3) {
      const satrec = twoline2satrec(lines[i + 1], lines[i + 2]);
      const start = Date.UTC(2000 + satrec.epochyr, 0, 1);
      scanned.set(Number(satrec.satnum), {
        satrec,
        minutes: (at) => (at - start) / 60_000 - (satrec.epochdays - 1) * 1440,
      });
    }
    compareWithScan({ constellation, scanned, from: TLE_INSTANT, origins: 200, served: 190 });
  },
);

testWith(
  OMM_FILE,
  "of 499 real OMM nodes, rank() puts first the one that satellite.js finds",
  () => {
    const text = Deno.readTextFileSync(OMM_FILE);
    const { records } = readAll(ommJsonReader(), text);
    const constellation = importedConstellation(pack(records, "starlink-2025-05"));
    const scanned = new Map<number, Scanned>();
    for (const omm of JSON.parse(text)) {
      const [seconds, micros] = omm.EPOCH.split(".");
      const epoch = Date.parse(`${seconds}Z`) + Number(`0.${micros}`) * 1e3;
      scanned.set(omm.NORAD_CAT_ID, {
        satrec: json2satrec(omm),
        minutes: (at) => (at - epoch) / 60_000,
      });
    }
    compareWithScan({ constellation, scanned, from: OMM_INSTANT, origins: 200, served: 60 });
  },
);

function compareWithScan(
  { constellation, scanned, from, origins, served }: {
    constellation: Constellation;
    scanned: Map<number, Scanned>;
    from: number;
    origins: number;
    /** At least so many see any node above the mask. */
    served: number;
  },
): void {
  assert.equal(scanned.size, constellation.count);
  const propagator = new Propagator(constellation);
  const placer = new Placer();
  const hints = new Hints();
  const perInstant = 25;
  let seen = 0;
  for (let instant = 0; instant < origins / perInstant; instant++) {
    const random = seeded(instant);
    const number = knotNumber(epochMs(from + random.between(0, DAY_MS / 2)));
    const almanac = new KnotAlmanac(
      constellation,
      computeKnot(constellation, propagator, number),
      computeKnot(constellation, propagator, number + 1),
    );
    const at = epochMs(almanac.from + random.integer(0, KNOT_SPACING_MS));
    const grid = buildGrid(almanac, at);
    const sky = scan(constellation, scanned, at);
    for (let slot = 0; slot < perInstant; slot++) {
      const place = anyPlace(random);
      const ranked = placer.rank(
        // deno-fmt-ignore
        {
          at, origin: place, operations: 1e9, model: "scene-indices", memory_bytes: 1e6, load_bytes: 0,
          bytes_up: 10_000, bytes_down: 1_000,
          deadline_ms: null, class: "interactive", elevation_mask: ELEVATION_MASK, policy: null,
        },
        { almanac, finder: new GridFinder(almanac, grid), hints, physics: PHYSICS },
      );
      const nearest = aboveMask({ sky, place, mask_deg: ELEVATION_MASK }).at(0);
      const label = `instant ${instant}, origin ${slot} (${place.lat}, ${place.lon})`;
      if (ranked.length === 0) {
        const up = nearest && look(sky, nearest.index, place).elevation / RAD;
        assert.ok(up === undefined || up < ELEVATION_MASK + MASK_TIE_DEG, `${label}: missed`);
        continue;
      }
      const chosen = look(sky, ranked[0].index, place);
      assert.ok(
        chosen.elevation / RAD >= ELEVATION_MASK - MASK_TIE_DEG,
        `${label}: below the mask`,
      );
      const nearest_km = nearest?.range_km ?? Infinity;
      assert.ok(
        chosen.rangeSat <= nearest_km + TIE_KM,
        `${label}: chose ${ranked[0].node} at ${chosen.rangeSat} km, not ${nearest_km} km`,
      );
      seen++;
    }
  }
  assert.ok(seen >= served, `only ${seen} origins saw any node`);
}

/** Earth-fixed x, y, z of every node in the constellation's order, km; a decayed one at the centre. */
function scan(
  constellation: Constellation,
  scanned: Map<number, Scanned>,
  at: number,
): Float64Array {
  const sky = new Float64Array(3 * constellation.count);
  const gmst = gstime(jday(new Date(at)));
  for (let index = 0; index < constellation.count; index++) {
    const { satrec, minutes } = scanned.get(Number(constellation.id(index).slice(6)))!;
    const state = sgp4(satrec, minutes(at));
    if (!state) continue;
    const { x, y, z } = eciToEcf(state.position, gmst);
    sky.set([x, y, z], 3 * index);
  }
  return sky;
}

function look(sky: Float64Array, index: number, place: { lat: number; lon: number; alt: number }) {
  const node = { x: sky[3 * index], y: sky[3 * index + 1], z: sky[3 * index + 2] };
  return ecfToLookAngles(observerOf(place), node);
}

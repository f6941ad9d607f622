import assert from "node:assert/strict";
import { NODES_MAX, parseShellFile, SHELLS_MAX } from "../../../contract/shell-file.ts";
import { settingsOf } from "../../../contract/settings.ts";
import { hasTables } from "../../../mesh/orbit/shell-almanac.ts";

const SHELL = {
  code: "A1",
  altitude_km: 550,
  inclination_deg: 53,
  planes: 4,
  per_plane: 5,
  phasing: 1,
  raan_span_deg: 360,
};
const fileOf = (shell: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  JSON.stringify({ name: "mine", shells: [{ ...SHELL, ...shell }], ...more });

/** A fault, and the field that must be named. */
const FAULTS: readonly (readonly [string, string, RegExp])[] = [
  ["no JSON", "{", /must be JSON/],
  ["an array", "[]", /object/],
  ["no name", JSON.stringify({ shells: [SHELL] }), /^"name"/],
  ["a name in capitals", fileOf({}, { name: "Mine" }), /^"name"/],
  ["a name too long", fileOf({}, { name: "m".repeat(41) }), /^"name"/],
  ["a source that is no text", fileOf({}, { source: 7 }), /^"source"/],
  ["no shells", fileOf({}, { shells: [] }), /^"shells"/],
  [
    "too many shells",
    fileOf({}, {
      shells: Array.from({ length: SHELLS_MAX + 1 }, (_, s) => ({ ...SHELL, code: `S${s}` })),
    }),
    /^"shells"/,
  ],
  ["an unknown field", fileOf({}, { shels: [] }), /shels/],
  ["an unknown field of a shell", fileOf({ slots: 5 }), /^"shells\[0\]".*slots/],
  ["a code with a hyphen", fileOf({ code: "A-1" }), /^"shells\[0\]\.code"/],
  ["a code of nine letters", fileOf({ code: "A".repeat(9) }), /^"shells\[0\]\.code"/],
  ["an altitude too low", fileOf({ altitude_km: 149 }), /^"shells\[0\]\.altitude_km"/],
  ["an altitude too high", fileOf({ altitude_km: 5_801 }), /^"shells\[0\]\.altitude_km"/],
  ["an altitude that is text", fileOf({ altitude_km: "550" }), /^"shells\[0\]\.altitude_km"/],
  ["an inclination over 180", fileOf({ inclination_deg: 181 }), /^"shells\[0\]\.inclination_deg"/],
  ["a negative inclination", fileOf({ inclination_deg: -1 }), /^"shells\[0\]\.inclination_deg"/],
  ["half a plane", fileOf({ planes: 1.5 }), /^"shells\[0\]\.planes"/],
  ["no plane", fileOf({ planes: 0 }), /^"shells\[0\]\.planes"/],
  ["no slot", fileOf({ per_plane: 0 }), /^"shells\[0\]\.per_plane"/],
  ["a phasing of all planes", fileOf({ phasing: 4 }), /^"shells\[0\]\.phasing"/],
  ["a negative phasing", fileOf({ phasing: -1 }), /^"shells\[0\]\.phasing"/],
  ["a span of nothing", fileOf({ raan_span_deg: 0 }), /^"shells\[0\]\.raan_span_deg"/],
  ["a span over a turn", fileOf({ raan_span_deg: 361 }), /^"shells\[0\]\.raan_span_deg"/],
  [
    "a code that is there twice",
    fileOf({}, { shells: [SHELL, SHELL] }),
    /^"shells\[1\]\.code".*earlier/,
  ],
  [
    "a node too many",
    fileOf({}, {
      shells: [
        { ...SHELL, planes: 1_000, per_plane: 1_000, phasing: 0 },
        { ...SHELL, code: "A2", planes: 1_000, per_plane: 1_000, phasing: 0 },
        { ...SHELL, code: "A3", planes: 1, per_plane: 1, phasing: 0 },
      ],
    }),
    /^"shells\[2\]\.per_plane".*2000001/,
  ],
];

for (const [what, text, says] of FAULTS) {
  Deno.test(`a shell file with ${what} is refused, and the field is named`, () => {
    assert.throws(() => parseShellFile(text), (error: Error) => {
      assert.ok(error instanceof RangeError);
      assert.match(error.message, says);
      return true;
    });
  });
}

Deno.test("from one node to two million a shell file is taken, with its defaults", () => {
  const { constellation: one } = parseShellFile(
    JSON.stringify({
      name: "one",
      shells: [{ code: "A", altitude_km: 500, inclination_deg: 0, planes: 1, per_plane: 1 }],
    }),
  );
  assert.deepEqual([one.count, one.id(0), one.shells![0].phasing], [1, "A-000-000", 0]);
  const { constellation: most } = parseShellFile(fileOf({ planes: 200, per_plane: 10_000 }));
  assert.equal(most.count, NODES_MAX);
  const last = most.id(NODES_MAX - 1);
  assert.equal(last, "A1-199-9999");
  assert.equal(most.indexOf(last), NODES_MAX - 1);
  assert.equal(most.indexOf("A1-199-09999"), -1);
});

Deno.test("two files are of one name exactly if their shells are the same", () => {
  const name = (text: string) => parseShellFile(text).constellation.name;
  const mine = name(fileOf({}));
  assert.match(mine, /^mine-[0-9a-f]{16}$/);
  assert.equal(name(fileOf({}, { source: "a paper" })), mine);
  const { code, ...rest } = SHELL;
  assert.equal(name(JSON.stringify({ shells: [{ ...rest, code }], name: "mine" })), mine);
  for (const [field, value] of Object.entries({ ...SHELL, code: "A2" })) {
    const other = typeof value === "number" ? value - 1 : value;
    assert.notEqual(name(fileOf({ [field]: other })), mine, field);
  }
});

Deno.test("settingsOf() takes a shell file's text, and names the setting and the field of a fault", () => {
  const env = { PERIGEE_LEDGER_URL: "libsql://ledger.example" };
  const { constellation } = settingsOf({ ...env, PERIGEE_CONSTELLATION: fileOf({}) });
  assert.equal(constellation?.count, 20);
  assert.throws(
    () => settingsOf({ ...env, PERIGEE_CONSTELLATION: fileOf({ planes: 0 }) }),
    /PERIGEE_CONSTELLATION.*shells\[0\]\.planes/,
  );
  assert.equal(settingsOf({ ...env, PERIGEE_CONSTELLATION: "catalogue" }).constellation, null);
  const filed = { ...env, PERIGEE_CONSTELLATION: "orbital-data-centre-filed" };
  assert.equal(settingsOf(filed).constellation?.count, 998_400);
});

const EXAMPLES = new URL("../../../docs/examples/constellations/", import.meta.url);
const COUNTS = { "iridium.json": 66, "kuiper.json": 3_236, "telesat.json": 1_671 };

Deno.test("the examples are shell files, say their sources, and hold as many nodes as those do", async () => {
  const files = await Array.fromAsync(Deno.readDir(EXAMPLES), ({ name }) => name);
  assert.deepEqual(files.sort(), Object.keys(COUNTS));
  for (const [file, count] of Object.entries(COUNTS)) {
    const text = await Deno.readTextFile(new URL(file, EXAMPLES));
    const { constellation } = parseShellFile(text);
    assert.equal(constellation.count, count, file);
    assert.ok(hasTables(constellation), file);
    assert.match(JSON.parse(text).source, /NAECON 1998|SAT-\w{3}-\d{8}-\d{5}/, file);
  }
});

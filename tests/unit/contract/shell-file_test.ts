import assert from "node:assert/strict";
import { NODES_MAX, parseShellFile, SHELLS_MAX } from "../../../contract/shell-file.ts";
import { parseProfile, ProfileSetting } from "../../../contract/profile.ts";
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
  ["a profile that is no text", fileOf({ profile: 7 }), /^"shells\[0\]\.profile"/],
  ["a profile that it does not have", fileOf({ profile: "edge" }), /^"shells\[0\]\.profile".*none/],
  [
    "a profile of another name",
    fileOf({ profile: "constructor" }, { profiles: { edge: {}, hub: {} } }),
    /^"shells\[0\]\.profile".*edge, hub/,
  ],
  ["profiles in a list", fileOf({}, { profiles: [{}] }), /^"profiles"/],
  ["a profile in capitals", fileOf({}, { profiles: { Edge: {} } }), /^"profiles".*"Edge"/],
  ["a profile without a name", fileOf({}, { profiles: { "": {} } }), /^"profiles".*""/],
  [
    "too many profiles",
    fileOf({}, {
      profiles: Object.fromEntries(Array.from({ length: SHELLS_MAX + 1 }, (_, p) => [`p${p}`, {}])),
    }),
    /^"profiles".*256/,
  ],
  ["a profile of a mere number", fileOf({}, { profiles: { edge: 50 } }), /^"profiles\.edge"/],
  [
    "an unknown field of a profile",
    fileOf({}, { profiles: { edge: { tops: 50 } } }),
    /^"profiles\.edge".*tops/,
  ],
  ...Object.keys(ProfileSetting.shape).flatMap((field) =>
    [-1e12, 1e12, "1"].map((value) =>
      [
        `${JSON.stringify(value)} for ${field}`,
        fileOf({ profile: "edge" }, { profiles: { edge: { [field]: value } } }),
        new RegExp(`^"profiles\\.edge\\.${field}"`),
      ] as const
    )
  ),
  [
    "an NPU that idles above its load",
    fileOf({}, { profiles: { edge: { npu_idle_w: 21 } } }),
    /^"profiles\.edge\.npu_idle_w".*npu_active_w/,
  ],
  [
    "a throttle over the stop",
    fileOf({}, { profiles: { edge: { temperature_stop_c: 75 } } }),
    /^"profiles\.edge\.temperature_throttle_c".*temperature_stop_c/,
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

const HARDWARE = {
  profiles: { small: { npu_tops: 50, battery_wh: 100 }, unused: { solar_w: 1 } },
  shells: [
    { ...SHELL, code: "A", profile: "small" },
    { ...SHELL, code: "B" },
    { ...SHELL, code: "C", profile: "small" },
  ],
};

Deno.test("a shell flies the profile that it names, laid over the mesh's field by field", () => {
  const otherwise = parseProfile(`{"npu_active_w":40,"battery_floor":0.5,"npu_tops":80}`);
  const { constellation, profiles } = parseShellFile(fileOf({}, HARDWARE), otherwise);
  assert.equal(profiles.kinds.length, 2);
  const [a, b, c] = ["A-000-000", "B-003-004", "C-001-001"].map((id) => {
    const hardware = profiles.ofId(constellation, id);
    const index = constellation.indexOf(id);
    assert.equal(profiles.of(constellation, index), hardware, id);
    assert.equal(profiles.kinds[profiles.kindOfShell(constellation.group(index))], hardware, id);
    return hardware;
  });
  assert.equal(b, otherwise);
  assert.equal(c, a);
  assert.deepEqual(a, { ...otherwise, npu_tops: 50, battery: 360_000, battery_floor: 180_000 });
  // Of the constellation before this one.
  assert.equal(profiles.ofId(constellation, "Z-000-000"), otherwise);
});

Deno.test("other hardware is no other constellation", () => {
  const { profiles: _, ...plain } = HARDWARE;
  const shells = plain.shells.map((shell) => ({ ...shell, profile: undefined }));
  const nameOf = (more: object) => parseShellFile(fileOf({}, { ...more })).constellation.name;
  assert.equal(nameOf(HARDWARE), nameOf({ shells }));
});

Deno.test("settingsOf() lays a shell file's profiles over PERIGEE_PROFILE, and tells a fault between them", () => {
  const env = { PERIGEE_LEDGER_URL: "libsql://ledger.example" };
  const read = (profile: object) =>
    settingsOf({
      ...env,
      PERIGEE_CONSTELLATION: fileOf({}, HARDWARE),
      PERIGEE_PROFILE: JSON.stringify(profile),
    });
  const { profiles: { kinds } } = read({ solar_w: 900, npu_tops: 20 });
  assert.deepEqual(kinds.map(({ npu_tops, solar }) => [npu_tops, solar]), [[50, 900], [20, 900]]);
  // Objects of an isolate read the same settings, each from an `env` of its own.
  assert.equal(read({ solar_w: 900, npu_tops: 20 }).profiles.kinds[0], kinds[0]);
  const hot = fileOf({}, { profiles: { edge: { temperature_throttle_c: 60 } } });
  assert.throws(
    () =>
      settingsOf({
        ...env,
        PERIGEE_CONSTELLATION: hot,
        PERIGEE_PROFILE: `{"temperature_throttle_c":20,"temperature_stop_c":50}`,
      }),
    /PERIGEE_CONSTELLATION.*"profiles\.edge\.temperature_throttle_c"/,
  );
  const catalogue = settingsOf({ ...env, PERIGEE_CONSTELLATION: "catalogue" });
  assert.equal(catalogue.profiles.ofId(null, "norad-25544"), catalogue.profiles.kinds[0]);
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

Deno.test("the page's file of two kinds of hardware is one", async () => {
  const page = await Deno.readTextFile(new URL("../../../docs/constellations.md", import.meta.url));
  const blocks = [...page.matchAll(/```json\n([^]*?)```/g)].map(([, text]) => text);
  assert.equal(blocks.length, 2);
  const kinds = blocks.map((text) => parseShellFile(text).profiles.kinds.length);
  assert.deepEqual(kinds, [1, 2]);
});

const EXAMPLES = new URL("../../../docs/examples/constellations/", import.meta.url);
const COUNTS = {
  "iridium.json": 66,
  "kuiper.json": 3_236,
  "starlink-2025.json": 7_768,
  "telesat.json": 1_671,
};

Deno.test("the examples are shell files, say their sources, and hold as many nodes as those do", async () => {
  const files = await Array.fromAsync(Deno.readDir(EXAMPLES), ({ name }) => name);
  assert.deepEqual(files.sort(), Object.keys(COUNTS));
  for (const [file, count] of Object.entries(COUNTS)) {
    const text = await Deno.readTextFile(new URL(file, EXAMPLES));
    const { constellation, profiles } = parseShellFile(text);
    assert.equal(constellation.count, count, file);
    const { solar } = profiles.of(constellation, count - 1);
    assert.equal(solar, file === "iridium.json" ? 2_200 : 2_000, file);
    assert.ok(hasTables(constellation), file);
    assert.match(JSON.parse(text).source, /NAECON 1998|SAT-\w{3}-\d{8}-\d{5}/, file);
  }
});

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type ImportReport, readCatalogue, reportLines } from "../../../emulator/import.ts";
import { unpackCatalogue } from "../../../mesh/orbit/catalogue.ts";
import { checksum } from "../../../mesh/orbit/import/tle-line.ts";
import { epochMs } from "../../../mesh/units.ts";
import { seeded } from "../../support/random.ts";
import {
  OMM_FILE,
  OMM_INSTANT,
  testWith,
  TLE_FILE,
  TLE_INSTANT,
} from "../../support/real-catalogues.ts";
import { SAMPLES, tleText } from "../../unit/mesh/orbit/tle-samples.ts";

// The verification suite's epochs lie from 2000 to 2006; none of its orbits has decayed by then.
const SAMPLES_INSTANT = Date.UTC(2006, 5, 26);
const NUMBERS = SAMPLES.map(({ line1 }) => Number(line1.slice(2, 7)));

async function read(text: string | Uint8Array, at: number, name = "file"): Promise<ImportReport> {
  const folder = await Deno.makeTempDir({ prefix: "perigee-import-" });
  try {
    const file = `${folder}/${name}`;
    if (typeof text === "string") await Deno.writeTextFile(file, text);
    else await Deno.writeFile(file, text);
    return await readCatalogue(file, { now: epochMs(at) });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

testWith(
  TLE_FILE,
  "the real TLE catalogue is imported whole, whatever its file is called",
  async () => {
    const report = await readCatalogue(TLE_FILE, { now: epochMs(TLE_INSTANT) });
    assert.equal(report.format, "TLE");
    assert.equal(report.catalogue.count, 6_882);
    assert.deepEqual([report.complaints_total, report.decayed.length], [0, 0]);
    assert.match(report.catalogue.name, /^starlink-2024-12-[0-9a-f]{16}$/);
    assert.equal(unpackCatalogue(report.catalogue.bytes)?.name, report.catalogue.name);
    assert.ok(report.catalogue.bytes.byteLength <= 130 * report.catalogue.count);
    const renamed = await read(await Deno.readFile(TLE_FILE), TLE_INSTANT, "gp.php");
    assert.deepEqual([renamed.format, renamed.catalogue.count], ["TLE", 6_882]);
  },
);

testWith(OMM_FILE, "the real OMM catalogue is imported whole", async () => {
  const report = await readCatalogue(OMM_FILE, { now: epochMs(OMM_INSTANT) });
  assert.deepEqual([report.format, report.catalogue.count], ["OMM JSON", 499]);
  assert.deepEqual([report.complaints_total, report.decayed.length], [0, 0]);
  assert.equal(new Date(report.epoch_first).toISOString(), "2025-05-22T11:24:07.012Z");
});

testWith(
  TLE_FILE,
  "each broken line of the real file is reported with its number, and no other",
  async () => {
    const lines = (await Deno.readTextFile(TLE_FILE)).split("\n");
    for (let seed = 0; seed < 3; seed++) {
      const random = seeded(seed);
      const damaged = [...lines];
      const broken = new Set<number>();
      while (broken.size < 60) broken.add(3 * random.integer(0, 6_881) + random.integer(1, 2));
      for (const row of broken) {
        // A digit that is another digit: the checksum always tells.
        const at = random.pick([...lines[row].matchAll(/(?<=^.{2,67})\d/g)]).index;
        const digit = (Number(lines[row][at]) + random.integer(1, 9)) % 10;
        damaged[row] = lines[row].slice(0, at) + digit + lines[row].slice(at + 1);
      }
      const report = await read(damaged.join("\n"), TLE_INSTANT);
      assert.deepEqual(
        report.complaints.map(({ line }) => line),
        [...broken].sort((a, b) => a - b).map((row) => row + 1),
        `seed ${seed}`,
      );
      for (const { reason } of report.complaints) assert.match(reason, /has checksum/);
      const sets = new Set(Array.from(broken, (row) => Math.floor(row / 3)));
      assert.equal(report.catalogue.count, 6_882 - sets.size, `seed ${seed}`);
    }
  },
);

testWith(
  TLE_FILE,
  "what has decayed by then is set aside and named, and the rest flies",
  async () => {
    const year = await readCatalogue(TLE_FILE, { now: epochMs(TLE_INSTANT + 365 * 86_400_000) });
    const { catalogue, decayed, complaints_total } = year;
    assert.equal(catalogue.count + decayed.length, 6_882);
    assert.ok(decayed.length > 500 && catalogue.count > 5_000, `${decayed.length} decayed`);
    assert.equal(complaints_total, 0);
    const flying = new Set(Array.from(catalogue.numbers, (number) => `norad-${number}`));
    assert.ok(decayed.every((id) => !flying.has(id)));
    assert.match(
      reportLines(year)[1],
      /^\d+ have decayed and are set aside: norad-\d+, .*, \.\.\.$/,
    );
  },
);

Deno.test("a small file is imported with its name, and its report reads well", async () => {
  const text = tleText() + "STRAY\n" + SAMPLES[0].line1 + "\n" + SAMPLES[0].line2 + "\n";
  const report = await read(text, SAMPLES_INSTANT, "My Catalogue (June).tle.txt");
  assert.match(report.catalogue.name, /^my-catalogue-june-[0-9a-f]{16}$/);
  assert.deepEqual([...report.catalogue.numbers], NUMBERS);
  assert.deepEqual(Array.from(NUMBERS, (_, i) => report.catalogue.objectName(i)), [
    ...SAMPLES.map(({ name }) => name),
  ]);
  const [first, ...rest] = reportLines(report);
  assert.match(
    first,
    /^6 nodes from .* \(TLE\), elements of 2000-06-27T18:50Z to 2006-06-26T00:58Z$/,
  );
  assert.deepEqual(rest, [
    "2 fly by elements more than 14 days old or ahead, each day of which takes them 1 to 3 km off: " +
    "norad-5, norad-4632",
    "line 20, STRAY: Number 5 is on line 2 too, of the same epoch: that one counts",
  ]);
});

Deno.test("of many complaints a hundred are kept, and all are counted", async () => {
  const broken = Array.from({ length: 250 }, (_, i) => `NAME ${i}\n`).join("");
  const report = await read(tleText() + broken, SAMPLES_INSTANT);
  assert.deepEqual([report.complaints.length, report.complaints_total], [100, 250]);
  assert.equal(reportLines(report).at(-1), "and 150 more complaints");
});

Deno.test("a file that cannot be imported says why", async () => {
  const folder = await Deno.makeTempDir({ prefix: "perigee-import-" });
  const now = epochMs(SAMPLES_INSTANT);
  await assert.rejects(readCatalogue(`${folder}/none.json`, { now }), /none.json".*no such file/);
  await assert.rejects(readCatalogue(folder, { now }), /it is a folder/);
  await Deno.remove(folder, { recursive: true });
  const gz = new Uint8Array(
    await new Response(
      new Blob([tleText()]).stream().pipeThrough(new CompressionStream("gzip")),
    ).arrayBuffer(),
  );
  const cases: [string | Uint8Array, RegExp][] = [
    ["", /empty/i],
    [" \n\n", /empty/i],
    [gz, /compressed/],
    [Uint8Array.from({ length: 20_000 }, (_, i) => 128 + i % 100), /neither OMM/],
    ["<html>", /web page/],
    ["[]", /OMM JSON without a usable record$/],
    ['[{"NORAD_CAT_ID": 5}]', /without a usable record; .* of 1: line 1, #1 5: EPOCH, .*missing/],
    ["NORAD_CAT_ID,EPOCH\n5,2025\n", /OMM CSV without .* line 1, header: The header lacks/],
    [tleText().replaceAll("\n2 ", "\n2x"), /TLE without a usable record; the first complaint of 6/],
  ];
  for (const [content, reason] of cases) {
    await assert.rejects(read(content, SAMPLES_INSTANT), reason);
  }
  const falling = SAMPLES[2].line1.slice(0, 53) + " 99999-0 0  398";
  const text = `${falling}${checksum(falling)}\n${SAMPLES[2].line2}\n`;
  await assert.rejects(
    read(text, SAMPLES_INSTANT + 3_650 * 86_400_000),
    /all 1 satellites have decayed at 2016-.*elements of 2006-06-25.*PERIGEE_CLOCK/,
  );
});

Deno.test("a file of 60 MB is imported in a heap of 48 MB, whether it has lines or not", async () => {
  const folder = await Deno.makeTempDir({ prefix: "perigee-import-" });
  const count = 20_000;
  const record = (number: number) => ({
    OBJECT_NAME: `A NAME OF SOME LENGTH ${number}`,
    COMMENT: "x".repeat(3_000),
    NORAD_CAT_ID: number,
    EPOCH: "2025-05-24T18:20:22.669728",
    MEAN_MOTION: 15.06,
    ECCENTRICITY: 0.0001,
    INCLINATION: 53,
    RA_OF_ASC_NODE: number % 360,
    ARG_OF_PERICENTER: 0,
    MEAN_ANOMALY: number % 359,
    BSTAR: 0.0001,
  });
  const forms: [string, string, (number: number) => string, string][] = [
    ["large.json", "[", (n) => (n > 1 ? "," : "") + JSON.stringify(record(n)), "]"],
    [
      "large.csv",
      `${Object.keys(record(1)).join()}\n`,
      (n) => `${Object.values(record(n)).join()}\n`,
      "",
    ],
  ];
  for (const [name, head, part, tail] of forms) {
    const parts = Array.from({ length: count }, (_, i) => part(i + 1));
    await Deno.writeTextFile(`${folder}/${name}`, [head, ...parts, tail].join(""));
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        "--v8-flags=--max-old-space-size=48",
        fileURLToPath(new URL("./import-process.ts", import.meta.url)),
        `${folder}/${name}`,
        String(OMM_INSTANT),
      ],
    }).output();
    const text = new TextDecoder();
    assert.equal(code, 0, `${name}: ${text.decode(stderr)}`);
    assert.equal(text.decode(stdout), `${count} nodes, 0 complaints\n`, name);
  }
  await Deno.remove(folder, { recursive: true });
});

import assert from "node:assert/strict";
import { writeFiles } from "../../../tools/export/file-writer.ts";
import { exportOf } from "../../../tools/export.ts";
import { FILED } from "../../../mesh/orbit/filed.ts";
import { epochMs } from "../../../mesh/units.ts";
import { loadCzml } from "../../support/cesium.ts";
import { readOem } from "../../support/plain-oem.ts";
import { written } from "../mesh/export/cases.ts";

const NOW = epochMs(Date.UTC(2026, 2, 20, 12));
const textsOf = async (...args: string[]) =>
  (await exportOf(args, NOW)).files.map(({ pieces }) => written(pieces));
const textOf = async (...args: string[]) => (await textsOf(...args))[0];
const fixture = (name: string) =>
  new URL(`../../fixtures/orbits/${name}`, import.meta.url).pathname;

const ROW = {
  id: "one",
  placed_at: "2026-03-20T12:00:00.000Z",
  model: "scene-indices",
  class: "batch",
  origin: { lat: 48.86, lon: 2.35 },
  path: ["G1A-000-000"],
  modelled: { total_ms: 12 },
};

/** The path of a file that is there while the test works. */
async function withFile(text: string, work: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile({ prefix: "perigee-export-" });
  try {
    await Deno.writeTextFile(path, text);
    await work(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("exportOf() writes the nodes that ids and patterns name, each once, for two hours from now", async () => {
  const args = ["--format", "oem", "--nodes", "G1A-001-*,G1A-000-000,G1A-001-003", "--out", "here"];
  const ids = [...Array.from({ length: 22 }, (_, n) => FILED.id(22 + n)), "G1A-000-000"];
  const { files } = await exportOf(args, NOW);
  assert.deepEqual(files.map(({ path }) => path), ids.map((id) => `here/${id}.oem`));
  const messages = files.map(({ pieces }) => readOem(written(pieces)).segments[0]);
  assert.deepEqual(messages.map(({ meta }) => meta.OBJECT_NAME), ids);
  const [{ states }] = messages;
  assert.deepEqual([states.length, states[0].at, states[120].at], [121, NOW, NOW + 7_200_000]);
});

Deno.test("exportOf() takes the span, the step and the frame that it is told", async () => {
  const span = ["--from", "2026-03-21T00:00:00+01:00", "--until", "2026-03-20T23:00:01.5Z"];
  const rows = (await textOf(
    ...["--format", "csv", "--nodes", "G1A-000-000", "--frame", "tdr", "--step", "0.5"],
    ...span,
  )).trim().split("\r\n").slice(1).map((row) => row.split(","));
  assert.deepEqual(rows.map(([, at]) => at.slice(11)), [
    "23:00:00.000Z",
    "23:00:00.500Z",
    "23:00:01.000Z",
    "23:00:01.500Z",
  ]);
  assert.ok(rows.every(([, , frame]) => frame === "tdr"));
});

Deno.test("exportOf() flies a catalogue, and says which of its nodes have no orbit in the span", async () => {
  const { done, files } = await exportOf(
    [
      "--format",
      "oem",
      "--nodes",
      "*",
      "--constellation",
      fixture("92-geo-meo-heo.tle"),
      "--out",
      "x",
    ],
    NOW,
  );
  assert.match(done, new RegExp(`^${files.length} nodes at 121 instants`));
  for (const { pieces } of files) {
    assert.match(readOem(written(pieces)).segments[0].meta.OBJECT_ID, /^\d{4}-\d{3}/);
  }
});

Deno.test("exportOf() draws placements of a page, of an array and of a row a line", async () => {
  for (
    const text of [
      JSON.stringify({ data: [ROW, { ...ROW, id: "two" }], next: null }),
      JSON.stringify([ROW, { ...ROW, id: "two" }], null, 2),
      `${JSON.stringify(ROW)}\n${JSON.stringify({ ...ROW, id: "two" })}\n`,
    ]
  ) {
    await withFile(text, async (path) => {
      const { entities } = await loadCzml(JSON.parse(await textOf("--placements", path)));
      const ids = entities.map(({ id }) => id);
      assert.ok(ids.includes("one") && ids.includes("two"), text);
    });
  }
  await withFile(JSON.stringify([ROW, { ...ROW, path: ["norad-1"] }]), async (path) => {
    const { done } = await exportOf(["--placements", path], NOW);
    assert.equal(done, "1 placements; 1 are on nodes that starlink-filed has not");
  });
});

Deno.test("exportOf() says which argument is wrong", async () => {
  const oem = ["--format", "oem", "--nodes", "G1A-000-000"];
  const wrong: [string[], RegExp][] = [
    [["--nodes", "*"], /--format must be czml, oem or csv/],
    [["--format", "kml", "--nodes", "*"], /--format must be czml, oem or csv/],
    [["--format", "oem"], /--nodes is missing/],
    [["--format", "oem", "--nodes", "G1A-000-*"], /--out is missing: the folder/],
    [["--format", "oem", "--nodes", "G1A-000-000,X*"], /"X\*" fits no node of starlink-filed/],
    [["--format", "oem", "--nodes", ""], /"" fits no node/],
    [[...oem, "--frame", "icrf"], /--frame must be eme2000, teme or tdr/],
    [["--format", "czml", "--nodes", "*", "--frame", "teme"], /--frame is of oem and csv/],
    [[...oem, "--step", "0"], /--step must be a number of seconds/],
    [[...oem, "--step", "x"], /--step must be a number of seconds/],
    [[...oem, "--from", "2026-03-20T12:00:00"], /--from must be ISO 8601 with a zone/],
    [[...oem, "--from", "2026-03-20"], /--from must be ISO 8601 with a zone/],
    [[...oem, "--until", "2026-03-20T11:59:59Z"], /--until must not be earlier than --from/],
    [[...oem, "--shown", "5"], /--shown goes with --placements/],
    [[...oem, "--constellation", "/no/such"], /no such file/],
    [[...oem, "--every", "5"], /--every/],
    [["--placements", "/no/such"], /--placements: "\/no\/such" cannot be read/],
    [["--placements", "/no/such", "--nodes", "*"], /--nodes does not go with --placements/],
    [["--placements", "/no/such", "--format", "oem"], /written as czml alone/],
    [["--placements", "/no/such", "--shown=-1"], /--shown must be a number of seconds/],
  ];
  for (const [args, says] of wrong) {
    await assert.rejects(
      exportOf(args, NOW),
      (error: Error) => says.test(error.message),
      `${args}`,
    );
  }
  const rows: [unknown, RegExp][] = [
    [{ ...ROW, path: [] }, /row 1, path: /],
    [{ ...ROW, placed_at: "now" }, /row 1, placed_at: /],
    [{ ...ROW, origin: { lat: 91, lon: 0 } }, /row 1, origin/],
    [7, /row 1, all of it: /],
  ];
  for (const [row, says] of rows) {
    await withFile(JSON.stringify([row]), async (path) => {
      await assert.rejects(exportOf(["--placements", path], NOW), says);
    });
  }
  await withFile("{}\nnot json", async (path) => {
    await assert.rejects(exportOf(["--placements", path], NOW), /line 2 is not JSON/);
  });
});

const writing = (pieces: Iterable<string>, path: string) =>
  writeFiles([{ path, pieces }], { progress: () => "", say: () => {} });

Deno.test("writeFiles() leaves the file that was there until the new one is whole", async () => {
  const folder = await Deno.makeTempDir({ prefix: "perigee-export-" });
  const path = `${folder}/out.csv`;
  await Deno.writeTextFile(path, "before");
  const broken = function* () {
    yield "half of ";
    throw new Error("broken off");
  };
  await assert.rejects(writing(broken(), path), /broken off/);
  assert.equal(await Deno.readTextFile(path), "before");
  assert.equal(await writing(["a", "", "b\u00e9"], path), 4);
  assert.equal(await Deno.readTextFile(path), "ab\u00e9");
  assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["out.csv"]);
  await assert.rejects(writing(["a"], `${path}/in.csv`), /--out: .* cannot be written/);
  assert.equal(await writing(["a"], `${folder}/made/in.csv`), 1);
  await Deno.remove(folder, { recursive: true });
});

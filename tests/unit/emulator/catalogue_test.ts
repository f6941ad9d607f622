import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { importCatalogue, type LossGuard } from "../../../emulator/catalogue.ts";
import { readCatalogue, reportLines } from "../../../emulator/import.ts";
import { newestCatalogue } from "../../../ledger/catalogues.ts";
import { checksum } from "../../../mesh/orbit/import/tle-line.ts";
import { epochMs } from "../../../mesh/units.ts";
import { temporaryLedger } from "../../support/temporary-ledger.ts";
import { casePath } from "../mesh/orbit/cases.ts";

const NOW = epochMs(Date.UTC(2026, 7, 21, 22));
const readCase = (file: string, now = NOW) => readCatalogue(fileURLToPath(casePath(file)), { now });

Deno.test("case 93: elements of years ago fly, are counted and named", async () => {
  const report = await readCase("93-stale-elements.tle");
  assert.equal(report.catalogue.count, 2);
  assert.deepEqual(report.stale, ["norad-90001"]);
  assert.match(
    reportLines(report).join("\n"),
    /^1 fly by elements more than 14 days old or ahead, .*: norad-90001$/m,
  );
});

Deno.test("case 17b: of an epoch in 2056 it says that it is 30 years ahead", async () => {
  await assert.rejects(
    readCase("17b-epoch-56.tle"),
    /elements of 2056-10-01T12:00Z, 30 years ahead of the mesh clock: set PERIGEE_CLOCK/,
  );
});

Deno.test("case B1: what has come below 80 km is set aside and named", async () => {
  const report = await readCase(
    "B1-reentered-flies-on.tle",
    epochMs(Date.UTC(2026, 7, 28, 23, 20)),
  );
  assert.deepEqual(report.decayed, ["norad-90601"]);
  assert.deepEqual([...report.catalogue.numbers], [99_999]);
  assert.match(reportLines(report).join("\n"), /^1 have decayed and are set aside: norad-90601$/m);
});

Deno.test("cases 28b and 34 are refused with the cause", async () => {
  await assert.rejects(readCase("28b-zip.zip"), /28b-zip.zip": It is compressed \(ZIP\)/);
  await assert.rejects(readCase("34-lone-cr.tle"), /Its lines end with a carriage return alone/);
});

/** Two-line elements of these numbers. */
function tleOf(numbers: readonly number[]): string {
  const line = (text: string) => `${text}${checksum(`${text}0`)}`;
  return numbers.map((number) =>
    [
      line(`1 ${number}U 26001A   26233.50000000  .00010000  00000+0  30000-3 0  999`),
      line(`2 ${number}  53.1600 200.0000 0001500  90.0000 270.1000 15.0559000012345`),
    ].join("\n")
  ).join("\n");
}

const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

Deno.test("an import that would lose most nodes is refused, unless told otherwise", async () => {
  await using temporary = await temporaryLedger();
  const { ledger } = temporary;
  const folder = await Deno.makeTempDir({ prefix: "perigee-loss-" });
  const take = async (file: string, numbers: readonly number[], guard?: LossGuard) => {
    await Deno.writeTextFile(`${folder}/${file}`, tleOf(numbers));
    // The newest is told by a clock of whole milliseconds.
    const last = (await newestCatalogue(ledger))?.created_at_ms ?? 0;
    while (Date.now() <= last) await new Promise((resolve) => setTimeout(resolve, 1));
    await importCatalogue(ledger, `${folder}/${file}`, { now: NOW, say: () => {}, guard });
    return (await newestCatalogue(ledger))!.name;
  };
  try {
    const first = await take("fleet.tle", range(50_000, 100));
    // Half may go, and any number come.
    assert.notEqual(await take("fleet.tle", range(50_000, 50)), first);
    const newest = await take("fleet.tle", range(50_000, 300));
    const few = range(50_000, 149);
    for (const guard of [undefined, "same name", "newest"] as const) {
      await assert.rejects(
        take("fleet.tle", few, guard),
        /149 nodes of it fly, and fleet-[0-9a-f]{16} has 300\. If that is meant, .*--lose-nodes/,
      );
      assert.equal((await newestCatalogue(ledger))?.name, newest, "the old one stays");
    }
    await assert.rejects(take("other.tle", few, "newest"), /149 nodes of it fly/);
    assert.match(await take("other.tle", few), /^other-/, "another file is another constellation");
    assert.match(await take("fleet.tle", range(50_000, 300)), /^fleet-/);
    assert.match(await take("fleet.tle", few, "none"), /^fleet-/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("deno task import says how it is called, and refuses a flag that it does not know", async () => {
  const script = fileURLToPath(new URL("../../../emulator/catalogue.ts", import.meta.url));
  const run = (...args: string[]) =>
    new Deno.Command(Deno.execPath(), { args: ["run", "-A", "--no-check", script, ...args] })
      .output();
  const help = await run("--help");
  assert.equal(help.code, 0);
  assert.match(new TextDecoder().decode(help.stdout), /--lose-nodes {2}Take a file of fewer/);
  const wrong = await run("--loose-nodes", "x.tle");
  assert.equal(wrong.code, 2);
  assert.match(new TextDecoder().decode(wrong.stderr), /^Imports a catalogue file/);
});

/**
 * Executions of a running mesh are reckoned anew from exported files alone; and whoever changes one digit of
 * them is told which.
 */
import assert from "node:assert/strict";
import { nothingExported, readExported } from "../../../prove/exported-rows.ts";
import { valueAt } from "../../../prove/execution.ts";
import { knownOf } from "../../../prove/prove-export.ts";
import { type Fault, Prover } from "../../../prove/prove-execution.ts";
import { sharedMeshTest } from "../../support/mesh.ts";
import { runMixedAsks } from "../../support/mixed-asks.ts";
import { exported, proved } from "../../support/proved.ts";
import { seeded } from "../../support/random.ts";
import { tampered, tellingFields } from "../../support/tampered.ts";

const test = sharedMeshTest();

const ASKS = 500;
const TAMPERED = 12;

test("prove holds for all executions, and names the field of a changed digit", async (mesh) => {
  const folder = await Deno.makeTempDir();
  try {
    const key = await mesh.tenant("proved");
    const ids = await runMixedAsks(mesh, { count: ASKS, seed: 1, key, places: 24 });
    assert.equal(new Set(ids).size, ASKS);
    await exported(mesh, { folder, key, receipts: ASKS });
    const { code, text } = await proved(folder);
    assert.equal(code, 0, text);
    assert.match(text, /^500 of 500 executions hold$/m);
    assert.doesNotMatch(text, /[1-9]\d*$/m, "nothing is wrong, in the last column");
    await eachDigit(folder);
    await inAFile(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Changes one digit of every field of some executions in turn. */
async function eachDigit(folder: string): Promise<void> {
  const files = nothingExported();
  for (const name of ["sky.json", "hardware.json", "models.json", "prices.json"]) {
    readExported(files, name, await Deno.readTextFile(`${folder}/${name}`));
  }
  for (const name of ["receipts.jsonl", "placements.jsonl"]) {
    readExported(files, name, await Deno.readTextFile(`${folder}/${name}`));
  }
  const prover = new Prover(knownOf(files));
  const placements = new Map(files.placements.map(({ value }) => [value.id, value]));
  const random = seeded(3);
  const [direct, far, home] = [1, 2, 3].map((kind) =>
    files.receipts.map(({ value }) => ({
      receipt: value,
      placement: placements.get(value.id)!,
    })).filter(({ placement: { origin, path } }) =>
      (path.length > 1 ? 2 : "node" in origin! ? 3 : 1) === kind
    )
  );
  assert.ok(direct.length > 100 && far.length > 10 && home.length > 10);
  for (let i = 0; i < TAMPERED; i++) {
    const kind = [direct, far, home][i % 3];
    const execution = random.pick(kind);
    for (const path of tellingFields(execution)) {
      // Where data and run are on one node, no way tells when it was placed, nor the bytes to the last.
      if (kind === home && ["placement/placed_at", "receipt/bytes_up"].includes(path)) continue;
      const bad = tampered(execution, path, random);
      if (!bad) continue;
      const { faults } = prover.prove(bad.execution, () => bad.written);
      const told = `${path} ${valueAt(execution, path)} as ${valueAt(bad.written, path)}: ` +
        JSON.stringify(faults);
      const right = faults.find((fault) => fault.path === path);
      assert.ok(right, told);
      // A 17th digit may be of one double with another.
      if (typeof right.expected === "number") {
        const original = valueAt(execution, path) as number;
        assert.ok(Math.abs(right.expected - original) <= 1e-15 * Math.abs(original), told);
      } else assert.equal(right.expected, valueAt(execution, path), told);
      // What a wait was, nothing tells but the sum that it is in; nor a light time's last digit, of which two
      // roundings of a range are both exact.
      const isInSum = ({ path, found, expected }: Fault) =>
        /(wait|total)_ms$/.test(path) ||
        (path.endsWith("light_time_ms") &&
          Math.abs(Number(found) - Number(expected)) <= 1e-14 * Number(expected));
      assert.ok(faults.length === 1 || faults.every(isInSum), told);
    }
  }
}

/** Changes one digit in a file, as somebody with an editor does. */
async function inAFile(folder: string): Promise<void> {
  const path = `${folder}/receipts.jsonl`;
  const lines = (await Deno.readTextFile(path)).split("\n");
  const row = lines.findIndex((line) => /"charge_microcredits":106,/.test(line));
  assert.ok(row >= 0);
  lines[row] = lines[row].replace('"charge_microcredits":106,', '"charge_microcredits":196,');
  await Deno.writeTextFile(path, lines.join("\n"));
  const { code, text } = await proved(folder);
  assert.equal(code, 1);
  const { id } = JSON.parse(lines[row]);
  const told = [
    `${path}, row ${row + 1} (${id}): charge_microcredits`,
    "    found    196",
    "    expected 106",
    "              ^",
    "",
    "499 of 500 executions hold; 1 rows or lists are wrong",
  ];
  assert.ok(text.startsWith(told.join("\n")), text);
}

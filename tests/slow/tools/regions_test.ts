import assert from "node:assert/strict";
import { measureAll, tableOf } from "../../../tools/regions.ts";

Deno.test("docs/regions.md states what tools/regions.ts works out today", async () => {
  const page = await Deno.readTextFile(new URL("../../../docs/regions.md", import.meta.url));
  const measured = tableOf(measureAll()).split("\n").map(cellsOf);
  const rows = page.split("\n").filter((line) => line.startsWith("|")).map(cellsOf);
  const begin = rows.indexOf(measured[0]);
  const stated = rows.slice(begin, begin + measured.length);
  assert.deepEqual(stated, measured, "run `deno run -A tools/regions.ts` and put its table there");
});

/** `deno fmt` pads the columns of the page. */
const cellsOf = (row: string): string =>
  row.split("|").map((cell) => cell.trim().replace(/^-+$/, "---")).join("|");

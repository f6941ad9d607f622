import assert from "node:assert/strict";
import { measureAll, tableOf } from "../../../tools/accuracy.ts";

Deno.test("docs/accuracy.md states what tools/accuracy.ts measures today", async () => {
  const page = await Deno.readTextFile(new URL("../../../docs/accuracy.md", import.meta.url));
  const stated = page.split("\n").filter((line) => line.startsWith("|")).map(cellsOf);
  const measured = tableOf(measureAll()).split("\n").map(cellsOf);
  assert.deepEqual(stated, measured, "run `deno run -A tools/accuracy.ts` and put its table there");
});

/** `deno fmt` pads the columns of the page. */
const cellsOf = (row: string): string =>
  row.split("|").map((cell) => cell.trim().replace(/^-+$/, "---")).join("|");

import assert from "node:assert/strict";
import { parseShellFile } from "../../../contract/shell-file.ts";
import { walkerFile } from "../../../tools/walker.ts";

const DELTA = ["--planes", "12", "--per-plane", "12", "--altitude", "550", "--inclination", "53"];

Deno.test("walkerFile() makes a shell file of its numbers, a delta with the phasing that spreads it most", () => {
  const { text } = walkerFile(DELTA);
  const { count, shells } = parseShellFile(text).constellation;
  assert.equal(count, 144);
  const { phasing, raan_span_deg } = shells![0];
  assert.ok(phasing > 0 && raan_span_deg === 360, text);
});

Deno.test("walkerFile() makes a star over half a turn, or over what it is told", () => {
  const spanOf = (...more: string[]) =>
    parseShellFile(walkerFile([...DELTA, ...more]).text).constellation.shells![0].raan_span_deg;
  assert.equal(spanOf("--star"), 180);
  assert.equal(spanOf("--span", "189.6"), 189.6);
});

Deno.test("walkerFile() draws a row for each latitude: most below the turn, none above what is seen", () => {
  const rows = walkerFile(DELTA).drawing.trim().split("\n").slice(1)
    .map((line) => ({
      lat: Number(line.slice(0, 3)),
      mean: Number(line.match(/([\d.]+) \(/)![1]),
    }));
  assert.deepEqual(rows.map(({ lat }) => lat), Array.from({ length: 19 }, (_, i) => 90 - 5 * i));
  const densest = rows.reduce((a, b) => a.mean > b.mean ? a : b);
  assert.ok(densest.lat >= 45 && densest.lat <= 55, `${densest.lat}`);
  assert.ok(rows.filter(({ lat }) => lat >= 75).every(({ mean }) => mean === 0));
});

Deno.test("walkerFile() says which argument is wrong", () => {
  const wrong = (args: string[]) => assert.throws(() => walkerFile(args), Error);
  assert.throws(() => walkerFile(["--planes", "x"]), /--planes must be a number/);
  assert.throws(() => walkerFile([...DELTA, "--altitude", "99999"]), /altitude_km/);
  wrong([...DELTA, "--plains", "3"]);
});

import assert from "node:assert/strict";
import { LAUNCH_PRICES } from "../../../mesh/billing/receipt.ts";
import { prove } from "../../../prove/main.ts";
import { faultText } from "../../../prove/report.ts";
import { executionAt } from "./cases.ts";

async function proving(files: Record<string, unknown>, ...args: string[]) {
  const folder = await Deno.makeTempDir();
  const lines: string[] = [];
  try {
    for (const [name, value] of Object.entries(files)) {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    const code = await prove([folder, ...args], (line) => lines.push(line));
    return { code, text: lines.join("\n").replaceAll(folder, "") };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const SHELL = {
  code: "A",
  altitude_km: 550,
  inclination_deg: 53,
  planes: 4,
  per_plane: 5,
  phasing: 1,
  raan_span_deg: 360,
};
const SKY = {
  constellation: "test",
  nodes: 20,
  epoch: "2026-01-01T00:00:00.000Z",
  shells: [SHELL],
  at: "2026-11-27T00:00:00.000Z",
  rate: 1,
};
const { valid_from_ms, ...launch } = LAUNCH_PRICES;
const PRICES = { data: [{ ...launch, valid_from: new Date(valid_from_ms).toISOString() }] };
const runs = [1, 2, 3].map((i) =>
  executionAt(Date.UTC(2026, 10, 27) + i, {
    prices: LAUNCH_PRICES,
  })
);
const FILES = {
  "sky.json": SKY,
  "prices.json": PRICES,
  "receipts.json": { data: runs.map(({ receipt }) => receipt), next: null },
  "placements.jsonl": runs.map(({ placement }) => JSON.stringify(placement)).join("\n"),
};

Deno.test("prove reads pages, rows a line and answers, and says what it cannot tell", async () => {
  const { code, text } = await proving(FILES, "--each");
  assert.equal(code, 0, text);
  assert.match(text, /^3 of 3 executions hold$/m);
  // Without the hardware nothing tells what the NPU took, nor how fast links are.
  assert.match(text, /^placement\.modelled\.energy_mj +0 +0 +0 +3 +0$/m);
  assert.match(text, /^run-\d+ holds: \d+ to the bit, 0 rounded; .*receipt\.npu_us open/m);
});

Deno.test("prove names row and field of a page, and puts a caret under the first wrong digit", async () => {
  const receipts = structuredClone(FILES["receipts.json"]);
  const found = receipts.data[1].charge_microcredits;
  receipts.data[1].charge_microcredits = found + 200;
  const { code, text } = await proving({ ...FILES, "receipts.json": receipts });
  assert.equal(code, 1);
  const head = `/receipts.json, row 2 (${receipts.data[1].id}): charge_microcredits`;
  const told = [head, `    found    ${found + 200}`, `    expected ${found}`, "             ^"];
  assert.ok(text.startsWith(told.join("\n")), text);
});

Deno.test("prove refuses rows that are alone, or there twice", async () => {
  const [first, ...rest] = FILES["placements.jsonl"].split("\n");
  const alone = await proving({ ...FILES, "placements.jsonl": rest.join("\n") });
  assert.equal(alone.code, 1);
  assert.match(alone.text, /receipts\.json, row 1 .*: id\n.*\n +no placement has this id/);
  const twice = [first, first, ...rest].join("\n");
  const { code, text } = await proving({ ...FILES, "placements.jsonl": twice });
  assert.equal(code, 1);
  assert.match(text, /placements\.jsonl, row 2 .*: id\n.*\n +another placement has this id/);
});

Deno.test("prove says what is wrong with files that are none of an export", async () => {
  const { "sky.json": _, ...skyless } = FILES;
  const cases: [Record<string, unknown>, RegExp][] = [
    [skyless, /lack the sky/],
    [{ ...FILES, "more.json": { hello: 1 } }, /more\.json, row 1: is no row of an export/],
    [{ ...FILES, "more.jsonl": "{}\n{" }, /more\.jsonl, line 2: is not JSON/],
    [
      { ...FILES, "more.json": { ...runs[0].receipt, operations: 1.5 } },
      /more\.json, row 1: operations: /,
    ],
  ];
  for (const [files, reason] of cases) {
    const { code, text } = await proving(files);
    assert.deepEqual([code, reason.test(text)], [2, true], text);
  }
  const lines: string[] = [];
  assert.equal(await prove(["/nowhere"], (line) => lines.push(line)), 2);
  assert.match(lines[0], /^\/nowhere: /);
  assert.equal(await prove(["--wrong"], (line) => lines.push(line)), 2);
});

Deno.test("faultText() tells of several fields that one of them is wrong", () => {
  const row = { file: "p", row: 4, id: "a" };
  const text = faultText([
    { ...row, field: "modelled.wait_ms", found: 3, expected: 0 },
    { ...row, field: "modelled.total_ms", found: 2.5, expected: 5.5 },
  ]);
  assert.match(
    text,
    /^One of these 2 fields is wrong, and no other tells which:\np, row 4 \(a\): /,
  );
});

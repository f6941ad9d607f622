/**
 * What was proved, in words and numbers.
 * @module
 */
import type { Value } from "./execution.ts";
import type { Counts, Faults, Result, RowFault } from "./prove-export.ts";

/** Writes why something does not hold: file, row and field, and what stands there under what must. */
export function faultText(faults: Faults): string {
  const texts = faults.map(oneFault);
  if (faults.length === 1) return texts[0];
  return `One of these ${faults.length} fields is wrong, and no other tells which:\n${
    texts.join("\n")
  }`;
}

function oneFault({ file, row, id, field, found, expected, says }: RowFault): string {
  const head = `${file}, row ${row} (${id}): ${field}`;
  if (says !== undefined) return `${head}\n    found    ${text(found)}\n    ${says}`;
  if (expected === null && found !== null) return `${head}\n    found    ${text(found)}`;
  const caret = " ".repeat(firstDifference(text(found), text(expected)));
  return [
    head,
    `    found    ${text(found)}`,
    `    expected ${text(expected)}`,
    `             ${caret}^`,
  ].join("\n");
}

const text = (value: Value): string => String(value);

/** @returns where two texts differ first */
export function firstDifference(a: string, b: string): number {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return i;
}

/** Writes what was proved of every field, and what was not, in total. */
export function totalText({ executions, hold, fields, faults }: Result): string {
  const rows = [...fields].map(([path, counts]) => [
    path.replaceAll("/", ".").replace("path.-1", "path, its end"),
    ...COLUMNS.map(([is]) => grouped(counts[is])),
  ]);
  const table = [["field", ...COLUMNS.map(([, name]) => name)], ...rows];
  const widths = table[0].map((_, c) => Math.max(...table.map((row) => row[c].length)));
  const lines = table.map((row) =>
    row.map((cell, c) => c === 0 ? cell.padEnd(widths[c]) : cell.padStart(widths[c])).join("  ")
  );
  const wrong = faults.length === 0 ? "" : `; ${grouped(faults.length)} rows or lists are wrong`;
  return [
    `${grouped(hold)} of ${grouped(executions)} executions hold${wrong}`,
    "",
    ...lines,
    "",
    "to the bit: reckoned anew, the same; rounded: the same within the tolerance of docs/how-to/prove.md;",
    "bounded: where it must lie, but what it is depends on what is not exported, as a wait on the asks of",
    "others; open: nothing in these files tells it. Open of all: receipt.key, .recorded_at and .invoice,",
    "placement.policy and .attempts",
  ].join("\n");
}

const COLUMNS: readonly [keyof Counts, string][] = [
  ["exact", "to the bit"],
  ["near", "rounded"],
  ["bounded", "bounded"],
  ["open", "open"],
  ["wrong", "wrong"],
];

const grouped = (n: number): string => n.toLocaleString("en-US");

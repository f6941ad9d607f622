/**
 * Rows as a table, each figure beside those of the others.
 * @module
 */
import { CATEGORIES } from "./figures.ts";
import type { Row } from "./row.ts";

/** A column of the table: its title and its figures, as texts by their names. */
export interface Column {
  title: string;
  figures: ReadonlyMap<string, string>;
}

/**
 * The row that the published tool prints for its example of Starlink, as its README has it (LEOCraft, commit
 * 3a8d332): on its authors' machine, with Gurobi.
 */
export const PUBLISHED: Column = {
  title: "published",
  figures: new Map([
    ["stations without a node", "0"],
    ["coverage, sum of log10", "148.794"],
    ["stretch NS", "1.357"],
    ["stretch EW", "1.504"],
    ["stretch NESW", "1.253"],
    ["stretch LG", "1.434"],
    ["stretch HG", "1.181"],
    ["hops NS", "7"],
    ["hops EW", "8"],
    ["hops NESW", "6"],
    ["hops LG", "3.5"],
    ["hops HG", "11"],
    ["throughput, Gbit/s", "6144.55"],
    ["pairs carried, one optimum of many, %", "30.56"],
    ["measured: network, s", "4.8"],
    ["measured: ways, s", "132"],
    ["measured: throughput, s", "6.6"],
    ["measured: all, s", "146.4"],
    ["measured: processor time of all, s", "-"],
  ]),
};

/** The column of a row. */
export function columnOf(title: string, row: Row): Column {
  const { coverage, stretch, throughput, carried, measured } = row;
  const { network_s, ways_s, throughput_s, processor_s } = measured;
  const shares = throughput.shares.reduce((sum, share) => sum + share, 0);
  return {
    title,
    figures: new Map([
      ["stations without a node", String(coverage.without)],
      ["coverage, sum of log10", coverage.log_sum.toFixed(3)],
      ...CATEGORIES.map((one): [string, string] => [
        `stretch ${one}`,
        figure(stretch[one].stretch, 3),
      ]),
      ...CATEGORIES.map((one): [string, string] => [
        `hops ${one}`,
        figure(stretch[one].hops, 1).replace(".0", ""),
      ]),
      ["throughput, Gbit/s", throughput.gbit_s.toFixed(2)],
      ["of what is wanted, %", (100 * carried).toFixed(2)],
      [
        "pairs carried, one optimum of many, %",
        (100 * shares / throughput.shares.length).toFixed(2),
      ],
      ["measured: network, s", network_s.toFixed(1)],
      ["measured: ways, s", ways_s.toFixed(1)],
      ["measured: throughput, s", throughput_s.toFixed(1)],
      ["measured: all, s", (network_s + ways_s + throughput_s).toFixed(1)],
      ["measured: processor time of all, s", processor_s.toFixed(1)],
    ]),
  };
}

const figure = (value: number, digits: number): string =>
  Number.isNaN(value) ? "-" : value.toFixed(digits);

/** Writes columns beside each other, in Markdown; a dash where a column lacks a figure. */
export function tableOf(columns: readonly Column[]): string {
  const names = [...new Set(columns.toReversed().flatMap(({ figures }) => [...figures.keys()]))];
  const rows = [
    ["", ...columns.map(({ title }) => title)],
    ...names.map((name) => [name, ...columns.map(({ figures }) => figures.get(name) ?? "-")]),
  ];
  const widths = rows[0].map((_, c) => Math.max(...rows.map((row) => row[c].length)));
  const line = (cells: string[]) =>
    `| ${
      cells.map((cell, c) => c === 0 ? cell.padEnd(widths[c]) : cell.padStart(widths[c])).join(
        " | ",
      )
    } |`;
  const rule = line(
    widths.map((width, c) => "-".repeat(c === 0 ? width : width - 1) + (c === 0 ? "" : ":")),
  );
  return [line(rows[0]), rule, ...rows.slice(1).map(line), ""].join("\n");
}

/**
 * Measures what the mesh's approximations cost and prints the table of docs/accuracy.md.
 *
 * ```sh
 * deno run -A tools/accuracy.ts
 * ```
 * Without chance: the same figures on every run; tests/slow/tools/accuracy_test.ts holds the page to them.
 * @module
 */
import { measureInterpolation } from "./accuracy/interpolation.ts";
import { measureOrientation, POLE_TILT, UT1_TURN } from "./accuracy/orientation.ts";
import { measureShadow, type Spread } from "./accuracy/shadow.ts";
import { measureTables, type TableError } from "./accuracy/tables.ts";

export interface Row {
  what: string;
  figure: string;
}

/** Two digits: a figure here is a size, not a constant. */
const round = (n: number): string => String(Number(n.toPrecision(2)));
const percent = (part: number, whole: number): string => `${round(100 * part / whole)} %`;
const spreadText = ({ median, p99, worst }: Spread, unit: "s" | "J"): string =>
  `median ${round(median)} ${unit}, p99 ${round(p99)} ${unit}, worst ${round(worst)} ${unit}`;

export function measureAll(): Row[] {
  const tables = measureTables();
  const interpolation = measureInterpolation();
  const shadow = measureShadow();
  const turned = measureOrientation(UT1_TURN);
  const tilted = measureOrientation(POLE_TILT);
  const { worst_m, worst_share, worst_shell, mean_m, packing_m } = interpolation;
  const tableText = ({ worst_m, worst_shell, mean_m }: TableError): string =>
    `worst ${round(worst_m)} m (shell ${worst_shell}), mean ${round(mean_m)} m`;
  return [
    {
      what: "Position by shell tables, 41,914 nodes, a week",
      figure: tableText(tables.filed),
    },
    {
      what: "Position by shell tables, 998,400 nodes, a week",
      figure: tableText(tables.dataCentre),
    },
    {
      what: "Position between knots, 41,914 nodes, 6 windows",
      figure: `worst ${round(worst_m)} m (shell ${worst_shell}, ${worst_share * 60} s in), ` +
        `mean ${round(mean_m)} m`,
    },
    { what: "Position at a knot (packing alone)", figure: `worst ${round(packing_m)} m` },
    {
      what: "Earth turned by 0.9 s (UT1 = UTC at its bound)",
      figure: `${percent(turned.moved, turned.origins)} of placements move, ` +
        `${round(turned.cost_ns)} ns longer at most`,
    },
    {
      what: "Pole off by 0.6 arc seconds (polar motion)",
      figure: `${percent(tilted.moved, tilted.origins)} of placements move, ` +
        `${round(tilted.cost_ns)} ns longer at most`,
    },
    { what: "Our edge of shadow to half light", figure: spreadText(shadow.half_light_s, "s") },
    { what: "Penumbra, first touch to last light", figure: spreadText(shadow.penumbra_s, "s") },
    {
      what: "Energy of one way through the penumbra, as all or nothing",
      figure: spreadText(shadow.penumbra_j, "J"),
    },
    { what: "A round Earth's edge of shadow to ours", figure: spreadText(shadow.round_s, "s") },
    {
      what: "Our Sun to Meeus's",
      figure: `mean ${round(shadow.sun_deg.mean)} degrees, worst ${round(shadow.sun_deg.worst)}`,
    },
    { what: "Our edge to that of Meeus's Sun", figure: spreadText(shadow.sun_s, "s") },
    {
      what: "Our edges of shadow that one of these has not",
      figure: `${shadow.grazing} of ${shadow.edges}, within 256 s`,
    },
  ];
}

export const tableOf = (rows: readonly Row[]): string =>
  [
    "| approximation | measured |",
    "| --- | --- |",
    ...rows.map(({ what, figure }) => `| ${what} | ${figure} |`),
  ].join("\n");

if (import.meta.main) console.log(tableOf(measureAll()));

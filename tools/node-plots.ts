/**
 * Makes the figures and tables of docs/node.md from the mesh's own node model.
 *
 * ```sh
 * deno run -A tools/node-plots.ts          # prints the tables
 * deno run -A tools/node-plots.ts --write  # and writes docs/node-*.svg
 * ```
 * Without chance: the same on every run; tests/slow/tools/node-plots_test.ts holds page and figures to it.
 * @module
 */
import { parseProfile } from "../contract/profile.ts";
import { absorbed, equilibrium } from "../mesh/node/heat.ts";
import { DEFAULT_PROFILE } from "../mesh/node/profile.ts";
import { watts } from "../mesh/units.ts";
import { type Chart, svgOf } from "./node-plots/chart.ts";
import {
  leastTopsPerWatt,
  live,
  ORBITS,
  type Sample,
  withTopsPerWatt,
} from "./node-plots/full-load.ts";
import { parameterTable } from "./node-plots/parameters.ts";

const CELSIUS = 273.15;
const HOURS = { heat: 8, rest: 24, battery: 24, small: 6 };
const SMALL = `{"battery_wh":115}`;
const [BLUE, RED, GREY] = ["#1f6feb", "#cf222e", "#8c959f"];

const { lit, ordinary } = ORBITS;
const [cool, warm] = [withTopsPerWatt(10), withTopsPerWatt(4)];

type Reading = (sample: Sample) => number;
const npuC: Reading = ({ npu_k }) => npu_k - CELSIUS;
const bodyC: Reading = ({ body_k }) => body_k - CELSIUS;
const chargePercent: Reading = ({ charge }) => 100 * charge;

/** As many points as a chart shows. */
function pointsOf(samples: readonly Sample[], read: Reading, most = 240): [number, number][] {
  const every = Math.ceil(samples.length / most);
  return samples.filter((_, k) => k % every === 0).map((sample) => [sample.hours, read(sample)]);
}

const ticks = (from: number, to: number, step: number): number[] =>
  Array.from({ length: Math.round((to - from) / step) + 1 }, (_, k) => from + k * step);

function heatCharts(): Chart[] {
  const orbits = [["always lit", lit], ["34 minutes of shadow", ordinary]] as const;
  const lived = orbits.map(([name, sunlight]) => ({
    name,
    ten: live({ profile: cool, sunlight, hours: HOURS.heat }),
    four: live({ profile: warm, sunlight, hours: HOURS.heat }),
  }));
  const x = { label: "hours at full load", ticks: ticks(0, HOURS.heat, 2) };
  const both = ({ ten, four }: typeof lived[number], read: Reading) => [
    { name: "10 TOPS/W", color: BLUE, points: pointsOf(ten, read) },
    { name: "4 TOPS/W", color: RED, points: pointsOf(four, read) },
  ];
  const temperatures = lived.map((one): Chart => ({
    title: `NPU and body, ${one.name}`,
    x,
    y: { label: "C", ticks: ticks(-50, 100, 25) },
    series: [
      ...both(one, npuC),
      { name: "body, 10 TOPS/W", color: GREY, points: pointsOf(one.ten, bodyC) },
    ],
    limits: [{ name: "throttle", y: 75, below: true }, { name: "stop", y: 85 }],
  }));
  const speeds = lived.map((one): Chart => ({
    title: `Speed of the NPU, ${one.name}`,
    x,
    y: { label: "", ticks: ticks(0, 1, 0.2).map((tick) => Number(tick.toFixed(1))) },
    series: both(one, ({ speed }) => speed),
  }));
  return [...temperatures, ...speeds];
}

function batteryCharts(): Chart[] {
  const day = { profile: cool, sunlight: ordinary, hours: HOURS.battery };
  const idle = { ...day, asked: false };
  const small = live({ profile: parseProfile(SMALL), sunlight: ordinary, hours: HOURS.small });
  return [
    {
      title: "Default battery, 34 minutes of shadow",
      x: { label: "hours", ticks: ticks(0, HOURS.battery, 4) },
      y: { label: "%", ticks: ticks(97, 100, 1) },
      series: [
        { name: "full load", color: BLUE, points: pointsOf(live(day), chargePercent, 720) },
        { name: "idle", color: GREY, points: pointsOf(live(idle), chargePercent, 720) },
      ],
    },
    {
      title: "A battery of 115 Wh at full load",
      x: { label: "hours", ticks: ticks(0, HOURS.small, 1) },
      y: { label: "%", ticks: ticks(0, 100, 20) },
      series: [
        { name: "charge", color: BLUE, points: pointsOf(small, chargePercent, 720) },
        {
          name: "refusing: dark",
          color: RED,
          points: small.map(({ hours, refused }) => [hours, refused === "dark" ? 5 : NaN]),
        },
      ],
      limits: [{ name: "floor", y: 20 }],
    },
  ];
}

/** File names under docs/, and what is in them. */
export const figures = (): Record<string, string> => ({
  "node-heat.svg": svgOf(heatCharts(), 2),
  "node-battery.svg": svgOf(batteryCharts(), 2),
});

const table = (head: string[], rows: (string | number)[][]): string =>
  [head, head.map((_, k) => k === 0 ? "---" : "---:"), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** Over the last tenth of the time: what it comes to, throttling evened out. */
function mean(samples: readonly Sample[], read: Reading): number {
  const from = samples.at(-1)!.hours * 0.9;
  let [sum, hours] = [0, 0];
  samples.slice(1).forEach((next, k) => {
    if (next.hours < from) return;
    const lasts = next.hours - samples[k].hours;
    sum += read(samples[k]) * lasts;
    hours += lasts;
  });
  return sum / hours;
}

function restTable(): string {
  const rows = [10, 9.5, 9, 6, 4, 2].map((tops_per_w) => {
    const profile = withTopsPerWatt(tops_per_w);
    const samples = live({ profile, sunlight: lit, hours: HOURS.rest });
    const speed = mean(samples, (sample) => sample.speed);
    return [
      tops_per_w,
      profile.npu_active.toFixed(1),
      mean(samples, bodyC).toFixed(0),
      mean(samples, npuC).toFixed(1),
      speed.toFixed(2),
      (speed * profile.npu_tops).toFixed(0),
    ];
  });
  return table(["TOPS/W", "W at full speed", "body, C", "NPU, C", "speed", "TOPS left"], rows);
}

function leastTable(): string {
  const rows = [["always lit", lit], ["34 minutes of shadow in 95", ordinary]] as const;
  return table(
    ["orbit", "least TOPS/W that never throttles"],
    rows.map(([name, sunlight]) => [name, leastTopsPerWatt(sunlight).toFixed(2)]),
  );
}

function batteryTable(): string {
  const rows = ([
    ["default, idle", cool, false],
    ["default, full load", cool, true],
    ["4 TOPS/W, full load", warm, true],
    ["115 Wh, idle", parseProfile(SMALL), false],
    ["115 Wh, full load", parseProfile(SMALL), true],
  ] as const).map(([name, profile, asked]) => {
    const samples = live({ profile, sunlight: ordinary, hours: HOURS.battery, asked });
    const lowest = Math.min(...samples.map(chargePercent));
    const idle_ms = samples.filter(({ refused }) => refused === "dark").length * 30;
    return [name, lowest.toFixed(1), `${(100 * idle_ms / (HOURS.battery * 3_600)).toFixed(1)}`];
  });
  return table(["node", "least charge, %", "of the day `dark`, %"], rows);
}

/** What is left out, as heat that would come in or go out: kelvin of the body at its rest, always lit. */
function leftOutTable(): string {
  const profile = DEFAULT_PROFILE;
  const load = profile.housekeeping + profile.npu_active + absorbed(true, profile);
  const rest = equilibrium(watts(load), profile);
  const { radiator_m2, solar_absorptance, earth_view, emissivity } = profile;
  // Bond albedo 0.3; over an orbit that crosses noon the lit Earth below averages 1/pi of it.
  const albedo = 0.3 * 1_361 * solar_absorptance * radiator_m2 * earth_view / Math.PI;
  const space = emissivity * 5.670374419e-8 * radiator_m2 * 2.725 ** 4;
  const sun = absorbed(true, profile) - absorbed(false, profile);
  const rows = [
    ["albedo, over an orbit that crosses noon", albedo],
    ["the Sun nearer by 1.7 %, as in January", 0.034 * sun],
    ["Earth's infrared a tenth stronger", 0.1 * absorbed(false, profile)],
    ["space at 2.7 K, not at 0 K", space],
  ] as const;
  return table(
    ["left out", "W", "K"],
    rows.map(([name, heat]) => {
      const off = equilibrium(watts(load + heat), profile) - rest;
      return [name, Number(heat.toPrecision(2)), Number(off.toPrecision(2))];
    }),
  );
}

/** The tables of the page, in its order. */
export const tables = (): string[] => [
  parameterTable(),
  batteryTable(),
  leastTable(),
  restTable(),
  leftOutTable(),
];

if (import.meta.main) {
  console.log(tables().join("\n\n"));
  if (Deno.args.includes("--write")) {
    for (const [name, svg] of Object.entries(figures())) {
      await Deno.writeTextFile(new URL(`../docs/${name}`, import.meta.url), svg);
    }
  }
}

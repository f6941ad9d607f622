/**
 * What a day did to nodes: charge, discharge, what batteries gave, and heat.
 * @module
 */
import type { HourOfNodes, RunSummary } from "../run-summary.ts";
import { bars, lines } from "./charts.ts";
import { colourOf, figureOf } from "./figure.ts";
import { energy, figure } from "./words.ts";

const KELVIN_AT_0_C = 273.15;
// A scale that begins at 0 is moved so that it begins in the cold of shadow.
const OFFSET_C = 100;
const MOST_C = 100;

/** The charts; nothing where no node was asked. */
export function nodeCharts(runs: readonly RunSummary[]): string {
  const used = runs.filter(({ fleet }) => fleet.asked > 0);
  if (used.length === 0) return "";
  const colour = (run: RunSummary) => colourOf(runs.indexOf(run));
  const every = Math.ceil(runs[0].hours.length / 8);
  const labels = runs[0].hours.map((_, hour) => hour % every === 0 ? `${hour} h` : "");
  const series = (of: (hour: HourOfNodes) => number | null) =>
    used.map((run) => ({ name: run.name, colour: colour(run), values: run.hours.map(of) }));
  const { length } = used[0].fleet.depth_of_discharge;
  const depths = bars(
    used.map((run) => ({
      name: run.name,
      colour: colour(run),
      values: run.fleet.depth_of_discharge.map((nodes) => nodes / run.fleet.asked),
    })),
    {
      labels: Array.from({ length }, (_, i) => i % 4 === 0 ? `${100 * i / length} %` : ""),
      title: "How deep batteries were discharged",
    },
  );
  const charge = lines(series(({ state_of_charge }) => state_of_charge), {
    labels,
    title: "State of charge",
    text: (value) => `${Math.round(100 * value)} %`,
    linear_to: 1,
  });
  const given = lines(series(({ battery_j }) => battery_j), {
    labels,
    title: "What batteries gave",
    text: (value) => value === 0 ? "0" : energy(value),
    linear_to: 1e-9,
  });
  const hottest = lines(
    series(({ npu_temperature_most_k: k }) => k === null ? null : k - KELVIN_AT_0_C + OFFSET_C),
    {
      labels,
      title: "Hottest NPU",
      text: (value) => figure(value - OFFSET_C, "°C"),
      linear_to: OFFSET_C + MOST_C,
    },
  );
  return `<h2>Batteries and heat</h2><div class="grid2">${
    [
      figureOf(
        "How deep batteries were discharged",
        depths,
        "Share of the nodes that were asked, by the deepest discharge of each; shadow and housekeeping " +
          "are in it, not the asks alone.",
      ),
      figureOf("State of charge", charge, "Of the node when a run began: the mean of each hour."),
      figureOf(
        "What batteries gave",
        given,
        "For the runs of each hour's asks, all nodes together.",
      ),
      figureOf("Hottest NPU", hottest, "When a run began: the most of each hour."),
    ].join("")
  }</div>`;
}

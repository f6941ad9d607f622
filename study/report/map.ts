/**
 * Maps of a run: how long answers took from each place, as dots as large as what was asked there.
 * @module
 */
import type { RunSummary } from "../run-summary.ts";
import { landPath } from "./land.ts";
import { count, duration, escaped } from "./words.ts";

const COLUMNS = 72;
const CELL = 5;
const WIDTH = COLUMNS * CELL;
// Beyond these hardly anybody lives: the map is larger without.
const NORTH = 80;
const SOUTH = -58;
const HEIGHT = NORTH - SOUTH;
// Of the highest latency on all maps: classes of a scale that is logarithmic.
const CLASSES = 6;

const yOf = (lat: number): number => NORTH - lat;

/** From the quickest cell of all runs to the slowest, ms. */
export function scaleOf(runs: readonly RunSummary[]): [number, number] {
  const means = runs.flatMap(({ cells }) => meansOf(cells)).filter((ms) => ms !== null);
  return means.length === 0 ? [1, 10] : [Math.min(...means), Math.max(...means)];
}

const meansOf = ({ asks, refused, total_ms }: RunSummary["cells"]): (number | null)[] =>
  asks.map((n, i) => n > refused[i] ? total_ms[i] / (n - refused[i]) : null);

/** One run's map. @param scale of all maps beside it */
export function map({ name, cells }: RunSummary, scale: readonly [number, number]): string {
  const most = Math.max(1, ...cells.asks);
  const span = Math.log(scale[1] / scale[0]) || 1;
  const dots = meansOf(cells).map((ms, i) => {
    const asks = cells.asks[i];
    if (asks === 0) return "";
    const x = (i % COLUMNS + 0.5) * CELL;
    const y = yOf((Math.floor(i / COLUMNS) + 0.5) * CELL - 90);
    const radius = 0.7 + 2 * Math.sqrt(asks / most);
    const step = ms === null
      ? "lost"
      : `m${Math.min(CLASSES - 1, Math.floor(Math.log(ms / scale[0]) / span * CLASSES))}`;
    return `<circle class="${step}" cx="${x}" cy="${y}" r="${radius.toFixed(2)}"/>`;
  });
  const label = `Mean time to result by place, ${name}: ${duration(scale[0])} to ${
    duration(scale[1])
  }, ${count(cells.asks.reduce((a, b) => a + b, 0))} asks`;
  return `<svg class="map" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${
    escaped(label)
  }"><use href="#land"/>${dots.join("")}</svg>`;
}

/** What every map stands on; once in a page. */
export const mapGround = (): string =>
  `<svg class="ground" aria-hidden="true"><defs><path id="land" class="land" d="${
    landPath(yOf)
  }"/></defs></svg>`;

/** The scale of the maps, as a row of colours. */
export function mapLegend(scale: readonly [number, number]): string {
  const steps = Array.from({ length: CLASSES }, (_, step) => `<i class="m${step}"></i>`).join("");
  return `<p class="scale">${duration(scale[0])} ${steps} ${
    duration(scale[1])
  } <i class="lost"></i> nothing served</p>`;
}

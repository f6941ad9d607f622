/**
 * Charts as SVG inside a page: lines over a row of parts, and stacked bars. They scale with the page and take
 * their colours from its style, so that they are as good in the dark.
 * @module
 */
import { duration, escaped } from "./words.ts";

/** A run's line. */
export interface Series {
  name: string;
  /** A class of the style sheet: c0, c1 ... */
  colour: string;
  values: readonly (number | null)[];
  /** Drawn thin and broken, beside a line of the same colour. */
  isFaint?: boolean;
}

const WIDTH = 520;
const HEIGHT = 220;
const LEFT = 52;
const BOTTOM = 26;
const TOP = 10;
const RIGHT = 8;

/** Steps of a logarithmic axis: 1, 2, 5, 10 ... that lie in a span. */
function logSteps(least: number, most: number): number[] {
  const steps: number[] = [];
  for (
    let decade = Math.floor(Math.log10(least));
    decade <= Math.ceil(Math.log10(most));
    decade++
  ) {
    for (const part of [1, 2, 5]) {
      const step = part * 10 ** decade;
      if (step >= least * 0.999 && step <= most * 1.001) steps.push(step);
    }
  }
  const sparse = steps.length > 7
    ? steps.filter((step) => /^1(e|0*$|\b)/.test(`${step}`) || Number.isInteger(Math.log10(step)))
    : steps;
  return sparse.length >= 2 ? sparse : steps;
}

/** How a chart of lines is drawn. */
export interface LineChart {
  /** Of the parts along the axis; empty ones are not written. */
  labels: readonly string[];
  /** What a reader without eyes is told. */
  title: string;
  /** A value in words; default: a duration of milliseconds. */
  text?: (value: number) => string;
  /** The scale goes evenly up from 0, to this at least; missing: it is logarithmic, and nothing is 0. */
  linear_to?: number;
}

/** Three to six even steps from 0 up. */
function linearSteps(most: number): number[] {
  const rough = most / 4;
  const decade = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((part) => part * decade >= rough)! * decade;
  return Array.from({ length: Math.floor(most / step * 1.0001) + 1 }, (_, i) => i * step);
}

/** Lines over a row of parts. */
export function lines(
  series: readonly Series[],
  { labels, title, text = duration, linear_to }: LineChart,
): string {
  const isLinear = linear_to !== undefined;
  const isDrawn = (v: number | null): v is number => v !== null && (isLinear || v > 0);
  const values = series.flatMap(({ values }) => values).filter(isDrawn);
  if (values.length === 0) return `<p class="none">Nothing was served.</p>`;
  const least = isLinear ? 0 : Math.min(...values) / 1.15;
  const most = isLinear ? Math.max(linear_to, ...values) : Math.max(...values) * 1.15;
  const x = (i: number) => LEFT + (i + 0.5) / labels.length * (WIDTH - LEFT - RIGHT);
  const span = Math.log(most / least) || 1;
  const share = (value: number) => isLinear ? value / most : Math.log(value / least) / span;
  const y = (value: number) => TOP + (1 - share(value)) * (HEIGHT - TOP - BOTTOM);
  const grid = (isLinear ? linearSteps(most) : logSteps(least, most)).map((step) =>
    `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(step).toFixed(1)}" y2="${
      y(step).toFixed(1)
    }"/><text class="tick" x="${LEFT - 6}" y="${(y(step) + 3.5).toFixed(1)}" text-anchor="end">${
      text(step)
    }</text>`
  );
  const paths = series.map(({ name, colour, values, isFaint }) => {
    let d = "";
    let isDown = false;
    values.forEach((value, i) => {
      if (!isDrawn(value)) return void (isDown = false);
      d += `${isDown ? "L" : "M"}${x(i).toFixed(1)} ${y(value).toFixed(1)}`;
      isDown = true;
    });
    return `<path class="line ${colour}${isFaint ? " faint" : ""}" d="${d}"><title>${
      escaped(name)
    }</title></path>`;
  });
  return svg(title, [...grid, ...paths, ...axis(labels, x)]);
}

/** A bar of a row of parts. */
export interface Bars {
  name: string;
  colour: string;
  values: readonly number[];
}

/** Bars side by side, a group for each label; the highest is as high as the chart. */
export function bars(
  groups: readonly Bars[],
  { labels, title }: { labels: readonly string[]; title: string },
): string {
  const most = Math.max(1e-12, ...groups.flatMap(({ values }) => values));
  const wide = (WIDTH - LEFT - RIGHT) / labels.length;
  const each = wide * 0.8 / groups.length;
  const x = (i: number) => LEFT + (i + 0.5) * wide;
  const high = HEIGHT - TOP - BOTTOM;
  const rects = groups.flatMap(({ name, colour, values }, g) =>
    values.map((value, i) => {
      const height = value / most * high;
      return `<rect class="${colour}" x="${(x(i) - wide * 0.4 + g * each).toFixed(1)}" y="${
        (TOP + high - height).toFixed(1)
      }" width="${Math.max(each - 0.6, 0.4).toFixed(1)}" height="${height.toFixed(1)}"><title>${
        escaped(name)
      }</title></rect>`;
    })
  );
  const base = `<line class="base" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${TOP + high}" y2="${
    TOP + high
  }"/>`;
  return svg(title, [...rects, base, ...axis(labels, x)]);
}

const axis = (labels: readonly string[], x: (i: number) => number): string[] =>
  labels.map((label, i) =>
    label === ""
      ? ""
      : `<text class="tick" x="${x(i).toFixed(1)}" y="${HEIGHT - 8}" text-anchor="middle">${
        escaped(label)
      }</text>`
  );

const svg = (title: string, parts: readonly string[]): string =>
  `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}">${
    parts.join("")
  }</svg>`;

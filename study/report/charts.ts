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

/**
 * Lines of milliseconds on a logarithmic scale.
 * @param labels of the parts along the axis; empty ones are not written
 * @param title what a reader without eyes is told
 */
export function lines(
  series: readonly Series[],
  { labels, title }: { labels: readonly string[]; title: string },
): string {
  const values = series.flatMap(({ values }) => values).filter((v) => v !== null && v > 0);
  if (values.length === 0) return `<p class="none">Nothing was served.</p>`;
  const [least, most] = [
    Math.min(...values as number[]) / 1.15,
    Math.max(...values as number[]) * 1.15,
  ];
  const x = (i: number) => LEFT + (i + 0.5) / labels.length * (WIDTH - LEFT - RIGHT);
  const span = Math.log(most / least) || 1;
  const y = (value: number) => TOP + (1 - Math.log(value / least) / span) * (HEIGHT - TOP - BOTTOM);
  const grid = logSteps(least, most).map((step) =>
    `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(step).toFixed(1)}" y2="${
      y(step).toFixed(1)
    }"/><text class="tick" x="${LEFT - 6}" y="${(y(step) + 3.5).toFixed(1)}" text-anchor="end">${
      duration(step)
    }</text>`
  );
  const paths = series.map(({ name, colour, values, isFaint }) => {
    let d = "";
    let isDown = false;
    values.forEach((value, i) => {
      if (value === null || value <= 0) return void (isDown = false);
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

/**
 * Line charts as SVG, by hand: axes with a few ticks, lines, dashed limits and a legend.
 * @module
 */

export interface Series {
  name: string;
  color: string;
  /** A line; it is broken where y is NaN. */
  points: readonly (readonly [x: number, y: number])[];
}

export interface Chart {
  title: string;
  x: { label: string; ticks: readonly number[] };
  y: { label: string; ticks: readonly number[] };
  series: readonly Series[];
  /** Dashed, from side to side, the name at the right end, above the line or below it. */
  limits?: readonly { name: string; y: number; below?: boolean }[];
}

const WIDTH = 400;
const HEIGHT = 240;
const PLOT = { left: 44, right: 388, top: 28, bottom: 180 };
const FONT = "font-family='system-ui, sans-serif' font-size='11' fill='#333'";

/** Charts side by side, as many in a row as `columns`. */
export function svgOf(charts: readonly Chart[], columns: number): string {
  const rows = Math.ceil(charts.length / columns);
  const size = `${WIDTH * columns} ${HEIGHT * rows}`;
  const parts = charts.map((chart, k) => {
    const [x, y] = [WIDTH * (k % columns), HEIGHT * Math.floor(k / columns)];
    return `<g transform='translate(${x} ${y})'>\n${drawn(chart)}\n</g>`;
  });
  return [
    `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 ${size}'>`,
    "<rect width='100%' height='100%' fill='#fff'/>",
    ...parts,
    "</svg>\n",
  ].join("\n");
}

function drawn({ title, x, y, series, limits = [] }: Chart): string {
  const across = scale(x.ticks, PLOT.left, PLOT.right);
  const up = scale(y.ticks, PLOT.bottom, PLOT.top);
  const text = (at: [number, number], anchor: string, words: string) =>
    `<text x='${round(at[0])}' y='${round(at[1])}' text-anchor='${anchor}' ${FONT}>${words}</text>`;
  const line = (from: [number, number], to: [number, number], style: string) =>
    `<line x1='${round(from[0])}' y1='${round(from[1])}' x2='${round(to[0])}' y2='${
      round(to[1])
    }' ${style}/>`;
  const middle = (PLOT.left + PLOT.right) / 2;
  return [
    text([middle, 16], "middle", title),
    ...x.ticks.map((tick) => text([across(tick), PLOT.bottom + 14], "middle", String(tick))),
    text([middle, PLOT.bottom + 28], "middle", x.label),
    ...y.ticks.flatMap((tick) => [
      line([PLOT.left, up(tick)], [PLOT.right, up(tick)], "stroke='#ddd'"),
      text([PLOT.left - 5, up(tick) + 4], "end", String(tick)),
    ]),
    text([4, 16], "start", y.label),
    ...limits.flatMap((limit) => [
      line(
        [PLOT.left, up(limit.y)],
        [PLOT.right, up(limit.y)],
        "stroke='#999' stroke-dasharray='4'",
      ),
      text([PLOT.right, up(limit.y) + (limit.below ? 11 : -3)], "end", limit.name),
    ]),
    ...series.flatMap(({ color, points }) =>
      unbroken(points).map((part) => {
        const d = part.map(([px, py]) => `${round(across(px))},${round(up(py))}`).join(" ");
        return `<polyline points='${d}' fill='none' stroke='${color}' stroke-width='1.5'/>`;
      })
    ),
    ...series.map(({ name, color }, k) => {
      const at = PLOT.left + k * (PLOT.right - PLOT.left) / series.length;
      return line([at, HEIGHT - 14], [at + 14, HEIGHT - 14], `stroke='${color}' stroke-width='3'`) +
        text([at + 18, HEIGHT - 10], "start", name);
    }),
  ].join("\n");
}

function unbroken(points: Series["points"]): Series["points"][number][][] {
  const parts: Series["points"][number][][] = [[]];
  for (const point of points) {
    if (Number.isNaN(point[1])) parts.push([]);
    else parts.at(-1)!.push(point);
  }
  return parts.filter((part) => part.length > 0);
}

/** The first tick and the last stand at the ends. */
function scale(ticks: readonly number[], from: number, to: number): (value: number) => number {
  const [low, high] = [ticks[0], ticks.at(-1)!];
  return (value) => from + (value - low) / (high - low) * (to - from);
}

const round = (n: number): number => Math.round(n * 10) / 10;

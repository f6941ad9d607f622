/**
 * One plot over time, with its legend, and its table for whoever does not see it.
 * @module
 */
import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { useTheme } from "../theme.ts";
import { dayText, instantText } from "../figures.ts";
import { type Plotted, stacked } from "./series.ts";
import type { Span } from "./spans.ts";

const HEIGHT = 190;
// What bars count is whole: so are the steps of their axis.
const WHOLE = Array.from({ length: 16 }, (_, i) => [1, 2, 5].map((n) => n * 10 ** i)).flat();

interface Props {
  title: string;
  plotted: Plotted;
  width: Span["width"];
  /** Bars that add up, or lines beside each other. */
  kind: "bars" | "lines";
  /** A value in words. */
  text: (value: number) => string;
  /** Of the legend, where the cursor is nowhere. */
  sum?: (values: readonly (number | null)[]) => number | null;
}

/** The plot. */
export function Plot({ title, plotted, width, kind, text, sum }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<number | null>(null);
  const [isOpen, setOpen] = useState(false);
  const theme = useTheme();
  const drawn = useRef<uPlot | null>(null);
  // Another number of series is another plot; other values are the same one's.
  const shape = `${plotted.series.map(({ label }) => label).join("\n")} ${theme} ${kind} ${width}`;
  const data = alignedData(plotted, kind);
  const newest = useRef(data);
  newest.current = data;
  useEffect(() => {
    const element = holder.current!;
    const plot = new uPlot(
      optionsOf({ kind, text, width, count: plotted.series.length, element, setAt }),
      newest.current,
      element,
    );
    drawn.current = plot;
    const observer = new ResizeObserver(() =>
      plot.setSize({ width: element.clientWidth, height: HEIGHT })
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
      drawn.current = null;
    };
  }, [shape]);
  useEffect(() => drawn.current?.setData(data), [plotted]);
  const when = whenText(width);
  const shownAt = at === null ? null : plotted.starts[at];
  return (
    <figure class="card plot" aria-label={title}>
      <figcaption class="plot-head">
        <h2>{title}</h2>
        <span class="faint">
          {shownAt === null || shownAt === undefined ? "" : `${when(shownAt)} UTC`}
        </span>
      </figcaption>
      <div ref={holder} class="plot-canvas" aria-hidden="true" />
      <ul class="legend">
        {plotted.series.map(({ label, values }, i) => {
          const value = at === null ? sum?.(values) ?? null : values[at] ?? null;
          return (
            <li key={label}>
              <span class={`swatch swatch-${i}`} aria-hidden="true" />
              <span class="legend-label">{label}</span>
              {value !== null && <span class="num">{text(value)}</span>}
            </li>
          );
        })}
      </ul>
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>Table</summary>
        {isOpen && <Table title={title} plotted={plotted} text={text} when={when} />}
      </details>
    </figure>
  );
}

function Table({ title, plotted: { starts, series }, text, when }: {
  title: string;
  plotted: Plotted;
  text: (value: number) => string;
  when: (ms: number) => string;
}) {
  const rows = starts.map((start, i) => ({ start, values: series.map(({ values }) => values[i]) }))
    .filter(({ values }) => values.some((value) => value !== null && value !== 0));
  if (rows.length === 0) return <p class="faint">Nothing ran in this time.</p>;
  return (
    <div class="scroll plot-table" tabIndex={0} role="region" aria-label={`Table of ${title}`}>
      <table>
        <thead>
          <tr>
            <th scope="col">From, UTC</th>
            {series.map(({ label }) => <th key={label} scope="col">{label}</th>)}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ start, values }) => (
            <tr key={start}>
              <th scope="row">{when(start)}</th>
              {values.map((value, i) => <td key={i}>{value === null ? "" : text(value)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const whenText = (width: Span["width"]) => width === "1d" ? dayText : instantText;

function alignedData({ starts, series }: Plotted, kind: Props["kind"]): uPlot.AlignedData {
  const values = kind === "bars" ? stacked(series) : series.map(({ values }) => values);
  return [starts.map((ms) => ms / 1e3), ...values] as uPlot.AlignedData;
}

function optionsOf({ kind, text, width, count, element, setAt }: {
  kind: Props["kind"];
  text: Props["text"];
  width: Span["width"];
  count: number;
  element: HTMLElement;
  setAt: (at: number | null) => void;
}): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const axis: uPlot.Axis = {
    stroke: colour("muted"),
    font: "12px system-ui, sans-serif",
    grid: { stroke: colour("line"), width: 1 },
    ticks: { show: false },
  };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    // On the right, room for half of a label.
    padding: [8, 24, 0, 0],
    legend: { show: false },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1e3), "Etc/UTC"),
    cursor: { y: false, drag: { x: false, y: false }, points: { show: kind === "lines" } },
    scales: {
      x: { time: true, range: (_, from, to) => padded(from, to, width) },
      y: { range: (_, __, max) => [0, max > 0 ? max * 1.08 : 1] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 26,
        space: 70,
        values: (_, ticks) => ticks.map(tickText(width)),
      },
      {
        ...axis,
        ...(kind === "bars" && { incrs: WHOLE }),
        size: 64,
        space: 36,
        values: (_, ticks) => ticks.map((tick) => text(tick)),
      },
    ],
    series: [{}, ...Array.from({ length: count }, (_, i) => seriesOf(kind, colour(`series-${i}`)))],
    hooks: { setCursor: [({ cursor: { idx } }) => setAt(idx ?? null)] },
  };
}

const seriesOf = (kind: Props["kind"], colour: string): uPlot.Series =>
  kind === "bars"
    ? {
      fill: colour,
      width: 0,
      points: { show: false },
      paths: uPlot.paths.bars!({ size: [0.82, 40] }),
    }
    : { stroke: colour, width: 2, spanGaps: true, points: { show: true, size: 5, fill: colour } };

/** Half a bucket before and behind, as bars stand on their start. */
function padded(from: number, to: number, width: Span["width"]): [number, number] {
  const half = { "1m": 30, "1h": 1_800, "1d": 43_200 }[width];
  return [from - half, to + half];
}

const tickText = (width: Span["width"]) => (seconds: number): string =>
  width === "1d" ? dayText(seconds * 1e3) : instantText(seconds * 1e3, false);

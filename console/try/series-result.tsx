/**
 * Series of readings, with those that are anomalies.
 * @module
 */
import type { Tensor } from "./request.ts";
import { numbersOf, shapeOf } from "./tensors.ts";

const WIDTH = 320;
const HEIGHT = 64;
const MARGIN = 8;
const ROWS_MAX = 8;

/** A line for each window. */
export function SeriesResult({ inputs, outputs }: { inputs: Tensor[]; outputs: Tensor[] }) {
  const [windows = 0, readings = 0] = shapeOf(inputs, "windows");
  const values = numbersOf(inputs, "windows");
  const scores = numbersOf(outputs, "score");
  const anomalies = numbersOf(outputs, "anomaly");
  return (
    <div class="series">
      {Array.from({ length: Math.min(windows, ROWS_MAX) }, (_, row) => {
        const part = (all: number[]) => all.slice(row * readings, (row + 1) * readings);
        return (
          <Series
            key={row}
            row={row}
            values={part(values)}
            scores={part(scores)}
            anomalies={part(anomalies)}
          />
        );
      })}
    </div>
  );
}

function Series(
  { row, values, scores, anomalies }: {
    row: number;
    values: number[];
    scores: number[];
    anomalies: number[];
  },
) {
  const [min, max] = [Math.min(...values), Math.max(...values)];
  const x = (i: number) => MARGIN + i / Math.max(1, values.length - 1) * (WIDTH - 2 * MARGIN);
  const y = (value: number) =>
    HEIGHT - MARGIN - (max > min ? (value - min) / (max - min) : 0.5) * (HEIGHT - 2 * MARGIN);
  const found = values.map((_, i) => i).filter((i) => anomalies[i] !== 0);
  const worst = found.toSorted((a, b) => Math.abs(scores[b]) - Math.abs(scores[a])).at(0);
  const says = worst === undefined
    ? "no anomaly"
    : `${found.length} of ${values.length}; reading ${worst} is ${values[worst]}, score ${
      scores[worst].toFixed(1)
    }`;
  return (
    <figure>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`Window ${row}: ${says}`}>
        <polyline class="line" points={values.map((value, i) => `${x(i)},${y(value)}`).join(" ")} />
        {values.map((value, i) => (
          <circle
            key={i}
            cx={x(i)}
            cy={y(value)}
            r={anomalies[i] ? 5 : 2}
            class={anomalies[i] ? "anomaly" : "reading"}
          />
        ))}
      </svg>
      <figcaption class="faint">
        Window {row}: {says}
      </figcaption>
    </figure>
  );
}

/**
 * Two cars, the gap between them, and what it should be (docs/models.md).
 * @module
 */
import type { Tensor } from "./request.ts";
import { numbersOf, shapeOf } from "./tensors.ts";

const WIDTH = 420;
const HEIGHT = 46;
const CAR_M = 4.6;
const ROWS_MAX = 8;
// Of a row of `state`: speed of the rear and of the front car, m/s, and the gap, m.
const [REAR, FRONT, GAP] = [0, 1, 2];

/** A sketch for each pair. */
export function DriveResult({ inputs, outputs }: { inputs: Tensor[]; outputs: Tensor[] }) {
  const [pairs = 0, columns = 0] = shapeOf(inputs, "state");
  const state = numbersOf(inputs, "state");
  const safe = numbersOf(outputs, "safe_distance_m");
  const brake = numbersOf(outputs, "brake_mps2");
  const longest = Math.max(
    ...Array.from({ length: pairs }, (_, row) => Math.max(state[row * columns + GAP], safe[row])),
    1,
  );
  const scale = (WIDTH - 20) / (longest + 2 * CAR_M);
  return (
    <div class="series">
      {Array.from({ length: Math.min(pairs, ROWS_MAX) }, (_, row) => {
        const at = row * columns;
        const gap = state[at + GAP];
        const isSafe = gap >= safe[row];
        const says = `${state[at + REAR].toFixed(1)} m/s behind ${state[at + FRONT].toFixed(1)}: ` +
          `${gap.toFixed(0)} m apart, ${safe[row].toFixed(1)} m are safe` +
          (brake[row] > 0 ? `, brake at ${brake[row].toFixed(1)} m/s²` : "");
        const rear = 10;
        const front = rear + (CAR_M + gap) * scale;
        return (
          <figure key={row}>
            <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={says}>
              <line class="road" x1="0" x2={WIDTH} y1="30" y2="30" />
              <rect
                class={isSafe ? "safe" : "unsafe"}
                x={rear + CAR_M * scale}
                y="10"
                width={safe[row] * scale}
                height="5"
                rx="2"
              />
              <rect
                class="car"
                x={rear}
                y="19"
                width={Math.max(6, CAR_M * scale)}
                height="9"
                rx="2"
              />
              <rect
                class="car"
                x={front}
                y="19"
                width={Math.max(6, CAR_M * scale)}
                height="9"
                rx="2"
              />
            </svg>
            <figcaption class="faint">{says}</figcaption>
          </figure>
        );
      })}
    </div>
  );
}

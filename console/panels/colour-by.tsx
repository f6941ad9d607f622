/**
 * What nodes are coloured by, and what the colours mean.
 * @module
 */
import { css } from "../globe/colours.ts";
import { partColour, SCALES } from "../globe/scale.ts";
import type { Quantity } from "../sky/touched.ts";

const STEPS = 24;

/** The choice, and its scale. */
export function ColourBy(
  { quantity, onQuantity, hasKey }: {
    quantity: Quantity | null;
    onQuantity: (quantity: Quantity | null) => void;
    hasKey: boolean;
  },
) {
  const scale = quantity && SCALES[quantity];
  return (
    <div class="field">
      <label class="inline">
        <span>Colour</span>
        <select
          value={quantity ?? ""}
          onChange={({ currentTarget: { value } }) =>
            onQuantity(value === "" ? null : value as Quantity)}
        >
          <option value="">by shell</option>
          {Object.entries(SCALES).map(([name, { title }]) => (
            <option key={name} value={name}>by {title.toLowerCase()}</option>
          ))}
        </select>
      </label>
      {scale && (
        <>
          <svg
            viewBox={`0 0 ${STEPS} 1`}
            preserveAspectRatio="none"
            class="scale"
            aria-hidden="true"
          >
            {Array.from(
              { length: STEPS },
              (_, i) => (
                <rect
                  key={i}
                  x={i}
                  width="1.05"
                  height="1"
                  fill={css(partColour(i / (STEPS - 1)))}
                />
              ),
            )}
          </svg>
          <p class="row spread faint">
            <span>{scale.text(scale.from)}</span>
            <span>{scale.text(scale.to)}</span>
          </p>
          <p class="faint">
            {hasKey
              ? "Nodes that have answered you within minutes, by their last word; all others are grey."
              : "It needs a key: a node says how it stands to who has used it."}
          </p>
        </>
      )}
    </div>
  );
}

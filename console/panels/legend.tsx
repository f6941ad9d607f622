/**
 * The shells: which colour is which, and which are shown.
 * @module
 */
import { css, shellColour } from "../globe/colours.ts";
import { shellShares } from "../globe/shares.ts";
import type { Sky } from "../sky/sky.ts";
import { useTheme } from "../theme.ts";

/** The list of shells, each with a box to hide it by. */
export function Legend(
  { sky, shown, onShown }: {
    sky: Sky;
    shown: readonly boolean[];
    onShown: (shown: boolean[]) => void;
  },
) {
  const theme = useTheme();
  const shares = shellShares(sky.almanac);
  const { shells, constellation } = sky.almanac;
  const lowestFirst = shells.toSorted((a, b) => shares[a.group] - shares[b.group]);
  const isAll = shown.every(Boolean);
  return (
    <details class="legend">
      <summary>
        <span class="name">{constellation.name}</span>
        <span class="num">{constellation.count.toLocaleString("en")} nodes</span>
      </summary>
      <div class="row spread">
        <span class="faint">{shells.length} shells, by altitude</span>
        <button type="button" class="quiet" onClick={() => onShown(shells.map(() => !isAll))}>
          {isAll ? "Hide all" : "Show all"}
        </button>
      </div>
      <ul>
        {lowestFirst.map(({ group, shell }) => (
          <li key={shell.code}>
            <label>
              <input
                type="checkbox"
                checked={shown[group]}
                onChange={({ currentTarget }) =>
                  onShown(shown.map((one, s) => s === group ? currentTarget.checked : one))}
              />
              <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
                <circle cx="5" cy="5" r="4.5" fill={css(shellColour(shares[group], theme))} />
              </svg>
              <span class="mono">{shell.code}</span>
              <span class="faint num">
                {shell.altitude_km} km · {shell.inclination_deg}°
              </span>
            </label>
          </li>
        ))}
      </ul>
    </details>
  );
}

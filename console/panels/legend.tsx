/**
 * The shells: which colour is which, and which are shown.
 * @module
 */
import { countText } from "../figures.ts";
import { css, shellColour } from "../globe/colours.ts";
import type { SkyGroup } from "../sky/groups.ts";
import type { Sky } from "../sky/sky.ts";
import { useTheme } from "../theme.ts";

// A catalogue of all that flies has a thousand labels: those of few nodes are one row.
const ROWS_MAX = 32;

interface Row {
  name: string;
  detail: string;
  /** Of its colour; null: it has many. */
  share: number | null;
  /** Those that it stands for. */
  groups: readonly number[];
}

/** The list of shells, each with a box to hide it by. */
export function Legend(
  { sky: { constellation, groups }, shown, onShown }: {
    sky: Sky;
    shown: readonly boolean[];
    onShown: (shown: boolean[]) => void;
  },
) {
  const theme = useTheme();
  const isAll = shown.every(Boolean);
  return (
    <details class="legend">
      <summary>
        <span class="name">{constellation.name}</span>
        <span class="num">{constellation.count.toLocaleString("en")} nodes</span>
      </summary>
      <div class="row spread">
        <span class="faint">{groups.length} shells, by altitude</span>
        <button type="button" class="quiet" onClick={() => onShown(groups.map(() => !isAll))}>
          {isAll ? "Hide all" : "Show all"}
        </button>
      </div>
      <ul class={constellation.shells ? "" : "labels"}>
        {rowsOf(groups, constellation.shells !== null).map((row) => (
          <li key={row.groups[0]}>
            <label>
              <input
                type="checkbox"
                checked={row.groups.some((g) => shown[g])}
                onChange={({ currentTarget: { checked } }) =>
                  onShown(shown.map((one, g) => row.groups.includes(g) ? checked : one))}
              />
              <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
                {row.share !== null && (
                  <circle cx="5" cy="5" r="4.5" fill={css(shellColour(row.share, theme))} />
                )}
              </svg>
              <span class="mono">{row.name}</span>
              <span class="faint num">{row.detail}</span>
            </label>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** The largest groups, the lowest first, and all others together. */
function rowsOf(groups: readonly SkyGroup[], isGenerated: boolean): Row[] {
  const order = groups.map((_, g) => g);
  const largest = order.toSorted((a, b) => groups[b].count - groups[a].count).slice(0, ROWS_MAX);
  const kept = new Set(groups.length > ROWS_MAX ? largest : order);
  const rows: Row[] = order.filter((g) => kept.has(g))
    .sort((a, b) => groups[a].share - groups[b].share)
    .map((g) => {
      const { name, altitude_km, inclination_deg, count, share } = groups[g];
      const where = `${altitude_km} km · ${inclination_deg}°`;
      return isGenerated
        ? { name, detail: where, share, groups: [g] }
        : { name: where, detail: countText(count), share, groups: [g] };
    });
  const others = order.filter((g) => !kept.has(g));
  const count = others.reduce((sum, g) => sum + groups[g].count, 0);
  return others.length === 0 ? rows : [...rows, {
    name: `${others.length} others`,
    detail: countText(count),
    share: null,
    groups: others,
  }];
}

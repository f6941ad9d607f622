/**
 * Figures and sentences of a report.
 * @module
 */

/** Makes text safe inside HTML, attributes too. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** A count with commas. */
export const count = (value: number): string => Math.round(value).toLocaleString("en");

/** Three digits that matter. @param unit put behind, with a thin space */
export function figure(value: number | null, unit = ""): string {
  if (value === null) return "—";
  const digits = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  const text = Math.abs(value) >= 1e4
    ? count(value)
    : value.toFixed(Math.min(digits, 6)).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
  return unit ? `${text} ${unit}` : text;
}

/** Milliseconds; seconds from one on, microseconds below a tenth of one. */
export const duration = (ms: number | null): string =>
  ms === null
    ? "—"
    : ms >= 1e3
    ? figure(ms / 1e3, "s")
    : ms < 0.1 && ms > 0
    ? figure(ms * 1e3, "µs")
    : figure(ms, "ms");

/** A share of a whole as percent; what is not all, or not nothing, never says so. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return "—";
  const share = 100 * part / whole;
  if (share > 99.9 && share < 100) return "> 99.9 %";
  if (share > 0 && share < 0.1) return "< 0.1 %";
  return `${share.toFixed(share === 0 || share === 100 ? 0 : 1)} %`;
}

/** An energy in the unit that fits. */
export function energy(joules: number): string {
  const [value, unit] = joules >= 3.6e6
    ? [joules / 3.6e6, "kWh"]
    : joules >= 3_600
    ? [joules / 3_600, "Wh"]
    : joules >= 1
    ? [joules, "J"]
    : [joules * 1e3, "mJ"];
  return figure(value, unit);
}

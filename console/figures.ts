/**
 * Figures for people: a few digits and a unit.
 * @module
 */

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const few = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

/** How many: 1,234, and 1.2M from a million on. */
export const countText = (n: number): string => n < 1e6 ? whole.format(n) : short.format(n);

/** Energy, given in millijoules. */
export function energyText(mj: number): string {
  const [per, unit] = mj < 1e3
    ? [1, "mJ"]
    : mj < 1e6
    ? [1e3, "J"]
    : mj < 1e9
    ? [1e6, "kJ"]
    : [1e9, "MJ"];
  return `${few.format(mj / per)} ${unit}`;
}

/** An amount, given in micro-credits. */
export function chargeText(micro: number): string {
  const [per, unit] = Math.abs(micro) < 1e4
    ? [1, "µcr"]
    : Math.abs(micro) < 1e6
    ? [1e3, "mcr"]
    : [1e6, "cr"];
  return `${few.format(micro / per)} ${unit}`;
}

/** A duration, given in milliseconds. */
export const durationText = (ms: number): string =>
  ms < 1e3
    ? `${few.format(ms)} ms`
    : ms < 6e4
    ? `${few.format(ms / 1e3)} s`
    : `${few.format(ms / 6e4)} min`;

/** A share of one. */
export const shareText = (share: number): string => `${Math.round(share * 100)} %`;

/** An instant in UTC, to the minute: 26 Nov, 22:05. */
export const instantText = (ms: number, withDay = true): string =>
  new Date(ms).toLocaleString("en-GB", {
    timeZone: "UTC",
    hour: "2-digit",
    minute: "2-digit",
    ...(withDay && { day: "numeric", month: "short" }),
  });

/** A day in UTC: 26 Nov. */
export const dayText = (ms: number): string =>
  new Date(ms).toLocaleDateString("en-GB", { timeZone: "UTC", day: "numeric", month: "short" });

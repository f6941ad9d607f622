/**
 * The mesh clock: the one source of time. Real by default; an emulation may set another instant and
 * rate. Pure: the real time comes in as an argument.
 *
 * Written `<instant>[@<rate>[@<real ms>]]`: at the real time `real ms` it is `instant` in the mesh,
 * and from then on `rate` mesh seconds pass in each real one. `2026-03-20T12:00:00Z@60`.
 * @module
 */
import { type EpochMs, epochMs } from "./units.ts";

export interface MeshClock {
  readonly mesh_ms: number;
  readonly real_ms: number;
  readonly rate: number;
}

export const REAL_CLOCK: MeshClock = { mesh_ms: 0, real_ms: 0, rate: 1 };

// Beyond a thousand an almanac window of 60 s would last less than the work of making it.
const RATE_MAX = 1_000;
// The low-precision Sun holds from 1950 to 2050.
const YEAR_MIN = 1950;
const YEAR_MAX = 2050;

export const meshNow = (clock: MeshClock, real_ms: number): EpochMs =>
  epochMs(clock.mesh_ms + (real_ms - clock.real_ms) * clock.rate);

/** Real milliseconds until the mesh clock has gone on by `mesh_ms`. */
export const realDelay = (clock: MeshClock, mesh_ms: number): number => mesh_ms / clock.rate;

/** Reads a clock setting; empty is the real clock. Throws a RangeError that says what is wrong. */
export function parseClock(text: string, anchor_ms: number): MeshClock {
  if (text === "" || text === "real") return REAL_CLOCK;
  const [instant, rateText = "1", anchorText, ...rest] = text.split("@");
  const mesh_ms = parseInstant(instant);
  const year = new Date(mesh_ms).getUTCFullYear();
  if (!(year >= YEAR_MIN && year < YEAR_MAX) || rest.length > 0) {
    throw new RangeError(
      `Clock "${text}" must be <instant>[@<rate>], such as 2026-03-20T12:00:00Z@60, ` +
        `with an instant in UTC from ${YEAR_MIN} to ${YEAR_MAX}`,
    );
  }
  const rate = Number(rateText);
  if (!(rate > 0 && rate <= RATE_MAX)) {
    throw new RangeError(`Clock rate "${rateText}" must be above 0 and at most ${RATE_MAX}`);
  }
  const real_ms = anchorText === undefined
    ? anchor_ms
    : /^\d+(\.\d+)?$/.test(anchorText)
    ? Number(anchorText)
    : NaN;
  if (!Number.isFinite(real_ms)) {
    throw new RangeError(`Clock anchor "${anchorText}" must be milliseconds since 1970`);
  }
  return { mesh_ms, real_ms, rate };
}

/** NaN for what is no instant; a 30th of February is none, though Date.parse would take it. */
function parseInstant(text: string): number {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text)) return NaN;
  const ms = Date.parse(text);
  return new Date(ms || 0).toISOString().slice(0, 19) === text.slice(0, 19) ? ms : NaN;
}

/** The setting that parses back to this very clock, anchor included. */
export const formatClock = (clock: MeshClock): string =>
  clock === REAL_CLOCK
    ? "real"
    : `${new Date(clock.mesh_ms).toISOString()}@${clock.rate}@${clock.real_ms}`;

/**
 * The mesh clock: the one source of time. Real by default; an emulation may set another instant and
 * rate. Pure: the real time comes in as an argument.
 *
 * Written `<instant>[@<rate>[@<real ms>]]`: at the real time `real ms` it is `instant` in the mesh,
 * and from then on `rate` mesh seconds pass in each real one. `2026-03-20T12:00:00Z@60`.
 * @module
 */
import { type EpochMs, epochMs } from "./units.ts";

/** At the real time `real_ms` it is `mesh_ms` in the mesh, both since 1970. */
export interface MeshClock {
  readonly mesh_ms: number;
  readonly real_ms: number;
  /** Mesh seconds in each real one. */
  readonly rate: number;
}

/** The clock of a deployment: mesh time is real time. */
export const REAL_CLOCK: MeshClock = { mesh_ms: 0, real_ms: 0, rate: 1 };

// Beyond a thousand an almanac window of 60 s would last less than the work of making it.
const RATE_MAX = 1_000;
// The low-precision Sun holds from 1950 to 2050.
const YEAR_MIN = 1950;
const YEAR_MAX = 2050;

/**
 * What the mesh clock says.
 * @param real_ms real time since 1970
 */
export const meshNow = (clock: MeshClock, real_ms: number): EpochMs =>
  epochMs(clock.mesh_ms + (real_ms - clock.real_ms) * clock.rate);

/**
 * How long to wait, in real time, until the mesh clock has gone on.
 * @param mesh_ms by how much
 * @returns real milliseconds
 */
export const realDelay = (clock: MeshClock, mesh_ms: number): number => mesh_ms / clock.rate;

/**
 * Reads a clock setting.
 * @param text as the module says; empty and `real` are the real clock
 * @param anchor_ms the real time that a setting without an anchor is anchored to; NaN: it must have
 * one
 * @throws RangeError that says what is wrong
 */
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

/**
 * Stricter than Date.parse(), which accepts a 30th of February.
 * @returns ms since 1970; NaN if the text is no instant in UTC
 */
function parseInstant(text: string): number {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text)) return NaN;
  const ms = Date.parse(text);
  return new Date(ms || 0).toISOString().slice(0, 19) === text.slice(0, 19) ? ms : NaN;
}

/**
 * Writes a clock as a setting.
 * @returns text that parseClock() reads as this very clock, anchor included
 */
export const formatClock = (clock: MeshClock): string =>
  clock === REAL_CLOCK
    ? "real"
    : `${new Date(clock.mesh_ms).toISOString()}@${clock.rate}@${clock.real_ms}`;

/**
 * What a radio costs beside light and bytes, as data: one profile holds for a whole deployment, and every
 * figure in it is a parameter of a model. None is a measurement; what they were taken from or fitted to
 * is in docs/reference/radio.md.
 *
 * Two are built in: `light`, in which the radio costs nothing but the time of light and of bytes onto the
 * link, and `starlink` (starlink.ts). One of the user's own is read by contract/radio.ts.
 * Not its job: the terms themselves (access.ts, terminal.ts, rain.ts, link-share.ts).
 * @module
 */
import { type Degrees, degrees, type Km, type Seconds, seconds } from "../units.ts";

/** How many bits per second each kind of link carries. */
export interface LinkRates {
  /** From the ground to a node, bits per second. */
  up_bps: number;
  /** From a node to the ground, bits per second. */
  down_bps: number;
  /** Between nodes, each way, bits per second. */
  isl_bps: number;
}

/** A wait that comes now and then, as of a queue or a retransmission. */
export interface Stall {
  /** How often: 0 to 1, the share of the ways that meet it. */
  share: number;
  /** How long, where it comes: an exponential distribution's mean. */
  mean: Seconds;
}

/** Slots at whose starts a place may be given another satellite. */
export interface Slots {
  period: Seconds;
  /** When one starts: seconds into the minute, or into any whole number of periods since 1970. */
  offset: Seconds;
  /** For so long after the start of a slot with another satellite nothing passes. */
  gap: Seconds;
  /** How many slots begin with another satellite: 0 to 1. */
  handover_share: number;
}

/** What a terminal sees at one azimuth. */
export interface MaskPoint {
  /** Clockwise from north, 0 to 360. */
  azimuth: Degrees;
  /** Nothing lower is seen. */
  elevation: Degrees;
}

/** A satellite's beams. An ask has the rate of its beam to share with the others in it. */
export interface Beams {
  /** Of one satellite. */
  count: number;
  /** Of one beam to the satellite, bits per second. */
  up_bps: number;
  /** Of one beam to the ground, bits per second. */
  down_bps: number;
  /** Asks under way at one satellite at once, where nobody counts them. */
  asks: number;
}

/** The budget of the link between a terminal and a satellite. */
export interface LinkBudget {
  /** Signal to noise in clear sky at `range`, dB: at that the link has the profile's full rate. */
  snr_db: number;
  range: Km;
  /** With less the link is lost, dB. */
  snr_min_db: number;
}

/** The rain over a place: at a rate, or such as is exceeded for a share of an average year. */
export interface Rain {
  /** Carrier to the satellite, GHz. */
  up_ghz: number;
  /** Carrier to the ground, GHz. */
  down_ghz: number;
  /** mm/h everywhere; or per cent of the year, 0.001 to 5, by the latitude's own rain. */
  falls: { mm_h: number } | { exceeded_percent: number };
}

/** All that a radio costs. Ways: there is one up and one down in each ask from the ground. */
export interface RadioProfile {
  name: string;
  /** Of one terminal that has the link to itself, in clear sky. */
  rates: LinkRates;
  /** In each way, in terminal and satellite: always. */
  processing: Seconds;
  /** A way begins with the next frame: uniform over one frame. */
  frame: Seconds;
  /** Until a terminal may send: `fixed`, and then uniform over `period`. On the way up only. */
  grant: { fixed: Seconds; period: Seconds };
  /** In each way. */
  stall: Stall;
  /** Null: any satellite may serve at any time, without a gap. */
  slots: Slots | null;
  /**
   * By azimuth, straight lines between, all round; on top of the mask of the ask. Empty: that alone.
   */
  mask: readonly MaskPoint[];
  /** No satellite is used that stands nearer than this to the geostationary arc, seen from the place. */
  keep_out: Degrees;
  /** Null: each ask has the terminal's full rate. */
  beams: Beams | null;
  /** Null: the rate is the same at any range, and no rain takes from it. */
  link: LinkBudget | null;
  /** Null: clear sky. Counts only with a link budget. */
  rain: Rain | null;
  /** At each node that an ask is passed on by over a laser link, each way. */
  hop: Seconds;
}

/**
 * The profile in which a radio costs nothing but light and bytes: what physics allows, and no operator
 * reaches. Ground rates are of the order of a phased-array user terminal today, lasers of the order that
 * operators state; no vendor's promise.
 */
export const LIGHT: RadioProfile = {
  name: "light",
  rates: { up_bps: 40e6, down_bps: 200e6, isl_bps: 100e9 },
  processing: seconds(0),
  frame: seconds(0),
  grant: { fixed: seconds(0), period: seconds(0) },
  stall: { share: 0, mean: seconds(0) },
  slots: null,
  mask: [],
  keep_out: degrees(0),
  beams: null,
  link: null,
  rain: null,
  hop: seconds(0),
};

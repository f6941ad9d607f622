/**
 * The radio of a deployment: `PERIGEE_RADIO` names a profile, or holds one of the user's own as JSON with
 * units in the names. What that leaves out is as in the profile it is `based_on`.
 * What the terms model, and where figures are from: docs/reference/radio.md.
 * @module
 */
import { z } from "zod";
import { LIGHT, type RadioProfile, type Rain } from "../mesh/radio/profile.ts";
import { STARLINK, STARLINK_BUSY } from "../mesh/radio/starlink.ts";
import { degrees, km, seconds } from "../mesh/units.ts";

const share = z.number().min(0).max(1);
const from0 = (max: number) => z.number().min(0).max(max);
const above0 = (max: number) => z.number().positive().max(max);

/** The profiles that have a name. */
export const RADIO_PROFILES: readonly RadioProfile[] = [LIGHT, STARLINK, STARLINK_BUSY];
const NAMES = RADIO_PROFILES.map(({ name }) => name);

/**
 * What a profile may name. Bounds keep every figure finite and every wait below a minute; they promise no
 * sensible radio.
 */
export const RadioSetting = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "must be 1 to 32 of a-z, 0-9 and -").refine(
    (name) => !NAMES.includes(name),
    `must not be the name of another profile`,
  ),
  based_on: z.enum(NAMES).optional(),
  up_mbps: above0(1e6).optional(),
  down_mbps: above0(1e6).optional(),
  isl_mbps: above0(1e9).optional(),
  processing_ms: from0(1e4).optional(),
  frame_ms: from0(1e4).optional(),
  grant_fixed_ms: from0(1e4).optional(),
  grant_period_ms: from0(1e4).optional(),
  stall_share: share.optional(),
  stall_ms: from0(1e4).optional(),
  slots: z.strictObject({
    period_s: z.number().min(1).max(600),
    offset_s: from0(600).default(0),
    gap_ms: from0(1e3).default(0),
    handover_share: share.default(1),
  }).nullable().optional(),
  mask: z.array(z.strictObject({
    azimuth_deg: z.number().min(0).lt(360),
    elevation_deg: z.number().min(0).max(90),
  })).max(360).optional(),
  keep_out_deg: from0(40).optional(),
  beams: z.strictObject({
    count: z.int().min(1).max(10_000),
    up_mbps: above0(1e6),
    down_mbps: above0(1e6),
    asks: z.number().min(1).max(1e6).default(1),
  }).nullable().optional(),
  link: z.strictObject({
    snr_db: z.number().min(-20).max(60),
    range_km: z.number().min(100).max(1e5),
    snr_min_db: z.number().min(-40).max(60),
  }).nullable().optional(),
  rain: z.strictObject({
    up_ghz: z.number().min(1).max(55),
    down_ghz: z.number().min(1).max(55),
    mm_h: from0(250).optional(),
    exceeded_percent: z.number().min(0.001).max(5).optional(),
  }).nullable().optional(),
  hop_ms: from0(1e3).optional(),
});
export type RadioSetting = z.infer<typeof RadioSetting>;

/** The one that was read last: objects of an isolate read the same setting, each for itself. */
let last: { text: string; profile: RadioProfile } | undefined;

/**
 * Reads the setting of a radio profile.
 * @param text a profile's name, or JSON as docs/reference/radio.md lists it; empty is `light`
 * @throws RangeError that says which figure is wrong, and how
 */
export function parseRadio(text: string): RadioProfile {
  const known = RADIO_PROFILES.find(({ name }) => name === (text || LIGHT.name));
  if (known) return known;
  if (last?.text === text) return last.profile;
  const parsed = RadioSetting.safeParse(jsonOf(text));
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    throw new RangeError(`${path.length > 0 ? `"${path.join(".")}": ` : ""}${message}`);
  }
  const fault = faultOf(parsed.data);
  if (fault) throw new RangeError(fault);
  last = { text, profile: radioOf(parsed.data) };
  return last.profile;
}

/** Makes a profile of what a setting names, over the one that it is based on. */
export function radioOf(set: RadioSetting): RadioProfile {
  const base = RADIO_PROFILES.find(({ name }) => name === (set.based_on ?? LIGHT.name))!;
  const { rates, grant, stall } = base;
  const bps = (mbps: number | undefined, otherwise: number) =>
    mbps === undefined ? otherwise : mbps * 1e6;
  return {
    name: set.name,
    rates: {
      up_bps: bps(set.up_mbps, rates.up_bps),
      down_bps: bps(set.down_mbps, rates.down_bps),
      isl_bps: bps(set.isl_mbps, rates.isl_bps),
    },
    processing: fromMs(set.processing_ms, base.processing),
    frame: fromMs(set.frame_ms, base.frame),
    grant: {
      fixed: fromMs(set.grant_fixed_ms, grant.fixed),
      period: fromMs(set.grant_period_ms, grant.period),
    },
    stall: { share: set.stall_share ?? stall.share, mean: fromMs(set.stall_ms, stall.mean) },
    slots: set.slots === undefined ? base.slots : set.slots && {
      period: seconds(set.slots.period_s),
      offset: seconds(set.slots.offset_s),
      gap: seconds(set.slots.gap_ms / 1e3),
      handover_share: set.slots.handover_share,
    },
    mask: set.mask === undefined ? base.mask : set.mask
      .map((point) => ({
        azimuth: degrees(point.azimuth_deg),
        elevation: degrees(point.elevation_deg),
      })),
    keep_out: set.keep_out_deg === undefined ? base.keep_out : degrees(set.keep_out_deg),
    beams: set.beams === undefined ? base.beams : set.beams && {
      count: set.beams.count,
      up_bps: set.beams.up_mbps * 1e6,
      down_bps: set.beams.down_mbps * 1e6,
      asks: set.beams.asks,
    },
    link: set.link === undefined ? base.link : set.link && {
      snr_db: set.link.snr_db,
      range: km(set.link.range_km),
      snr_min_db: set.link.snr_min_db,
    },
    rain: set.rain === undefined ? base.rain : set.rain && {
      up_ghz: set.rain.up_ghz,
      down_ghz: set.rain.down_ghz,
      falls: fallsOf(set.rain),
    },
    hop: fromMs(set.hop_ms, base.hop),
  };
}

/**
 * What is wrong between figures each of which is right by itself.
 * @returns a sentence that names the field; null: nothing is wrong
 */
export function faultOf({ slots, mask, link, rain }: RadioSetting): string | null {
  if (slots && slots.gap_ms >= slots.period_s * 1e3) {
    return `"slots.gap_ms" must be below "slots.period_s"`;
  }
  const early = mask?.findIndex((point, i) =>
    i > 0 && point.azimuth_deg <= mask[i - 1].azimuth_deg
  );
  if (early !== undefined && early > 0) {
    return `"mask.${early}.azimuth_deg" must be above that of the point before it`;
  }
  if (link && link.snr_min_db > link.snr_db) {
    return `"link.snr_min_db" must not be above "link.snr_db" (${link.snr_db})`;
  }
  if (rain && (rain.mm_h === undefined) === (rain.exceeded_percent === undefined)) {
    return `"rain" must have "mm_h" or "exceeded_percent", and not both`;
  }
  return null;
}

const fallsOf = ({ mm_h, exceeded_percent }: NonNullable<RadioSetting["rain"]>): Rain["falls"] =>
  mm_h === undefined ? { exceeded_percent: exceeded_percent! } : { mm_h };

const fromMs = (ms: number | undefined, otherwise: RadioProfile["hop"]) =>
  ms === undefined ? otherwise : seconds(ms / 1e3);

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RangeError(
      `must be ${NAMES.join(", ")}, or a JSON object, such as {"name":"mine","frame_ms":2}`,
    );
  }
}

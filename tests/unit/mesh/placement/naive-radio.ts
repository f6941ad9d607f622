/**
 * The radio of an ask, written a second time without haste: which nodes take it up, and by how much each
 * makes the round trip longer, as the docs say it.
 * @module
 */
import { ecfToLookAngles, geodeticToEcf } from "satellite.js";
import type { Almanac } from "../../../../mesh/orbit/almanac.ts";
import type { Geodetic } from "../../../../mesh/orbit/frames.ts";
import type { Ask } from "../../../../mesh/placement/ask.ts";
import type { RadioProfile } from "../../../../mesh/radio/profile.ts";
import { rainFade } from "../../../../mesh/radio/rain.ts";
import { degrees, km, radians } from "../../../../mesh/units.ts";
import { observerOf, RAD } from "./oracle.ts";

export interface NaiveRadio {
  profile: RadioProfile;
  almanac: Almanac;
}

/** The mean waits of an ask from the ground, s. */
export function naiveAccess({ profile: p }: NaiveRadio): { up_s: number; down_s: number } {
  const stall = p.stall.share * p.stall.mean;
  const gap = p.slots ? p.slots.handover_share * p.slots.gap ** 2 / p.slots.period / 2 : 0;
  return {
    up_s: p.processing + p.frame / 2 + p.grant.fixed + p.grant.period / 2 + stall + gap,
    down_s: p.processing + p.frame / 2 + stall,
  };
}

/** By how much the bytes of an ask take longer at a node, both ways, s; Infinity: it takes no asks up. */
export function naiveLonger(
  { profile, almanac }: NaiveRadio,
  ask: Ask,
  index: number,
  transfers: { up_s: number; down_s: number },
): number {
  const place = ask.origin as Geodetic;
  const now = new Float64Array(3);
  const positions = almanac.at(ask.at);
  positions.position(index, now);
  const here = { x: now[0], y: now[1], z: now[2] };
  const instants = [here];
  if (profile.slots) {
    const period = profile.slots.period * 1e3;
    const began = ask.at - (ask.at - profile.slots.offset * 1e3) % period;
    const v = positions.velocity(index);
    for (const end of [began, began + period]) {
      const after_s = (end - ask.at) / 1e3;
      const turn = Math.hypot(v.x, v.y, v.z) / Math.hypot(here.x, here.y, here.z);
      const [cos, sin] = [Math.cos(turn * after_s), Math.sin(turn * after_s) / turn];
      instants.push({
        x: here.x * cos + v.x * sin,
        y: here.y * cos + v.y * sin,
        z: here.z * cos + v.z * sin,
      });
    }
  }
  if (!instants.every((point) => isClear(profile, ask, place, point))) return Infinity;
  if (!profile.link) return 0;
  const { elevation, rangeSat } = ecfToLookAngles(observerOf(place), here);
  const share = (ghz: number | null) => {
    const rain = profile.rain === null || ghz === null ? 0 : rainFade(profile.rain.falls, ghz, {
      lat: degrees(place.lat),
      alt: km(place.alt),
      elevation: radians(elevation),
    });
    const { snr_db, range, snr_min_db } = profile.link!;
    const snr = snr_db - 20 * Math.log10(rangeSat / range) - rain;
    if (snr < snr_min_db) return 0;
    return Math.min(1, Math.log2(1 + 10 ** (snr / 10)) / Math.log2(1 + 10 ** (snr_db / 10)));
  };
  const up = share(profile.rain?.up_ghz ?? null);
  const down = share(profile.rain?.down_ghz ?? null);
  if (up === 0 || down === 0) return Infinity;
  return transfers.up_s * (1 / up - 1) + transfers.down_s * (1 / down - 1);
}

function isClear(
  profile: RadioProfile,
  ask: Ask,
  place: Geodetic,
  point: { x: number; y: number; z: number },
): boolean {
  const { elevation, azimuth } = ecfToLookAngles(observerOf(place), point);
  if (elevation < ask.elevation_mask * RAD) return false;
  if (profile.mask.length > 0 && elevation < naiveMask(profile, azimuth / RAD) * RAD) return false;
  return profile.keep_out === 0 || arcAngle(place, point) >= profile.keep_out;
}

function naiveMask({ mask }: RadioProfile, azimuth: number): number {
  const round = [-1, 0, 1].flatMap((turn) =>
    mask.map((point) => ({ a: point.azimuth + 360 * turn, e: point.elevation as number }))
  );
  const after = round.findIndex(({ a }) => a >= azimuth);
  const [low, high] = [round[after - 1], round[after]];
  return low.e + (high.e - low.e) * (azimuth - low.a) / (high.a - low.a);
}

/** Degrees to the nearest of many points of the geostationary arc. */
export function arcAngle(place: Geodetic, point: { x: number; y: number; z: number }): number {
  const site = geodeticToEcf(observerOf(place));
  const to = { x: point.x - site.x, y: point.y - site.y, z: point.z - site.z };
  const angleTo = (lon: number) => {
    const geo = {
      x: 42_164 * Math.cos(lon * RAD) - site.x,
      y: 42_164 * Math.sin(lon * RAD) - site.y,
      z: -site.z,
    };
    const dot = to.x * geo.x + to.y * geo.y + to.z * geo.z;
    const both = Math.hypot(to.x, to.y, to.z) * Math.hypot(geo.x, geo.y, geo.z);
    return Math.acos(Math.min(1, dot / both)) / RAD;
  };
  let nearest = 0;
  for (const step of [3, 0.1, 0.005]) {
    const middle = nearest;
    const half = step === 3 ? 180 : 40 * step;
    for (let lon = middle - half; lon <= middle + half; lon += step) {
      if (angleTo(lon) < angleTo(nearest)) nearest = lon;
    }
  }
  return angleTo(nearest);
}

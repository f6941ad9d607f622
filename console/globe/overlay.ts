/**
 * What is drawn over the sky: a chosen node with its footprint and track, a chosen place, and arcs of asks.
 * @module
 */
import { WGS84_EQUATORIAL_RADIUS_KM as R } from "../../mesh/orbit/earth.ts";
import { ELEVATION_MASK } from "../../mesh/placement/place.ts";
import { type EpochMs, epochMs } from "../../mesh/units.ts";
import { type KnownPlacement, knownPlacements } from "../sky/placements.ts";
import type { Orbit, Sky } from "../sky/sky.ts";
import type { Quantity, Touched } from "../sky/touched.ts";
import { accent, type Rgb } from "./colours.ts";
import { onGround } from "./land.ts";
import { scaleColour } from "./scale.ts";
import { type Line, type Mark, type Place, type Scene, straight } from "./scene.ts";

/** What is chosen. */
export interface Chosen {
  /** In the constellation; -1: none. */
  node: number;
  place: { lat: number; lon: number } | null;
  /** The arc that stays, whatever its age. */
  placement: KnownPlacement | null;
  /** What nodes that were used are coloured by; null: they are not. */
  quantity?: Quantity | null;
  touched?: readonly Touched[];
}

// An arc is seen for so long, on the clock that is shown, and fades meanwhile.
const ARC_MS = 60_000;
const ARCS_MAX = 60;
const TRACK_MS = 50 * 60_000;
const TRACK_POINTS = 120;
const FOOTPRINT_POINTS = 96;

/**
 * Makes what draws over a sky.
 * @param chosen reads what is chosen now
 */
export function overlayOf(sky: Sky, chosen: () => Chosen): (at: EpochMs) => Scene {
  const xyz = new Float64Array(3);
  const placeOf = (index: number, at: EpochMs): Place => {
    sky.almanac.at(at).position(index, xyz);
    return [xyz[0] / R, xyz[1] / R, xyz[2] / R];
  };
  const trackOf = tracksOf(sky);
  return (at) => {
    const theme = document.documentElement.dataset.theme === "dark" ? "dark" : "light";
    const colour = accent(theme);
    const lines: Line[] = [];
    const marks: Mark[] = [];
    const { node, place, placement, quantity, touched = [] } = chosen();
    for (const one of arcsAt(at, placement)) {
      const age = Math.max(0, at - one.placed_ms) / ARC_MS;
      const alpha = one === placement ? 1 : Math.max(0.1, 1 - age);
      addArc(sky, one, { at, alpha, colour, placeOf, lines, marks });
    }
    // Over the ends of arcs, which are in one colour.
    for (const one of quantity ? touched : []) {
      const index = sky.constellation.indexOf(one.id);
      if (index < 0) continue;
      const colour = scaleColour(quantity!, one[quantity!]);
      marks.push({ place: placeOf(index, at), colour, alpha: 1, size: 12, ring: 0 });
    }
    const here = node >= 0 ? placeOf(node, at) : null;
    // A node of a catalogue may have come down.
    if (here && sky.almanac.flies(node)) {
      lines.push({ places: trackOf(node, at), colour, alpha: 0.35, width: 1.2 });
      lines.push({ places: footprint(here), colour, alpha: 0.9, width: 1.6 });
      marks.push({ place: here, colour, alpha: 1, size: 22, ring: 2 });
      marks.push({ place: here, colour, alpha: 1, size: 9, ring: 0 });
    }
    if (place) {
      const pin = theme === "dark" ? WHITE : BLACK;
      const ground = onGround(place.lon, place.lat);
      marks.push({ place: raised(ground), colour: pin, alpha: 1, size: 18, ring: 2 });
      marks.push({ place: raised(ground), colour: pin, alpha: 1, size: 7, ring: 0 });
    }
    return { lines, marks };
  };
}

/** Remembers the track of one node, as long as nobody sees it change. */
function tracksOf(sky: Sky): (node: number, at: EpochMs) => Place[] {
  const state = new Float64Array(6);
  let of = -1;
  let orbit: Orbit | null = null;
  let track: { at: number; places: Place[] } | null = null;
  return (node, at) => {
    if (node !== of) {
      [of, orbit, track] = [node, null, null];
      // Without it there is no track: the panel says why.
      sky.orbit(node).then((known) => node === of && (orbit = known), () => {});
    }
    // It is long: a few seconds of it more or less are not seen.
    if (!orbit || (track && Math.abs(track.at - at) <= 5_000)) return track?.places ?? [];
    const places: Place[] = [];
    for (let i = 0; i <= TRACK_POINTS; i++) {
      const instant = epochMs(at + (i / TRACK_POINTS - 0.5) * 2 * TRACK_MS);
      if (!orbit.flight.fly(orbit.index, instant, state)) continue;
      places.push([state[0] / R, state[1] / R, state[2] / R]);
    }
    track = { at, places };
    return places;
  };
}

const WHITE: Rgb = [1, 1, 1];
const BLACK: Rgb = [0.05, 0.07, 0.1];

function arcsAt(at: EpochMs, always: KnownPlacement | null): KnownPlacement[] {
  const known = knownPlacements();
  const seen = known.filter((one) =>
    one === always || (one.placed_ms <= at + 1_000 && at - one.placed_ms < ARC_MS)
  ).slice(-ARCS_MAX);
  return always && !seen.includes(always) ? [...seen, always] : seen;
}

function addArc(
  { constellation }: Sky,
  { origin, path }: KnownPlacement,
  { at, alpha, colour, placeOf, lines, marks }: {
    at: EpochMs;
    alpha: number;
    colour: Rgb;
    placeOf: (index: number, at: EpochMs) => Place;
    lines: Line[];
    marks: Mark[];
  },
): void {
  const hops = path.map((id) => constellation.indexOf(id)).filter((index) => index >= 0);
  const stops = hops.map((index) => placeOf(index, at));
  if (origin && "lat" in origin) stops.unshift(raised(onGround(origin.lon, origin.lat)));
  if (stops.length < 2) return;
  const places = stops.slice(1).flatMap((stop, i) => {
    const way = straight(stops[i], stop);
    return i === 0 ? way : way.slice(1);
  });
  lines.push({ places, colour, alpha, width: 3, runs: true });
  const ends = { colour, alpha };
  marks.push({ ...ends, place: stops[0], size: 10, ring: 2 });
  marks.push({ ...ends, place: stops[stops.length - 1], size: 11, ring: 0 });
}

/** Above the ground by so little that the ground does not hide it. */
const raised = ([x, y, z]: Place): Place => [1.0005 * x, 1.0005 * y, 1.0005 * z];

/** The circle on the ground from which a node stands at the elevation mask, on a sphere: a few km off. */
export function footprint([x, y, z]: Place): Place[] {
  const r = Math.hypot(x, y, z);
  const mask = ELEVATION_MASK * Math.PI / 180;
  const angle = Math.acos(Math.cos(mask) / r) - mask;
  const up = [x / r, y / r, z / r];
  const flat = Math.hypot(up[0], up[1]);
  const east = flat > 1e-6 ? [-up[1] / flat, up[0] / flat, 0] : [1, 0, 0];
  const north = [
    up[1] * east[2] - up[2] * east[1],
    up[2] * east[0] - up[0] * east[2],
    up[0] * east[1] - up[1] * east[0],
  ];
  return Array.from({ length: FOOTPRINT_POINTS + 1 }, (_, i) => {
    const turn = 2 * Math.PI * i / FOOTPRINT_POINTS;
    const [c, s] = [Math.cos(turn) * Math.sin(angle), Math.sin(turn) * Math.sin(angle)];
    return [0, 1, 2].map((axis) =>
      1.0008 * (up[axis] * Math.cos(angle) + east[axis] * c + north[axis] * s)
    ) as unknown as Place;
  });
}

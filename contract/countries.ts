/**
 * Outlines of countries by their ISO 3166-1 code: Natural Earth 4.1 at 1:50m, from world-atlas.
 *
 * Outlines are as Natural Earth draws them: who holds the land, not who claims it, to some
 * kilometres, and without territorial waters. docs/policy.md says what that means for a policy.
 * Nothing is parsed before a country is first asked for; each outline is made once.
 * @module
 */
import iso from "iso-3166-1";
// @ts-types="@types/topojson-client"
import { feature } from "topojson-client";
// Deno gives the parsed module, as it reads JSON of a package in no other way; wrangler's rule for
// this path gives the text, which an isolate that needs no country never parses.
import atlas from "world-atlas/countries-50m.json" with { type: "json" };
import { Area, type Polygon } from "../mesh/geo/area.ts";
import { mapPoint } from "../mesh/geo/sub-point.ts";
import { unrollPolygon } from "../mesh/geo/unroll.ts";

type Topology = Parameters<typeof feature>[0];
type Geometry = Parameters<typeof feature>[1] & { id?: string; properties: { name: string } };

/** Land that Natural Earth draws on its own and ISO 3166-1 gives no number. */
const UNNUMBERED: Readonly<Record<string, string>> = {
  // Not of ISO, but set aside there for users to assign, and so assigned by the EU, CLDR and the IMF.
  Kosovo: "XK",
  // Under these states in ISO 3166.
  "N. Cyprus": "CY",
  Somaliland: "SO",
};

/** One outline for two countries: Cocos lies at 97 degrees east, Christmas Island at 106. */
const INDIAN_OCEAN_TERRITORIES = "Indian Ocean Ter.";
const COCOS_EAST_MAX = 100;

/** Codes of land that is drawn within the outline of another country. */
const DRAWN_WITHIN: Readonly<Record<string, string>> = {
  BQ: "NL",
  GF: "FR",
  GP: "FR",
  MQ: "FR",
  RE: "FR",
  SJ: "NO",
  YT: "FR",
};

const alpha2s = new Map<string, string>([["XK", "XK"], ["XKX", "XK"]]);
const byNumber = new Map<string, string>();
for (const { alpha2, alpha3, numeric } of iso.all()) {
  alpha2s.set(alpha2, alpha2).set(alpha3, alpha2);
  byNumber.set(numeric, alpha2);
}

/** Key of the land that no code stands for: the Siachen Glacier, which two countries claim. */
const NO_COUNTRY = "";

/** A country's code of two letters, from that of two or three; null if there is no such country. */
export const alpha2Of = (code: string): string | null => alpha2s.get(code) ?? null;

/** @returns the outline, or why there is none: the end of a sentence that the code begins */
export function outlineOf(alpha2: string): Area | { missing: string } {
  const area = outline(alpha2);
  if (area) return area;
  const within = DRAWN_WITHIN[alpha2];
  return {
    missing: within
      ? `has no outline of its own: Natural Earth draws it within ${within}`
      : "has no outline, as Natural Earth at 1:50m does not draw it: give its area instead",
  };
}

/**
 * The country whose outline holds a place.
 * @param lat degrees north
 * @param lon degrees east, -180..180
 * @returns its ISO 3166-1 code of two letters; null at sea, and on land that is no country's
 */
export function countryBelow(lat: number, lon: number): string | null {
  return keyBelow(lat, lon) || null;
}

/**
 * Whether any outline holds a place. Lakes are land here: outlines run across them.
 * @param lat degrees north
 * @param lon degrees east, -180..180
 * @returns true also on land that is no country's
 */
export function isLand(lat: number, lon: number): boolean {
  return keyBelow(lat, lon) !== null;
}

function keyBelow(lat: number, lon: number): string | null {
  const at = new Float64Array(2);
  mapPoint({ lat, lon }, at);
  for (const key of keys()) if (outline(key)!.holds(at)) return key;
  return null;
}

interface Drawing {
  topology: Topology;
  geometries: Map<string, Geometry[]>;
}

let drawing: Drawing | null = null;
const outlines = new Map<string, Area>();

function keys(): Iterable<string> {
  drawing ??= readAtlas();
  return drawing.geometries.keys();
}

function outline(key: string): Area | null {
  const made = outlines.get(key);
  if (made) return made;
  drawing ??= readAtlas();
  const geometries = drawing.geometries.get(key);
  if (!geometries) return null;
  const polygons = geometries.flatMap((geometry) => polygonsOf(drawing!.topology, geometry, key));
  const area = new Area(polygons.map(unrollPolygon));
  outlines.set(key, area);
  return area;
}

function readAtlas(): Drawing {
  const read: unknown = atlas;
  const topology = (typeof read === "string" ? JSON.parse(read) : read) as Topology;
  const { geometries: all } = topology.objects.countries as unknown as { geometries: Geometry[] };
  const geometries = new Map<string, Geometry[]>();
  for (const geometry of all) {
    for (const key of keysOf(geometry)) {
      geometries.set(key, [...geometries.get(key) ?? [], geometry]);
    }
  }
  return { topology, geometries };
}

function keysOf({ id, properties: { name } }: Geometry): string[] {
  if (name === INDIAN_OCEAN_TERRITORIES) return ["CC", "CX"];
  return [(id === undefined ? UNNUMBERED[name] : byNumber.get(id)) ?? NO_COUNTRY];
}

function polygonsOf(topology: Topology, drawn: Geometry, key: string): Polygon[] {
  const { geometry } = feature(topology, drawn) as {
    geometry: { type: string; coordinates: unknown };
  };
  const polygons = geometry.type === "Polygon"
    ? [geometry.coordinates as Polygon]
    : geometry.coordinates as Polygon[];
  if (drawn.properties.name !== INDIAN_OCEAN_TERRITORIES) return polygons;
  return polygons.filter(([ring]) => (ring[0][0] < COCOS_EAST_MAX) === (key === "CC"));
}

/**
 * An area on the map, and whether a point lies in it.
 *
 * Edges are straight in longitude and latitude, as GeoJSON means them (RFC 7946, 3.1.1), not great
 * circles. A ring is asked by ray casting (Shimrat, CACM 5(8), 1962), after its bounding box, and
 * over the edges of one thin slab of latitude only: 5,000 edges cost as much as 20.
 * A point on an edge belongs to the area right of it, or above it: of two areas that share a border
 * exactly one holds any point of the border.
 * Not its job: checking what callers draw (contract/geojson.ts).
 * @module
 */

/**
 * Closed: the last position is the first. A position is [lon, lat], and what follows is not read.
 */
export type Ring = readonly (readonly number[])[];
/** The outer ring, then its holes. */
export type Polygon = readonly Ring[];

// More slabs than this cost memory and find nothing faster.
const EDGES_PER_SLAB = 4;
// Long edges stand in many slabs; a ring of nothing else must not take the square of its size.
const COPIES_MAX = 4;

/** Polygons, prepared so that points are asked fast. */
export class Area {
  /** Polygon p has the rings polygons[p] .. polygons[p + 1] - 1; the first is its outer one. */
  readonly #polygons: Uint32Array;
  /** West, south, east, north of each ring. */
  readonly #bounds: Float64Array;
  /** West, south, east, north of all rings together. */
  readonly #extent: Float64Array;
  /** Ring r has the slabs rings[r] .. rings[r + 1] - 1, from south to north. */
  readonly #rings: Uint32Array;
  /** Slab s has the edges slabs[s] .. slabs[s + 1] - 1. */
  readonly #slabs: Uint32Array;
  /** Where in `coords` an edge begins; it ends at the next vertex. */
  readonly #edges: Uint32Array;
  /** [lon, lat] of every vertex of every ring. */
  readonly #coords: Float64Array;

  /** @param polygons west of each ring in -180..180; a ring may run on east, beyond 180 */
  constructor(polygons: readonly Polygon[]) {
    // The largest first: it is the likeliest to hold a point, and ends the search.
    const ordered = polygons.map((polygon) => ({ polygon, size: sizeOf(boundsOf(polygon[0])) }))
      .sort((a, b) => b.size - a.size).map(({ polygon }) => polygon);
    const rings = ordered.flat().map((ring) => ({ ring, bounds: boundsOf(ring) }));
    const slabbed = rings.map(({ ring, bounds }) => slabsOf(ring, bounds));
    this.#polygons = startsOf(ordered.map((polygon) => polygon.length));
    this.#bounds = Float64Array.from(rings.flatMap(({ bounds }) => bounds));
    this.#extent = Float64Array.from(boundsOf(
      rings.flatMap(({ bounds: [west, south, east, north] }) => [[west, south], [east, north]]),
    ));
    this.#rings = startsOf(slabbed.map(({ starts }) => starts.length - 1));
    this.#slabs = new Uint32Array(this.#rings[rings.length] + 1);
    const edgeStarts = startsOf(slabbed.map(({ edges }) => edges.length));
    this.#edges = new Uint32Array(edgeStarts[rings.length]);
    const vertexStarts = startsOf(rings.map(({ ring }) => ring.length));
    this.#coords = new Float64Array(2 * vertexStarts[rings.length]);
    slabbed.forEach(({ starts, edges }, r) => {
      for (let s = 0; s < starts.length; s++) {
        this.#slabs[this.#rings[r] + s] = edgeStarts[r] + starts[s];
      }
      for (let e = 0; e < edges.length; e++) {
        this.#edges[edgeStarts[r] + e] = 2 * (vertexStarts[r] + edges[e]);
      }
      rings[r].ring.forEach((position, v) => {
        this.#coords[2 * (vertexStarts[r] + v)] = position[0];
        this.#coords[2 * (vertexStarts[r] + v) + 1] = position[1];
      });
    });
  }

  /**
   * Whether a point lies in any of the polygons and in none of its holes.
   * @param at [lon, lat] in degrees, as mapPoint() or subPoint() write it
   * @returns true for a point on an edge only if the area is right of it or above it
   */
  holds(at: Float64Array): boolean {
    const extent = this.#extent;
    const lat = at[1];
    if (lat < extent[1] || lat > extent[3]) return false;
    if (at[0] > extent[2] || (at[0] < extent[0] && at[0] + 360 > extent[2])) return false;
    const polygons = this.#polygons;
    const bounds = this.#bounds;
    const last = polygons.length - 1;
    for (let p = 0; p < last; p++) {
      let ring = polygons[p];
      if (lat < bounds[4 * ring + 1] || lat > bounds[4 * ring + 3]) continue;
      if (!this.#encloses(ring, at)) continue;
      const end = polygons[p + 1];
      do ring++; while (ring < end && !this.#encloses(ring, at));
      if (ring === end) return true;
    }
    return false;
  }

  #encloses(ring: number, at: Float64Array): boolean {
    const bounds = this.#bounds;
    const west = bounds[4 * ring];
    const lon = at[0] < west ? at[0] + 360 : at[0];
    if (lon > bounds[4 * ring + 2]) return false;
    const lat = at[1];
    const south = bounds[4 * ring + 1];
    const north = bounds[4 * ring + 3];
    if (lat < south || lat > north) return false;
    const first = this.#rings[ring];
    const slab = first + slabAt(lat, south, north, this.#rings[ring + 1] - first);
    const coords = this.#coords;
    const edges = this.#edges;
    const end = this.#slabs[slab + 1];
    let inside = false;
    for (let e = this.#slabs[slab]; e < end; e++) {
      let low = edges[e];
      let high = low + 2;
      if (coords[low + 1] > lat === coords[high + 1] > lat) continue;
      // From the lower end up, whichever way the ring runs: two neighbours compute the same border.
      if (coords[low + 1] > coords[high + 1]) {
        high = low;
        low += 2;
      }
      const rise = (lat - coords[low + 1]) / (coords[high + 1] - coords[low + 1]);
      if (lon < coords[low] + rise * (coords[high] - coords[low])) inside = !inside;
    }
    return inside;
  }
}

type Bounds = [west: number, south: number, east: number, north: number];

function boundsOf(ring: Ring): Bounds {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let v = 0; v < ring.length; v++) {
    west = Math.min(west, ring[v][0]);
    south = Math.min(south, ring[v][1]);
    east = Math.max(east, ring[v][0]);
    north = Math.max(north, ring[v][1]);
  }
  return [west, south, east, north];
}

const sizeOf = ([west, south, east, north]: Bounds) => (east - west) * (north - south);

/**
 * Where each run of the given lengths begins when they are stored one after another; last, the end.
 */
function startsOf(lengths: readonly number[]): Uint32Array {
  const starts = new Uint32Array(lengths.length + 1);
  for (let i = 0; i < lengths.length; i++) starts[i + 1] = starts[i] + lengths[i];
  return starts;
}

/** Never falls as the latitude grows: an edge stands in every slab that a point on it can be in. */
function slabAt(lat: number, south: number, north: number, count: number): number {
  if (north <= south) return 0;
  return Math.min(Math.floor((lat - south) / (north - south) * count), count - 1);
}

/** The edges of each slab of a ring; slab s has edges[starts[s]] .. edges[starts[s + 1] - 1]. */
function slabsOf(
  ring: Ring,
  [, south, , north]: Bounds,
): { starts: Uint32Array; edges: Uint32Array } {
  const size = ring.length - 1;
  let climb = 0;
  for (let v = 0; v < size; v++) climb += Math.abs(ring[v + 1][1] - ring[v][1]);
  // An edge stands in 2 slabs at most, and in one more for each slab's height that it climbs.
  const affordable = climb > 0 ? (COPIES_MAX - 2) * size * (north - south) / climb : 1;
  const count = Math.ceil(Math.min(size / EDGES_PER_SLAB, affordable));
  const low = new Uint32Array(size);
  const high = new Uint32Array(size);
  let copies = 0;
  for (let v = 0; v < size; v++) {
    const from = slabAt(ring[v][1], south, north, count);
    const to = slabAt(ring[v + 1][1], south, north, count);
    low[v] = Math.min(from, to);
    high[v] = Math.max(from, to);
    copies += 1 + high[v] - low[v];
  }
  const starts = new Uint32Array(count + 1);
  for (let v = 0; v < size; v++) for (let s = low[v]; s <= high[v]; s++) starts[s + 1]++;
  for (let s = 0; s < count; s++) starts[s + 1] += starts[s];
  const edges = new Uint32Array(copies);
  const next = starts.slice();
  for (let v = 0; v < size; v++) for (let s = low[v]; s <= high[v]; s++) edges[next[s]++] = v;
  return { starts, edges };
}

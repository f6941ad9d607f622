/**
 * An area on the map, and whether a point lies in it.
 *
 * Edges are straight in longitude and latitude, as GeoJSON means them (RFC 7946, 3.1.1), not great
 * circles. A ring is asked by ray casting (Shimrat, CACM 5(8), 1962), after its bounding box, and
 * over the edges of one thin slab of latitude only: a ring of 5,000 edges costs as much as one of 20.
 * A point belongs to its left and lower edge, not to its right and upper one, so that of two areas
 * which share a border exactly one holds any point of it.
 * Not its job: checking what callers draw (geojson.ts).
 * @module
 */

/** Closed: the last position is the first. A position is [lon, lat], and what follows is not read. */
export type Ring = readonly (readonly number[])[];
/** The outer ring, then its holes. */
export type Polygon = readonly Ring[];

// More slabs than this cost memory and find nothing faster.
const EDGES_PER_SLAB = 4;
// Long edges stand in many slabs; a ring of nothing else must not take the square of its size.
const COPIES_MAX = 4;

export class Area {
  readonly vertices: number;
  /** [lon, lat] of every vertex of every ring. */
  readonly #coords: Float64Array;
  /** West, south, east, north of all, and then of each ring. */
  readonly #bounds: Float64Array;
  /** Polygon p has the rings polygons[p] .. polygons[p + 1] - 1; the first is its outer one. */
  readonly #polygons: Uint32Array;
  /** Ring r has the slabs rings[r] .. rings[r + 1] - 1, from south to north. */
  readonly #rings: Uint32Array;
  /** Slab s has the edges slabs[s] .. slabs[s + 1] - 1. */
  readonly #slabs: Uint32Array;
  /** Where in `coords` an edge begins; it ends at the next vertex. */
  readonly #edges: Uint32Array;

  /** @param polygons west of each ring in -180..180; a ring may run on east, beyond 180 */
  constructor(polygons: readonly Polygon[]) {
    const rings = polygons.flat();
    const starts = [0];
    for (const polygon of polygons) starts.push(starts[starts.length - 1] + polygon.length);
    this.#polygons = Uint32Array.from(starts);
    this.vertices = rings.reduce((sum, ring) => sum + ring.length, 0);
    this.#coords = new Float64Array(2 * this.vertices);
    this.#bounds = new Float64Array(4 * (rings.length + 1));
    this.#bounds.set([Infinity, Infinity, -Infinity, -Infinity]);
    const ringSlabs = [0];
    const slabs = [0];
    const edges: number[] = [];
    let first = 0;
    rings.forEach((ring, r) => {
      this.#write(ring, r, first);
      for (const slab of this.#slabsOf(ring, r, first)) {
        for (const edge of slab) edges.push(edge);
        slabs.push(edges.length);
      }
      ringSlabs.push(slabs.length - 1);
      first += ring.length;
    });
    this.#rings = Uint32Array.from(ringSlabs);
    this.#slabs = Uint32Array.from(slabs);
    this.#edges = Uint32Array.from(edges);
  }

  /** @param at [lon, lat] as `mapPoint` or `subPoint` write it */
  holds(at: Float64Array): boolean {
    const bounds = this.#bounds;
    if (at[1] < bounds[1] || at[1] > bounds[3]) return false;
    if (at[0] > bounds[2] || (at[0] < bounds[0] && at[0] + 360 > bounds[2])) return false;
    const polygons = this.#polygons;
    for (let p = 0; p < polygons.length - 1; p++) {
      let ring = polygons[p];
      if (!this.#encloses(ring, at)) continue;
      const end = polygons[p + 1];
      do ring++; while (ring < end && !this.#encloses(ring, at));
      if (ring === end) return true;
    }
    return false;
  }

  #encloses(ring: number, at: Float64Array): boolean {
    const bounds = this.#bounds;
    const b = 4 * ring + 4;
    const lat = at[1];
    if (lat < bounds[b + 1] || lat > bounds[b + 3]) return false;
    const lon = at[0] < bounds[b] ? at[0] + 360 : at[0];
    if (lon > bounds[b + 2]) return false;
    const coords = this.#coords;
    const edges = this.#edges;
    const count = this.#rings[ring + 1] - this.#rings[ring];
    const slab = this.#rings[ring] + slabAt(lat, bounds[b + 1], bounds[b + 3], count);
    const end = this.#slabs[slab + 1];
    let inside = false;
    for (let e = this.#slabs[slab]; e < end; e++) {
      let low = edges[e];
      let high = low + 2;
      if (coords[low + 1] > lat === coords[high + 1] > lat) continue;
      // From the lower end up, whichever way the ring runs: two neighbours compute the same border.
      if (coords[low + 1] > coords[high + 1]) [low, high] = [high, low];
      const rise = (lat - coords[low + 1]) / (coords[high + 1] - coords[low + 1]);
      if (lon < coords[low] + rise * (coords[high] - coords[low])) inside = !inside;
    }
    return inside;
  }

  /** Copies a ring's vertices, and takes its bounds. */
  #write(ring: Ring, r: number, first: number): void {
    const bounds = [Infinity, Infinity, -Infinity, -Infinity];
    ring.forEach(([lon, lat], v) => {
      this.#coords[2 * (first + v)] = lon;
      this.#coords[2 * (first + v) + 1] = lat;
      widen(bounds, [lon, lat, lon, lat]);
    });
    this.#bounds.set(bounds, 4 * (r + 1));
    widen(this.#bounds, bounds);
  }

  /** The edges of each slab of a ring; level ones are left out, as no level ray crosses them. */
  #slabsOf(ring: Ring, r: number, first: number): number[][] {
    const [south, north] = [this.#bounds[4 * r + 5], this.#bounds[4 * r + 7]];
    let count = Math.ceil(ring.length / EDGES_PER_SLAB);
    const reach = (v: number): [number, number] => {
      const low = Math.min(ring[v][1], ring[v + 1][1]);
      const high = Math.max(ring[v][1], ring[v + 1][1]);
      return [slabAt(low, south, north, count), slabAt(high, south, north, count)];
    };
    const copies = () => {
      let sum = 0;
      for (let v = 0; v < ring.length - 1; v++) sum += 1 + reach(v)[1] - reach(v)[0];
      return sum;
    };
    while (count > 1 && copies() > COPIES_MAX * ring.length) count = Math.ceil(count / 2);
    const slabs = Array.from({ length: count }, (): number[] => []);
    for (let v = 0; v < ring.length - 1; v++) {
      if (ring[v][1] === ring[v + 1][1]) continue;
      const [low, high] = reach(v);
      for (let s = low; s <= high; s++) slabs[s].push(2 * (first + v));
    }
    return slabs;
  }
}

/** Never falls as the latitude grows: an edge stands in every slab that a point on it can be in. */
function slabAt(lat: number, south: number, north: number, count: number): number {
  return north > south
    ? Math.min(Math.floor((lat - south) / (north - south) * count), count - 1)
    : 0;
}

function widen(bounds: Float64Array | number[], by: readonly number[]): void {
  bounds[0] = Math.min(bounds[0], by[0]);
  bounds[1] = Math.min(bounds[1], by[1]);
  bounds[2] = Math.max(bounds[2], by[2]);
  bounds[3] = Math.max(bounds[3], by[3]);
}

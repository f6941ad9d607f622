/**
 * CZML as Cesium reads it: its own data source, without a browser and without a picture.
 *
 * ```ts
 * const read = await loadCzml(JSON.parse(text));
 * read.positionOf("G1A-000-000", at);
 * ```
 * @module
 */

/** What Cesium made of a document. */
export interface ReadCzml {
  name: string;
  /** Of the document's clock, ms since 1970; null: it has none. */
  clock: { from: number; until: number } | null;
  /** In the order of the document. */
  entities: ReadEntity[];
  /** Earth-fixed, m, as Cesium interpolates it; null where the entity has no position then. */
  positionOf(id: string, at: number): Xyz | null;
  /** The corners of an entity's line, Earth-fixed, m. */
  lineOf(id: string, at: number): Xyz[] | null;
}

export interface ReadEntity {
  id: string;
  name: string;
  /** Whether it is there at an instant, ms since 1970. */
  isThere(at: number): boolean;
}

export interface Xyz {
  x: number;
  y: number;
  z: number;
}

interface CesiumEntity {
  id: string;
  name: string;
  isAvailable(at: unknown): boolean;
  position?: { getValueInReferenceFrame(at: unknown, frame: number): Xyz | undefined };
  polyline?: { positions: { getValue(at: unknown): Xyz[] | undefined } };
}

interface CesiumSource {
  name: string;
  clock?: { startTime: unknown; stopTime: unknown };
  entities: { values: CesiumEntity[]; getById(id: string): CesiumEntity | undefined };
}

// Named by variables: their types are the whole of Cesium's, and a browser's with them.
const SOURCE = "@cesium/engine/Source/DataSources/CzmlDataSource.js";
const JULIAN_DATE = "@cesium/engine/Source/Core/JulianDate.js";
const FIXED = 0;

/** @param document the JSON of a CZML document */
export async function loadCzml(document: unknown): Promise<ReadCzml> {
  const { default: source }: {
    default: { load(document: unknown): Promise<CesiumSource> };
  } = await import(SOURCE);
  const { default: julian }: {
    default: {
      fromDate(at: Date): unknown;
      addSeconds(at: unknown, seconds: number, result: unknown): unknown;
      toDate(at: unknown): Date;
      new (): unknown;
    };
  } = await import(JULIAN_DATE);
  const dateOf = (at: number) => julian.fromDate(new Date(at));
  // toDate() cuts off what is under a millisecond, of which the last bits can miss some.
  const msOf = (at: unknown) =>
    julian.toDate(julian.addSeconds(at, 0.5e-3, new julian())).getTime();
  const read = await withImage(() => source.load(document));
  return {
    name: read.name,
    clock: read.clock
      ? {
        from: msOf(read.clock.startTime),
        until: msOf(read.clock.stopTime),
      }
      : null,
    entities: read.entities.values.map((entity) => ({
      id: entity.id,
      name: entity.name,
      isThere: (at) => entity.isAvailable(dateOf(at)),
    })),
    positionOf: (id, at) =>
      read.entities.getById(id)?.position?.getValueInReferenceFrame(dateOf(at), FIXED) ?? null,
    lineOf: (id, at) => read.entities.getById(id)?.polyline?.positions.getValue(dateOf(at)) ?? null,
  };
}

/** It compares types with the browser's Image, and makes none (CesiumGS/cesium, issue 12850). */
async function withImage<T>(work: () => Promise<T>): Promise<T> {
  const page = globalThis as { Image?: unknown };
  if (page.Image !== undefined) return await work();
  page.Image = class {};
  try {
    return await work();
  } finally {
    delete page.Image;
  }
}

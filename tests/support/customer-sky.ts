/**
 * The sky as a customer can have it: the records of `GET /v1/constellation` and satellite.js, and
 * nothing of ours.
 * @module
 */
import {
  ecfToLookAngles,
  type EcfVec3,
  eciToEcf,
  eciToGeodetic,
  geodeticToEcf,
  gstime,
  jday,
  json2satrec,
  type OMMJsonObject,
  type SatRec,
  sgp4,
} from "satellite.js";

const RAD = Math.PI / 180;

export interface Place {
  lat: number;
  lon: number;
  alt_m?: number;
}

/** Degrees, azimuth clockwise from north. */
export interface Look {
  elevation: number;
  azimuth: number;
  range_km: number;
}

export class CustomerSky {
  readonly #satrecs = new Map<string, SatRec>();
  readonly #epochs = new Map<string, number>();

  constructor(records: OMMJsonObject[]) {
    for (const record of records) {
      this.#satrecs.set(record.OBJECT_NAME, json2satrec(record));
      this.#epochs.set(record.OBJECT_NAME, Date.parse(`${record.EPOCH}Z`));
    }
  }

  get size(): number {
    return this.#satrecs.size;
  }

  #eci(node: string, at_ms: number) {
    const satrec = this.#satrecs.get(node);
    if (!satrec) throw new Error(`The constellation has no record of ${node}`);
    const state = sgp4(satrec, (at_ms - this.#epochs.get(node)!) / 60_000);
    if (!state) throw new Error(`SGP4 error ${satrec.error} for ${node}`);
    return state.position;
  }

  #ecf(node: string, at_ms: number): EcfVec3<number> {
    return eciToEcf(this.#eci(node, at_ms), gmst(at_ms));
  }

  look(node: string, place: Place, at_ms: number): Look {
    const look = ecfToLookAngles(observer(place), this.#ecf(node, at_ms));
    return {
      elevation: look.elevation / RAD,
      azimuth: look.azimuth / RAD,
      range_km: look.rangeSat,
    };
  }

  subPoint(node: string, at_ms: number): { lat: number; lon: number; alt_km: number } {
    const { latitude, longitude, height } = eciToGeodetic(this.#eci(node, at_ms), gmst(at_ms));
    return { lat: latitude / RAD, lon: longitude / RAD, alt_km: height };
  }

  /** Of each place the slant ranges of all nodes above the mask, nearest first. */
  rangesAbove(places: Place[], mask_deg: number, at_ms: number): number[][] {
    const observers = places.map(observer);
    const sites = observers.map((place) => geodeticToEcf(place));
    const ranges: number[][] = places.map(() => []);
    for (const node of this.#satrecs.keys()) {
      const ecf = this.#ecf(node, at_ms);
      sites.forEach(({ x, y, z }, p) => {
        // Nothing as low as these nodes is above 25 degrees from farther away.
        if (Math.hypot(ecf.x - x, ecf.y - y, ecf.z - z) > 2_000) return;
        const { elevation, rangeSat } = ecfToLookAngles(observers[p], ecf);
        if (elevation >= mask_deg * RAD) ranges[p].push(rangeSat);
      });
    }
    return ranges.map((found) => found.sort((a, b) => a - b));
  }
}

const gmst = (at_ms: number) => gstime(jday(new Date(at_ms)));

const observer = ({ lat, lon, alt_m = 0 }: Place) => ({
  latitude: lat * RAD,
  longitude: lon * RAD,
  height: alt_m / 1e3,
});

/**
 * Where Starlink's traffic meets the Internet, and where its pings end: points of presence of the United
 * States and Europe, by the codes in the names of its customers' addresses (a public list of them:
 * github.com/clarkzjw/starlink-geoip-data). Each at its city, to 0.01 degrees.
 * @module
 */
import type { GroundPoint } from "../../mesh/ground/ground-point.ts";
import { degrees } from "../../mesh/units.ts";

export interface PointOfPresence extends GroundPoint {
  code: string;
  city: string;
}

const pop = (code: string, city: string, lat: number, lon: number): PointOfPresence => ({
  code,
  city,
  lat: degrees(lat),
  lon: degrees(lon),
});

export const POINTS_OF_PRESENCE: readonly PointOfPresence[] = [
  pop("sttlwax1", "Seattle", 47.61, -122.33),
  pop("snjecax1", "San Jose", 37.34, -121.89),
  pop("lsancax1", "Los Angeles", 34.05, -118.24),
  pop("tmpeazx1", "Tempe", 33.43, -111.94),
  pop("sltyutx1", "Salt Lake City", 40.76, -111.89),
  pop("dnvrcox1", "Denver", 39.74, -104.99),
  pop("dllstxx1", "Dallas", 32.78, -96.8),
  pop("kscymox1", "Kansas City", 39.1, -94.58),
  pop("mplsmnx1", "Minneapolis", 44.98, -93.27),
  pop("chcoilx1", "Chicago", 41.88, -87.63),
  pop("atlagax1", "Atlanta", 33.75, -84.39),
  pop("mmmiflx1", "Miami", 25.76, -80.19),
  pop("ashnvax2", "Ashburn", 39.04, -77.49),
  pop("nwyynyx1", "New York", 40.71, -74.01),
  pop("lndngbr1", "London", 51.51, -0.13),
  pop("frntdeu1", "Frankfurt", 50.11, 8.68),
  pop("mdrdesp1", "Madrid", 40.42, -3.7),
  pop("mlnnita1", "Milan", 45.46, 9.19),
  pop("wrswpol1", "Warsaw", 52.23, 21.01),
  pop("sfiabgr1", "Sofia", 42.7, 23.32),
];

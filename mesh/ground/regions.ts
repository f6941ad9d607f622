/**
 * Where the regions of a large cloud are, as points where the ground can think: the public regions of
 * Amazon Web Services outside China, each at its city, or the town that its data centres are known by
 * (docs/explanation/ground.md#regions). The buildings of a region lie within tens of kilometres.
 * @module
 */
import { degrees } from "../units.ts";
import type { GroundPoint } from "./ground-point.ts";

/** A place on the ground with accelerators. */
export interface CloudRegion extends GroundPoint {
  /** As the operator names it, unique. */
  readonly name: string;
  readonly city: string;
}

const region = (name: string, city: string, lat: number, lon: number): CloudRegion => ({
  name,
  city,
  lat: degrees(lat),
  lon: degrees(lon),
});

/** The regions of every deployment, in no order that means anything. */
export const CLOUD_REGIONS: readonly CloudRegion[] = [
  region("us-east-1", "Ashburn", 39.04, -77.49),
  region("us-east-2", "Columbus", 39.96, -83),
  region("us-west-1", "San Jose", 37.34, -121.89),
  region("us-west-2", "Boardman", 45.84, -119.7),
  region("ca-central-1", "Montreal", 45.5, -73.57),
  region("ca-west-1", "Calgary", 51.05, -114.07),
  region("mx-central-1", "Querétaro", 20.59, -100.39),
  region("sa-east-1", "São Paulo", -23.55, -46.63),
  region("eu-west-1", "Dublin", 53.35, -6.26),
  region("eu-west-2", "London", 51.51, -0.13),
  region("eu-west-3", "Paris", 48.86, 2.35),
  region("eu-central-1", "Frankfurt", 50.11, 8.68),
  region("eu-central-2", "Zurich", 47.38, 8.54),
  region("eu-north-1", "Stockholm", 59.33, 18.07),
  region("eu-south-1", "Milan", 45.46, 9.19),
  region("eu-south-2", "Zaragoza", 41.65, -0.89),
  region("il-central-1", "Tel Aviv", 32.09, 34.78),
  region("me-south-1", "Manama", 26.23, 50.59),
  region("me-central-1", "Dubai", 25.2, 55.27),
  region("af-south-1", "Cape Town", -33.92, 18.42),
  region("ap-south-1", "Mumbai", 19.08, 72.88),
  region("ap-south-2", "Hyderabad", 17.39, 78.49),
  region("ap-southeast-1", "Singapore", 1.35, 103.82),
  region("ap-southeast-2", "Sydney", -33.87, 151.21),
  region("ap-southeast-3", "Jakarta", -6.21, 106.85),
  region("ap-southeast-4", "Melbourne", -37.81, 144.96),
  region("ap-southeast-5", "Kuala Lumpur", 3.14, 101.69),
  region("ap-southeast-6", "Auckland", -36.85, 174.76),
  region("ap-southeast-7", "Bangkok", 13.76, 100.5),
  region("ap-northeast-1", "Tokyo", 35.68, 139.69),
  region("ap-northeast-2", "Seoul", 37.57, 126.98),
  region("ap-northeast-3", "Osaka", 34.69, 135.5),
  region("ap-east-1", "Hong Kong", 22.3, 114.18),
  region("ap-east-2", "Taipei", 25.03, 121.57),
];

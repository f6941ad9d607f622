/**
 * Where the regions of large clouds are, as points where the ground can think: the public regions of
 * Amazon Web Services outside China, and those of Google Cloud in other cities; each at its city, or the
 * town that its data centres are known by (docs/explanation/ground.md#regions). The buildings of a region
 * lie within tens of kilometres.
 * @module
 */
import { degrees } from "../units.ts";
import type { GroundPoint } from "./ground-point.ts";

/** A place on the ground with accelerators. */
export interface CloudRegion extends GroundPoint {
  /** As its cloud names it. */
  readonly name: string;
  readonly cloud: "aws" | "google";
  readonly city: string;
}

const region = (cloud: CloudRegion["cloud"]) =>
(
  name: string,
  city: string,
  lat: number,
  lon: number,
): CloudRegion => ({ name, cloud, city, lat: degrees(lat), lon: degrees(lon) });
const aws = region("aws");
const google = region("google");

/** The regions of every deployment, in no order that means anything. */
export const CLOUD_REGIONS: readonly CloudRegion[] = [
  aws("us-east-1", "Ashburn", 39.04, -77.49),
  aws("us-east-2", "Columbus", 39.96, -83),
  aws("us-west-1", "San Jose", 37.34, -121.89),
  aws("us-west-2", "Boardman", 45.84, -119.7),
  aws("ca-central-1", "Montreal", 45.5, -73.57),
  aws("ca-west-1", "Calgary", 51.05, -114.07),
  aws("mx-central-1", "Querétaro", 20.59, -100.39),
  aws("sa-east-1", "São Paulo", -23.55, -46.63),
  aws("eu-west-1", "Dublin", 53.35, -6.26),
  aws("eu-west-2", "London", 51.51, -0.13),
  aws("eu-west-3", "Paris", 48.86, 2.35),
  aws("eu-central-1", "Frankfurt", 50.11, 8.68),
  aws("eu-central-2", "Zurich", 47.38, 8.54),
  aws("eu-north-1", "Stockholm", 59.33, 18.07),
  aws("eu-south-1", "Milan", 45.46, 9.19),
  aws("eu-south-2", "Zaragoza", 41.65, -0.89),
  aws("il-central-1", "Tel Aviv", 32.09, 34.78),
  aws("me-south-1", "Manama", 26.23, 50.59),
  aws("me-central-1", "Dubai", 25.2, 55.27),
  aws("af-south-1", "Cape Town", -33.92, 18.42),
  aws("ap-south-1", "Mumbai", 19.08, 72.88),
  aws("ap-south-2", "Hyderabad", 17.39, 78.49),
  aws("ap-southeast-1", "Singapore", 1.35, 103.82),
  aws("ap-southeast-2", "Sydney", -33.87, 151.21),
  aws("ap-southeast-3", "Jakarta", -6.21, 106.85),
  aws("ap-southeast-4", "Melbourne", -37.81, 144.96),
  aws("ap-southeast-5", "Kuala Lumpur", 3.14, 101.69),
  aws("ap-southeast-6", "Auckland", -36.85, 174.76),
  aws("ap-southeast-7", "Bangkok", 13.76, 100.5),
  aws("ap-northeast-1", "Tokyo", 35.68, 139.69),
  aws("ap-northeast-2", "Seoul", 37.57, 126.98),
  aws("ap-northeast-3", "Osaka", 34.69, 135.5),
  aws("ap-east-1", "Hong Kong", 22.3, 114.18),
  aws("ap-east-2", "Taipei", 25.03, 121.57),
  google("us-central1", "Council Bluffs", 41.26, -95.86),
  google("us-south1", "Dallas", 32.78, -96.8),
  google("us-west2", "Los Angeles", 34.05, -118.24),
  google("us-west3", "Salt Lake City", 40.76, -111.89),
  google("us-west4", "Las Vegas", 36.17, -115.14),
  google("us-east1", "Moncks Corner", 33.2, -80.01),
  google("southamerica-west1", "Santiago", -33.45, -70.67),
  google("europe-north1", "Hamina", 60.57, 27.19),
  google("europe-west1", "St. Ghislain", 50.47, 3.82),
  google("europe-west4", "Eemshaven", 53.44, 6.83),
  google("europe-central2", "Warsaw", 52.23, 21.01),
  google("europe-southwest1", "Madrid", 40.42, -3.7),
  google("africa-south1", "Johannesburg", -26.2, 28.05),
  google("asia-south2", "Delhi", 28.61, 77.21),
  google("me-central1", "Doha", 25.29, 51.53),
  google("me-central2", "Dammam", 26.42, 50.09),
];

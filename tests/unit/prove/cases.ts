/**
 * An execution as the product makes it, without a mesh: the place that serves it, the node's own admission,
 * and the sums of its receipt.
 * @module
 */
import { charge, type PriceList } from "../../../mesh/billing/receipt.ts";
import { lookAngles, siteOf } from "../../../mesh/geo/site.ts";
import { npuDraw, npuTime } from "../../../mesh/node/profile.ts";
import { DEFAULT_PROFILE } from "../../../mesh/node/profile.ts";
import { generatedConstellation } from "../../../mesh/orbit/constellation.ts";
import { ephemerisOf } from "../../../mesh/orbit/ephemeris.ts";
import { ShellAlmanac } from "../../../mesh/orbit/shell-almanac.ts";
import type { Shell } from "../../../mesh/orbit/shells.ts";
import { countryBelow } from "../../../contract/countries.ts";
import { elementBytes } from "../../../contract/tensor.ts";
import { DEFAULT_RATES, lightTime, transferTime } from "../../../mesh/placement/links.ts";
import { degrees, type EpochMs, epochMs, joules, km, seconds } from "../../../mesh/units.ts";
import { MODELS } from "../../../models/catalogue.ts";
import type { Execution } from "../../../prove/execution.ts";
import type { Known } from "../../../prove/known.ts";
import { shellSky } from "../../../prove/sky.ts";

const SHELLS: Shell[] = [{
  code: "A",
  altitude_km: 550,
  inclination_deg: 53,
  planes: 4,
  per_plane: 5,
  phasing: 1,
}];
const FLOWN = generatedConstellation("test", SHELLS);
const ALMANAC = new ShellAlmanac(FLOWN);

/** What is known of the mesh that ran it. */
export const known = (prices: readonly PriceList[]): Known => ({
  sky: shellSky("test", SHELLS),
  npuOf: () => DEFAULT_PROFILE,
  rates: DEFAULT_RATES,
  prices,
  tokens: new Map(),
  uploaded: new Map(),
});

/**
 * One run: of drive-rss by rows, or of telemetry-anomaly by windows and their readings.
 * @param speed of the NPU
 * @param members of its run
 * @param over_link from the node before
 */
export function executionAt(
  at_ms: number,
  { prices, rows = 40, windows, speed = 1, members = 1, alt_m = 0, over_link = false }: {
    prices: PriceList;
    rows?: number;
    windows?: [number, number];
    speed?: number;
    members?: number;
    alt_m?: number;
    over_link?: boolean;
  },
): Execution {
  const spec = MODELS.get(windows ? "telemetry-anomaly" : "drive-rss")!;
  const shapes = [windows ?? [rows, 6]];
  const operations = spec.operations(shapes);
  const index = Math.abs(Math.floor(at_ms)) % FLOWN.count;
  const node = FLOWN.id(index);
  const at = epochMs(at_ms);
  const ran = ephemerisOf(FLOWN.elements(index))(at)!;
  const { lat, lon, alt } = ran.sub_point;
  const first = over_link ? (index + FLOWN.count - 1) % FLOWN.count : index;
  const above = ephemerisOf(FLOWN.elements(first))(at)!.sub_point;
  const origin = { lat: Math.round(above.lat * 10) / 10, lon: Math.round(above.lon * 10) / 10 };
  const xyz = new Float64Array(3);
  ALMANAC.at(at).position(first, xyz);
  const place = { lat: degrees(origin.lat), lon: degrees(origin.lon), alt: km(alt_m / 1e3) };
  const look = lookAngles(siteOf(place), { x: xyz[0], y: xyz[1], z: xyz[2] });
  const npu = npuTime(operations, speed, DEFAULT_PROFILE);
  const own = seconds(npu - DEFAULT_PROFILE.npu_dispatch * (1 - 1 / members));
  const run = seconds(npu + (members - 1) * 1e-9);
  const energy = joules(own * npuDraw(speed, DEFAULT_PROFILE));
  const bytes_up = 300;
  const bytes_down = spec.outputShapes(shapes).reduce(
    (sum, shape, i) =>
      sum + elementBytes(spec.outputs[i].datatype)! * shape.reduce((a, b) => a * b, 1),
    0,
  );
  const used = charge(
    { operations, energy_j: energy, npu_s: own, bytes_up, bytes_down },
    prices,
  );
  const light_time_ms = 2 * lightTime(km(look.slant_range + linkBetween(first, index, at))) * 1e3;
  const transfer_ms = (transferTime(bytes_up, DEFAULT_RATES.up_bps) +
    transferTime(bytes_down, DEFAULT_RATES.down_bps)) * 1e3;
  const npu_ms = run * 1e3;
  const instant = new Date(Math.floor(at_ms)).toISOString();
  const id = `run-${at_ms}`;
  const shared = { id, node, region: "weur", model: spec.name, class: "interactive" };
  return {
    receipt: {
      ...shared,
      executed_at: instant,
      recorded_at: instant,
      key: "key",
      model_version: spec.version,
      ...used,
      price_list: prices.id,
      waived_microcredits: 0,
      invoice: null,
      prompt_tokens: null,
      completion_tokens: null,
      per_mega_prompt_token: null,
      per_mega_completion_token: null,
    },
    placement: {
      ...shared,
      placed_at: instant,
      origin,
      attempts: 1,
      radio: "light",
      country: countryBelow(lat, lon),
      policy: null,
      elevation_deg: look.elevation,
      azimuth_deg: look.azimuth,
      slant_range_km: look.slant_range,
      sub_point: { lat, lon, alt_km: alt },
      sunlit: ran.sunlit,
      path: over_link ? [FLOWN.id(first), node] : [node],
      modelled: {
        light_time_ms,
        transfer_ms,
        wait_ms: 0,
        npu_ms,
        access_ms: 0,
        total_ms: light_time_ms + transfer_ms + 0 + npu_ms,
        energy_mj: energy * 1e3,
      },
    },
  };
}

function linkBetween(from: number, to: number, at: EpochMs): number {
  const [a, b] = [from, to].map((node) => {
    const xyz = new Float64Array(3);
    ALMANAC.at(at).position(node, xyz);
    return xyz;
  });
  const [dx, dy, dz] = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
  return Math.sqrt(dx * dx + dy * dy + dz * dz);
}

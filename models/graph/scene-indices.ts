/**
 * Graph of `scene-indices`: normalized differences and a cascade of published threshold tests.
 * Elementwise throughout, so the result for a pixel does not depend on its neighbours: no cloud
 * shadows, no texture, no time series. What that costs: docs/models.md#scene-indices.
 *
 * Sources:
 * - NDVI: Rouse, Haas, Schell, Deering 1974, Monitoring vegetation systems in the Great Plains
 *   with ERTS, NASA SP-351 I, 309-317.
 * - NDWI: McFeeters 1996, Int. J. Remote Sensing 17(7), 1425-1432.
 * - NDSI: Hall, Riggs, Salomonson 1995, Remote Sens. Environ. 54, 127-140; the ratio goes back to
 *   Dozier 1989, Remote Sens. Environ. 28, 9-22.
 * - NBR: Key, Benson 2006, FIREMON Landscape Assessment, USDA RMRS-GTR-164-CD, LA 1-55.
 * - Clouds: Zhu, Woodcock 2012 (Fmask), Remote Sens. Environ. 118, 83-94, equations 1-4.
 * - Char: Chuvieco, Martin, Palacios 2002, Int. J. Remote Sensing 23(23), 5103-5110.
 * - Bare soil: Sobrino, Jimenez-Munoz, Paolini 2004, Remote Sens. Environ. 90(4), 434-440.
 * @module
 */

import { SCENE_CLASSES, SCENE_INDICES } from "../scene-indices.ts";
import { expressions } from "./expressions.ts";
import { Graph } from "./graph.ts";
import type { GraphTensor } from "./operators.ts";

// Beyond it a value is fill or a scaled integer, not a reflectance: Sentinel-2's 16 bits end at
// 6.55, while Landsat fills with -9999 and integers scaled by 10,000 start far above.
const REFLECTANCE_MAX = 10;

// The least positive number of FP32.
const SMALLEST = 2 ** -149;

// Hall 1995: snow has NDSI >= 0.4, and NIR > 0.11 keeps water out.
const SNOW_NDSI_MIN = 0.4;
const SNOW_NIR = 0.11;
// Hall, Riggs, Salomonson 2001, MODIS snow ATBD: very dark targets have high NDSI by chance.
const SNOW_GREEN = 0.1;

// Fmask equation 1 without its temperature, which six bands cannot give.
const CLOUD_SWIR2 = 0.03;
const CLOUD_NDSI = 0.8;
const CLOUD_NDVI = 0.8;
// Fmask equation 2: clouds are white.
const CLOUD_WHITENESS = 0.7;
// Fmask equation 3, the haze optimized transformation: blue - red / 2 > 0.08.
const CLOUD_HAZE = 0.08;
// Fmask equation 4: bright rock is brighter in SWIR1 than in NIR.
const CLOUD_NIR_TO_SWIR1 = 0.75;

// McFeeters 1996: positive is water.
const WATER_NDWI = 0;

// Key and Benson 2006: burns are negative, dry soil and rock near zero; "near" is read as the 0.1
// that bounds their unburned class.
const BURNT_NBR = -0.1;
// Chuvieco 2002: the point on which charred surfaces converge, red 0.1 and NIR 0.06. The radius
// of 0.1 (Burned Area Index above 100) is ours: it keeps dry soil out, which NBR alone does not.
const CHAR_RED = 0.1;
const CHAR_NIR = 0.06;
const CHAR_RADIUS_SQUARED = 0.01;

// Sobrino 2004: below 0.2 is bare soil, above 0.5 full vegetation, between them a mixture.
const VEGETATION_NDVI_MIN = 0.2;

const CLASS = Object.fromEntries(SCENE_CLASSES.map((name, value) => [name, value])) as Record<
  typeof SCENE_CLASSES[number],
  number
>;

export function sceneIndices(): Graph {
  const graph = new Graph(SCENE_INDICES);
  const e = expressions(graph);

  const raw = graph.input("reflectance");
  const bands = [0, 1, 2, 3, 4, 5].map((index) => e.pick(raw, 1, index));
  const brightest = e.max(...bands);
  // Max and Min hand NaN on, and no comparison with NaN holds, so it counts as missing, too.
  const complete = e.and(
    e.lessOrEqual(brightest, REFLECTANCE_MAX),
    e.greaterOrEqual(e.min(...bands), -REFLECTANCE_MAX),
  );
  // A pixel that misses a band is all zero: by a bound, as native ONNX Runtime runs Where on one thread.
  const bound = e.mul(e.cast(complete, "FP32"), REFLECTANCE_MAX);
  const band = (raw: GraphTensor) =>
    // Atmospheric correction leaves small negative values in dark bands: they are taken as 0, and so is NaN.
    e.min(e.positive(raw), bound);
  const [blue, green, red, nir, swir1, swir2] = bands.map(band);

  const ndvi = normalizedDifference(nir, red, "ndvi");
  const ndwi = normalizedDifference(green, nir, "ndwi");
  const ndsi = normalizedDifference(green, swir1, "ndsi");
  const nbr = normalizedDifference(nir, swir2, "nbr");

  const seen = e.and(complete, e.greater(brightest, 0));
  const snow = all(
    e.greaterOrEqual(ndsi, SNOW_NDSI_MIN),
    e.greater(nir, SNOW_NIR),
    e.greater(green, SNOW_GREEN),
  );
  const cloud = all(
    e.greater(swir2, CLOUD_SWIR2),
    e.less(ndsi, CLOUD_NDSI),
    e.less(ndvi, CLOUD_NDVI),
    white(),
    e.greater(e.sub(blue, e.mul(red, 0.5)), CLOUD_HAZE),
    e.greater(nir, e.mul(swir1, CLOUD_NIR_TO_SWIR1)),
  );
  const water = e.greater(ndwi, WATER_NDWI);
  const burnt = e.and(
    e.less(nbr, BURNT_NBR),
    e.less(
      e.add(square(e.sub(red, CHAR_RED)), square(e.sub(nir, CHAR_NIR))),
      CHAR_RADIUS_SQUARED,
    ),
  );
  const vegetation = e.greaterOrEqual(ndvi, VEGETATION_NDVI_MIN);

  // Read from the last line up: the first test that holds decides. Snow comes before cloud, as
  // Fmask tells them apart by temperature; so clouds of ice can pass for snow.
  const bare = graph.constant([CLASS.bare], "UINT8", []);
  let land = e.where(vegetation, CLASS.vegetation, bare);
  land = e.where(burnt, CLASS.burnt, land);
  land = e.where(water, CLASS.water, land);
  land = e.where(cloud, CLASS.cloud, land);
  land = e.where(snow, CLASS.snow, land);
  e.where(seen, land, CLASS.none, "class");
  return graph;

  /** (a - b) / (a + b), and 0 where both are 0. In [-1, 1], as neither is negative. */
  function normalizedDifference(a: GraphTensor, b: GraphTensor, as: string): GraphTensor {
    // Where both are 0, this is 0 / SMALLEST; no other sum is as small.
    const sum = e.max(e.add(a, b), SMALLEST);
    return e.div(e.sub(a, b), sum, as);
  }

  /** sum |band - mean| / mean over the visible bands, without the division that a mean of 0 forbids. */
  function white(): GraphTensor {
    const mean = e.div(e.add(e.add(blue, green), red), 3);
    const [b, g, r] = [blue, green, red].map((visible) => e.abs(e.sub(visible, mean)));
    return e.less(e.add(e.add(b, g), r), e.mul(mean, CLOUD_WHITENESS));
  }

  function square(a: GraphTensor): GraphTensor {
    return e.mul(a, a);
  }

  function all(...tests: GraphTensor[]): GraphTensor {
    return tests.reduce((a, b) => e.and(a, b));
  }
}

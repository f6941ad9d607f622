/**
 * Outline of `scene-indices`: four spectral indices and a land-cover class for every pixel.
 * The graph and the sources of its thresholds: graph/scene-indices.ts and docs/models.md.
 * @module
 */

import type { Outline } from "./outline.ts";

/** Meaning of the values of the output `class`. */
export const SCENE_CLASSES = [
  "none",
  "cloud",
  "snow",
  "water",
  "vegetation",
  "burnt",
  "bare",
] as const;

const PIXELS = ["H", "W"];
const IMAGE = [1, ...PIXELS];

export const SCENE_INDICES: Outline = {
  name: "scene-indices",
  version: "1",
  title: "Spectral indices and land cover of a satellite scene",
  description: "Takes reflectance in six bands (blue, green, red, NIR, SWIR1, SWIR2; 0 to 1). " +
    "Gives NDVI, NDWI, NDSI and NBR, and a class by published thresholds: " +
    SCENE_CLASSES.map((name, value) => `${value} ${name}`).join(", "),
  inputs: [{ name: "reflectance", datatype: "FP32", dims: [1, 6, ...PIXELS] }],
  outputs: [
    { name: "ndvi", datatype: "FP32", dims: IMAGE },
    { name: "ndwi", datatype: "FP32", dims: IMAGE },
    { name: "ndsi", datatype: "FP32", dims: IMAGE },
    { name: "nbr", datatype: "FP32", dims: IMAGE },
    { name: "class", datatype: "UINT8", dims: IMAGE },
  ],
  // Pixels are independent, but the first dimension is always 1: one image a run.
  batch: null,
  tile: "H",
  limits: [{
    of: PIXELS,
    min: 1,
    max: 512 * 512,
    prevents: "the session's memory outgrowing 64 MB of an isolate",
  }],
};

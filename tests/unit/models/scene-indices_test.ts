import assert from "node:assert/strict";
import { SCENE_CLASSES } from "../../../models/scene-indices.ts";
import { type Random, seeded } from "../../support/random.ts";
import { type Pixel, plainPixel } from "./plain-scene-indices.ts";
import { open } from "./session.ts";

const run = await open("scene-indices");

/** Runs pixels as one image and gives the outputs back pixel by pixel. */
async function sense(pixels: number[][], height: number, width: number): Promise<Pixel[]> {
  const planes = Float32Array.from([0, 1, 2, 3, 4, 5].flatMap((b) => pixels.map((p) => p[b])));
  const out = await run(planes, [1, 6, height, width]);
  for (const name of ["ndvi", "ndwi", "ndsi", "nbr", "class"]) {
    assert.deepEqual(out[name].dims, [1, height, width]);
  }
  return pixels.map((_, i) => ({
    ndvi: out.ndvi.data[i],
    ndwi: out.ndwi.data[i],
    ndsi: out.ndsi.data[i],
    nbr: out.nbr.data[i],
    class: out.class.data[i],
  }));
}

const one = async (pixel: number[]) => (await sense([pixel], 1, 1))[0];

/** Spectra of each class, loosely after the USGS spectral library: the cases move around them. */
const SPECTRA = [
  [.55, .54, .55, .58, .45, .33],
  [.85, .85, .84, .78, .12, .09],
  [.08, .06, .035, .02, .008, .004],
  [.04, .07, .04, .42, .18, .08],
  [.05, .06, .07, .11, .18, .20],
  [.12, .17, .23, .30, .38, .34],
];

/** Ranges that no sensor gives, but that a request can hold. */
const ODD = [0, -0, -0.02, NaN, Infinity, -Infinity, -9999, 10, 10.000001, 7, 1e-45, 3e38];

function pixel(random: Random): number[] {
  const spectrum = random.pick(SPECTRA);
  const spread = random.pick([0.02, 0.1, 0.4]);
  return spectrum.map((r) => {
    if (random.chance(0.03)) return Math.fround(random.pick(ODD));
    if (random.chance(0.05)) return 0;
    const value = r + random.between(-spread, spread);
    // Steps of a hundredth land on the borders of the tests, where < and <= part.
    return Math.fround(random.chance(0.5) ? Math.round(value * 100) / 100 : value);
  });
}

Deno.test("scene-indices equals the plain pixel loop to the bit over 400 seeded images", async () => {
  const seen = new Map<number, number>();
  for (let seed = 1; seed <= 400; seed++) {
    const random = seeded(seed);
    const [height, width] = [random.integer(1, 12), random.integer(1, 12)];
    const pixels = Array.from({ length: height * width }, () => pixel(random));
    const got = await sense(pixels, height, width);
    pixels.forEach((bands, i) => {
      const want = plainPixel(bands);
      seen.set(want.class, (seen.get(want.class) ?? 0) + 1);
      for (const key of Object.keys(want) as (keyof Pixel)[]) {
        // == because the sign of a zero is no difference here.
        assert(
          got[i][key] == want[key],
          `seed ${seed}, pixel ${i} [${bands}]: ${key} ${got[i][key]}, want ${want[key]}`,
        );
      }
    });
  }
  for (const [value, name] of SCENE_CLASSES.entries()) {
    assert((seen.get(value) ?? 0) > 100, `too few cases of ${name}: ${seen.get(value)}`);
  }
});

Deno.test("scene-indices gives finite indices in [-1, 1] for any bits", async () => {
  for (let seed = 1; seed <= 50; seed++) {
    const random = seeded(seed);
    const bits = Uint32Array.from({ length: 6 * 64 }, () => random.integer(0, 2 ** 32 - 1));
    const out = await run(new Float32Array(bits.buffer), [1, 6, 8, 8]);
    for (const name of ["ndvi", "ndwi", "ndsi", "nbr"]) {
      for (const value of out[name].data) {
        assert(Math.abs(value) <= 1, `seed ${seed}: ${name} ${value}`);
      }
    }
    for (const value of out.class.data) {
      assert(value < SCENE_CLASSES.length, `seed ${seed}: ${value}`);
    }
  }
});

Deno.test("scene-indices gives 0, not NaN, where both bands of an index are 0", async () => {
  assert.deepEqual(await one([0, 0, 0, 0, 0, 0]), { ndvi: 0, ndwi: 0, ndsi: 0, nbr: 0, class: 0 });
  assert.equal((await one([.1, .1, 0, 0, .1, .1])).ndvi, 0);
});

Deno.test("scene-indices gives no class and zero indices to a pixel that misses one band", async () => {
  for (const missing of [NaN, Infinity, -9999, 10.1]) {
    for (let band = 0; band < 6; band++) {
      const got = await one(SPECTRA[3].with(band, missing));
      assert.deepEqual(
        got,
        { ndvi: 0, ndwi: 0, ndsi: 0, nbr: 0, class: 0 },
        `band ${band} ${missing}`,
      );
    }
  }
});

Deno.test("scene-indices takes small negative reflectance as 0", async () => {
  assert.deepEqual(await one([.05, .04, .02, -.01, -.002, 0]), await one([.05, .04, .02, 0, 0, 0]));
});

Deno.test("scene-indices knows the typical spectrum of each class, saturated clouds too", async () => {
  const names = (await sense(SPECTRA, 2, 3)).map((pixel) => SCENE_CLASSES[pixel.class]);
  assert.deepEqual(names, ["cloud", "snow", "water", "vegetation", "burnt", "bare"]);
  assert.equal(SCENE_CLASSES[(await one([1.6, 1.6, 1.6, 1.6, 1.6, 1.6])).class], "cloud");
});

Deno.test("scene-indices puts the borders of its tests where the papers put them", async () => {
  const class_ = async (pixel: number[]) => SCENE_CLASSES[(await one(pixel)).class];
  // NDVI exactly 0.2 (Sobrino: bare soil is below), as 3 / 15 in sixty-fourths.
  const [n, r] = [18 / 64, 12 / 64];
  assert.equal(await class_([.02, .1, r, n, .3, .3]), "vegetation");
  assert.equal(await class_([.02, .1, r, n - 2 ** -20, .3, .3]), "bare");
  // NDWI exactly 0 (McFeeters: water is above).
  assert.notEqual(await class_([.02, .125, .1, .125, .05, .05]), "water");
  assert.equal(await class_([.02, .125 + 2 ** -20, .1, .125, .08, .08]), "water");
  // NDSI exactly 0.4 (Hall: snow from there on), as 4 / 10.
  assert.equal(await class_([.05, 14 / 64, .1, .3, 6 / 64, .02]), "snow");
  assert.notEqual(await class_([.05, 14 / 64 - 2 ** -20, .1, .3, 6 / 64, .02]), "snow");
  // NDSI exactly 0.8 (Fmask: clouds are below), too dark in NIR for snow.
  assert.equal(await class_([.3, 18 / 64 - 2 ** -20, .3, .1, 2 / 64, .05]), "cloud");
  assert.notEqual(await class_([.3, 18 / 64, .3, .1, 2 / 64, .05]), "cloud");
  // NBR just above and just below -0.1 (Key and Benson: burnt is below).
  assert.equal(await class_([.05, .06, .08, .09, .1, .0901 * 1.1 / .9]), "burnt");
  assert.notEqual(await class_([.05, .06, .08, .09, .1, .0899 * 1.1 / .9]), "burnt");
  // NIR and green must exceed 0.11 and 0.1 for snow (Hall).
  assert.equal(await class_([.2, .2, .2, .12, .02, .02]), "snow");
  assert.notEqual(await class_([.2, .2, .2, .11, .02, .02]), "snow");
  assert.notEqual(await class_([.1, .1, .1, .12, .02, .02]), "snow");
});

/**
 * scene-indices once more, pixel by pixel and straight from the papers (docs/models.md).
 * In float32 after every step, so that the graph must agree with it to the bit.
 * @module
 */

const f = Math.fround;

export interface Pixel {
  ndvi: number;
  ndwi: number;
  ndsi: number;
  nbr: number;
  class: number;
}

export function plainPixel(bands: readonly number[]): Pixel {
  for (const band of bands) {
    if (!(Math.abs(band) <= 10)) return { ndvi: 0, ndwi: 0, ndsi: 0, nbr: 0, class: 0 };
  }
  const [blue, green, red, nir, swir1, swir2] = bands.map((band) => band > 0 ? f(band) : 0);
  const indices = {
    ndvi: ratio(nir, red),
    ndwi: ratio(green, nir),
    ndsi: ratio(green, swir1),
    nbr: ratio(nir, swir2),
  };

  function classify(): number {
    if (blue + green + red + nir + swir1 + swir2 === 0) return 0;
    if (indices.ndsi >= f(0.4) && nir > f(0.11) && green > f(0.1)) return 2;
    const mean = f(f(f(blue + green) + red) / 3);
    let unlike = 0;
    for (const visible of [blue, green, red]) unlike = f(unlike + Math.abs(f(visible - mean)));
    const hazy = f(blue - f(0.5 * red)) > f(0.08);
    if (
      swir2 > f(0.03) && indices.ndsi < f(0.8) && indices.ndvi < f(0.8) &&
      unlike < f(f(0.7) * mean) && hazy && nir > f(0.75 * swir1)
    ) return 1;
    if (indices.ndwi > 0) return 3;
    const red2 = f(f(red - f(0.1)) ** 2);
    const nir2 = f(f(nir - f(0.06)) ** 2);
    if (indices.nbr < f(-0.1) && f(red2 + nir2) < f(0.01)) return 5;
    return indices.ndvi >= f(0.2) ? 4 : 6;
  }
  return { ...indices, class: classify() };
}

function ratio(a: number, b: number): number {
  const sum = f(a + b);
  return sum === 0 ? 0 : f(f(a - b) / sum);
}

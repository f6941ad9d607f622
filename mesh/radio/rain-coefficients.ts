/**
 * Rain's attenuation per km, by Recommendation ITU-R P.838-3: dB/km = k R^alpha, with k and alpha by the
 * carrier's frequency. Taken for circular polarisation, which phased-array terminals use.
 * @module
 */

/** Of the sums in P.838-3, (2) and (3): rows of a, b, c; then m and c of the straight part. */
interface Fit {
  rows: readonly (readonly [a: number, b: number, c: number])[];
  slope: number;
  level: number;
}

// P.838-3, tables 1 to 4.
const K_H: Fit = {
  rows: [
    [-5.33980, -0.10008, 1.13098],
    [-0.35351, 1.26970, 0.45400],
    [-0.23789, 0.86036, 0.15354],
    [-0.94158, 0.64552, 0.16817],
  ],
  slope: -0.18961,
  level: 0.71147,
};
const K_V: Fit = {
  rows: [
    [-3.80595, 0.56934, 0.81061],
    [-3.44965, -0.22911, 0.51059],
    [-0.39902, 0.73042, 0.11899],
    [0.50167, 1.07319, 0.27195],
  ],
  slope: -0.16398,
  level: 0.63297,
};
const ALPHA_H: Fit = {
  rows: [
    [-0.14318, 1.82442, -0.55187],
    [0.29591, 0.77564, 0.19822],
    [0.32177, 0.63773, 0.13164],
    [-5.37610, -0.96230, 1.47828],
    [16.1721, -3.29980, 3.43990],
  ],
  slope: 0.67849,
  level: -1.95537,
};
const ALPHA_V: Fit = {
  rows: [
    [-0.07771, 2.33840, -0.76284],
    [0.56727, 0.95545, 0.54039],
    [-0.20238, 1.14520, 0.26809],
    [-48.2991, 0.791669, 0.116226],
    [48.5833, 0.791459, 0.116479],
  ],
  slope: -0.053739,
  level: 0.83433,
};

/** k and alpha of dB/km = k R^alpha, R in mm/h. */
export interface RainCoefficients {
  k: number;
  alpha: number;
}

/**
 * The coefficients at a frequency: (4) and (5) of P.838-3, where circular polarisation leaves the means.
 * @param ghz 1 to 1,000
 */
export function rainCoefficients(ghz: number): RainCoefficients {
  const x = Math.log10(ghz);
  const kH = 10 ** fitted(K_H, x);
  const kV = 10 ** fitted(K_V, x);
  const k = (kH + kV) / 2;
  return { k, alpha: (kH * fitted(ALPHA_H, x) + kV * fitted(ALPHA_V, x)) / (2 * k) };
}

function fitted({ rows, slope, level }: Fit, x: number): number {
  let sum = slope * x + level;
  for (const [a, b, c] of rows) sum += a * Math.exp(-(((x - b) / c) ** 2));
  return sum;
}

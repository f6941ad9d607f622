/**
 * The greatest sum of columns that fits: a linear programme of ones (a packing), solved by HiGHS and proved here.
 * An interior point is near the optimum after a third of the time that a vertex takes; whether it is near enough
 * is not HiGHS's word: the prices that come with it bound every solution from above (weak duality).
 * @module
 */
import loadHighs from "highs";

/** Columns, each 0 or more, and rows, each with an upper bound. */
export interface Packing {
  /** Column j is in the rows `indices[starts[j]]` to before `indices[starts[j + 1]]`. */
  starts: Int32Array;
  indices: Int32Array;
  /** By row; above 0. */
  upper: readonly number[];
}

// How far the sum may be below the greatest.
const GAP = 1e-6;

/**
 * Maximises the sum of all columns.
 * @returns by column: no row is over its bound, and no solution has a sum greater by more than a millionth
 * @throws Error if that cannot be proved
 */
export async function maximum(packing: Packing): Promise<Float64Array> {
  if (packing.starts.length === 1) return new Float64Array(0);
  for (const options of [{ solver: "ipm", run_crossover: "off" }, { solver: "simplex" }]) {
    const { columns, prices } = await solution(packing, options);
    const fitting = fitted(packing, columns);
    const sum = fitting.reduce((all, one) => all + one, 0);
    if (boundOf(packing, prices) <= sum * (1 + GAP)) return fitting;
  }
  throw new Error("No optimum of the linear programme can be proved");
}

/** Scaled down as far as a row is over its bound by rounding. */
function fitted({ starts, indices, upper }: Packing, columns: Float64Array): Float64Array {
  const activity = new Float64Array(upper.length);
  columns.forEach((value, j) => {
    for (let k = starts[j]; k < starts[j + 1]; k++) activity[indices[k]] += Math.max(0, value);
  });
  const over = activity.reduce((most, one, row) => Math.max(most, one / upper[row]), 1);
  return columns.map((value) => Math.max(0, value) / over);
}

/** What no solution is above: the rows at their prices, and what columns that are too cheap at those could add. */
function boundOf({ starts, indices, upper }: Packing, prices: Float64Array): number {
  let bound = upper.reduce((sum, one, row) => sum + one * prices[row], 0);
  // By the first row of a column, in which it is with no more than that row holds.
  const cheapest = new Float64Array(upper.length);
  for (let j = 0; j + 1 < starts.length; j++) {
    let price = 0;
    for (let k = starts[j]; k < starts[j + 1]; k++) price += prices[indices[k]];
    const first = indices[starts[j]];
    cheapest[first] = Math.max(cheapest[first], 1 - price);
  }
  cheapest.forEach((lack, row) => bound += lack * upper[row]);
  return bound;
}

/** What HiGHS gives, as far as it is used here; its own types are those of its other build. */
interface Highs {
  infinity: number;
  constants: { objectiveSense: { maximize: number } };
  createModel(data: unknown): {
    options: { set(values: Readonly<Record<string, unknown>>): void };
    run(): void;
    getSolution(): { colValue: Float64Array; rowDual: Float64Array };
    dispose(): void;
  };
}

// Once a process: it compiles 3.6 MB of WebAssembly.
let loading: Promise<Highs> | undefined;

async function solution(
  { starts, indices, upper }: Packing,
  options: Readonly<Record<string, unknown>>,
): Promise<{ columns: Float64Array; prices: Float64Array }> {
  const highs = await (loading ??= (loadHighs as unknown as () => Promise<Highs>)());
  const [numCols, numRows] = [starts.length - 1, upper.length];
  const model = highs.createModel({
    numCols,
    numRows,
    sense: highs.constants.objectiveSense.maximize,
    colCost: new Float64Array(numCols).fill(1),
    colLower: new Float64Array(numCols),
    colUpper: new Float64Array(numCols).fill(highs.infinity),
    rowLower: new Float64Array(numRows).fill(-highs.infinity),
    rowUpper: Float64Array.from(upper),
    matrix: {
      format: "csc",
      numRows,
      numCols,
      starts,
      indices,
      values: new Float64Array(indices.length).fill(1),
    },
  });
  try {
    model.options.set({ output_flag: false, ...options });
    model.run();
    const { colValue, rowDual } = model.getSolution();
    return {
      columns: Float64Array.from(colValue),
      // HiGHS minimises the sum's opposite. Prices of any size bound, if none is below 0.
      prices: Float64Array.from(rowDual, Math.abs),
    };
  } finally {
    model.dispose();
  }
}

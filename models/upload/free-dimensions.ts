/**
 * How large the free dimensions of a model may be: found by counting it for one size after another.
 * The limits are necessary, not sufficient: a request that keeps all of them is counted, too.
 * @module
 */

import { ModelError, NeedsInputs, TooLarge } from "../operations/model-error.ts";
import type { Model } from "../operations/model-file.ts";
import type { Limit } from "../outline.ts";
import { checkDemand, demandOf, type Weight } from "./demand.ts";
import type { PortFacts } from "./facts.ts";
import { byteSize } from "../operations/tensor.ts";
import { COUNT_VISITS_MAX, type Demand, SEARCH_VISITS_MAX } from "./limits.ts";

type Sizes = ReadonlyMap<string, number>;
/** `uncounted`: its inputs are not too large by themselves, and no visits were left to count the rest. */
type Probe = "fits" | "too_large" | "misfit" | "uncounted";

const PREVENTS = "a run of more operations or memory than any node has";

// Sizes at which exported networks run: most are multiples of their strides, some want one size only.
const BASES = [
  ...[1, 32, 64, 128, 224, 2, 3, 4, 5, 8, 16, 48, 80, 96, 160, 256, 320, 416, 512, 640, 10, 100],
  ...[1000, 1024, 16_000],
];

/** No tensor has a larger dimension, and so no search need go on. */
const SIZE_MAX = 2 ** 33;

/** Some 10 ms, after which whoever drives the search may serve others. */
const STEP_VISITS = 1_000;

/** Steps between the last size that fits and the first that does not: 1 % is exact enough. */
const BISECTIONS = 7;

export interface FreeDimensions {
  /** Sizes with which the model runs; null where none was found. */
  base: Sizes | null;
  limits: Limit[];
  /** Of the base, and the dearest that was found to fit; that one null if sizes were left uncounted. */
  smallest: Demand | null;
  largest: Demand | null;
  /** Why the last size that was tried did not fit. */
  misfit: ModelError | null;
}

export class DimensionSearch {
  readonly #model: Model;
  readonly #weight: Weight;
  readonly #inputs: readonly PortFacts[];
  readonly #text_bytes: number;
  /** Visits that are left for all counts together. */
  #visits = SEARCH_VISITS_MAX;
  /** What was left of them when the search stopped last. */
  #stopped_at = SEARCH_VISITS_MAX;
  readonly #names: string[];
  #largest: Demand | null = null;
  #misfit: ModelError | null = null;

  constructor(
    { model, weight, inputs, text_bytes }: {
      model: Model;
      weight: Weight;
      inputs: readonly PortFacts[];
      text_bytes: number;
    },
  ) {
    this.#model = model;
    this.#weight = weight;
    this.#inputs = inputs;
    this.#text_bytes = text_bytes;
    this.#names = [...new Set(inputs.flatMap(({ dims }) => dims))]
      .filter((dim) => typeof dim === "string");
  }

  /** Searches, in steps of STEP_VISITS, or of one count where that takes more. */
  *run(): Generator<void, FreeDimensions> {
    const { base, smallest } = yield* this.#base();
    if (!base) return { base, smallest, largest: null, limits: [], misfit: this.#misfit };
    const limits = yield* this.#limits(base);
    const largest = this.#visits > 0 ? this.#largest : null;
    return { base, smallest, largest, limits, misfit: null };
  }

  *#limits(base: Sizes): Generator<void, Limit[]> {
    const names = this.#names;
    if (names.length === 0) return [];
    const alone: number[] = [];
    for (const name of names) alone.push(yield* this.#most(base, [name]));
    const limits: Limit[] = names.map((name, i) => limit([name], alone[i]));
    if (names.length === 1) return limits;
    // Along one dimension, or along all of them: where the most elements fit.
    const rest = (name: string) => product(names.filter((one) => one !== name), base);
    const products = names.map((name, i) => alone[i] * rest(name));
    const together = yield* this.#most(base, names);
    const scale = together / base.get(names[0])!;
    products.push(product(names, base) * scale ** names.length);
    return [limit(names, Math.min(SIZE_MAX, Math.max(...products))), ...limits];
  }

  /** The largest size of the first of these names that is not too large, the others growing with it. */
  *#most(base: Sizes, names: readonly string[]): Generator<void, number> {
    const at = (factor: number): Sizes =>
      new Map([...base].map(([name, size]) => [
        name,
        names.includes(name) ? Math.max(1, Math.floor(size * factor)) : size,
      ]));
    const first = base.get(names[0])!;
    let [low, high] = [1, 2];
    while ((yield* this.#probe(at(high))) !== "too_large") {
      if (first * high > SIZE_MAX) return SIZE_MAX;
      low = high;
      high *= 4;
    }
    for (let i = 0; i < BISECTIONS && first * high > first * low + 1; i++) {
      const middle = low + Math.max(1, Math.floor((high - low) / 2));
      if (middle >= high) break;
      if ((yield* this.#probe(at(middle))) === "too_large") high = middle;
      else low = middle;
    }
    // Between the two it may fit: a limit that is told must not refuse what could run.
    return first * high - 1;
  }

  *#base(): Generator<void, { base: Sizes | null; smallest: Demand | null }> {
    const leading = new Set(
      this.#inputs.filter(({ dims }) => dims.length > 1).map(({ dims }) => dims[0]),
    );
    const isLed = this.#names.some((name) => leading.has(name)) &&
      !this.#names.every((name) => leading.has(name));
    for (const size of this.#names.length > 0 ? BASES : [1]) {
      for (const first of isLed && size > 1 ? [1, size] : [size]) {
        const sizes = new Map(
          this.#names.map((name) => [name, leading.has(name) ? first : size]),
        );
        const probe = yield* this.#probe(sizes);
        if (probe === "fits") return { base: sizes, smallest: this.#largest };
        if (this.#visits <= 0) return { base: null, smallest: null };
      }
    }
    return { base: null, smallest: null };
  }

  /** Whatever else is wrong with them. */
  #inputBytes(shapes: Record<string, number[]>): number {
    return this.#model.inputs.reduce((sum, { name, type }) => {
      const elements = shapes[name].reduce((n, size) => n * size, 1);
      return sum + elements * byteSize({ dims: [], type }, this.#text_bytes);
    }, 0);
  }

  *#probe(sizes: Sizes): Generator<void, Probe> {
    const probe = this.#tried(sizes);
    if (this.#stopped_at - this.#visits >= STEP_VISITS) {
      this.#stopped_at = this.#visits;
      yield;
    }
    return probe;
  }

  #tried(sizes: Sizes): Probe {
    const shapes = Object.fromEntries(this.#inputs.map(({ name, dims }) => [
      name,
      dims.map((dim) => typeof dim === "number" ? dim : sizes.get(dim)!),
    ]));
    const budget = { visits: COUNT_VISITS_MAX };
    try {
      checkDemand({ memory_bytes: this.#inputBytes(shapes) });
      // A limit that is told must not refuse what could run: requests of these sizes are counted anyway.
      if (this.#visits <= 0) return "uncounted";
      const { demand } = demandOf(this.#model, this.#weight, {
        shapes,
        text_bytes: this.#text_bytes,
        budget,
      });
      if (!this.#largest || demand.operations >= this.#largest.operations) this.#largest = demand;
      return "fits";
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      if (error instanceof TooLarge) {
        this.#misfit ??= error;
        return "too_large";
      }
      // What an input's elements decide about is more to the point than a size that does not fit.
      if (!(this.#misfit instanceof NeedsInputs)) this.#misfit = error;
      return "misfit";
    } finally {
      this.#visits -= COUNT_VISITS_MAX - budget.visits;
    }
  }
}

const product = (names: readonly string[], sizes: Sizes): number =>
  names.reduce((n, name) => n * sizes.get(name)!, 1);

const limit = (of: readonly string[], max: number): Limit => ({
  of,
  min: 1,
  max: Math.max(1, Math.floor(max)),
  prevents: PREVENTS,
});

/**
 * Loop: it costs its body times a trip count that is known, or that the graph itself bounds. A bound which is
 * only declared counts where the trip count comes with a request, which is then held to it.
 * @module
 */

import { callLabel } from "./call.ts";
import {
  bodyOf,
  bytesOf,
  type Control,
  eitherOf,
  FOLLOWED_MAX,
  iterate,
  scalarOf,
  settle,
} from "./control.ts";
import { ModelError, NeedsInputs, TooLarge } from "./model-error.ts";
import type { ModelGraph } from "./model-file.ts";
import { subgraphsOf } from "./subgraphs.ts";
import type { Tally } from "./tally.ts";
import { BOOL, factOf, INT64, type TensorFact } from "./tensor.ts";

/** Metadata of the model: a bound on trip counts that come with requests. */
const MAX_TRIP_COUNT = "max_trip_count";

/** Visits of nodes for which a loop is followed without being asked for more. */
const FOLLOWED_VISITS = 1_000;

interface Trips {
  /** Infinity where only the condition ends the loop. */
  most: number;
  /** Whether it runs so often unless its condition ends it. */
  isExact: boolean;
}

/** How often a Loop runs at most. */
function tripsOf(control: Control): Trips {
  const { walking, call } = control;
  const count = call.optional(0);
  if (!count) return { most: Infinity, isExact: true };
  const known = scalarOf(control, 0);
  if (known !== null) return { most: Math.max(0, known), isExact: true };
  if (count.at_most !== Infinity) return { most: Math.max(0, count.at_most), isExact: false };
  if (count.asks.length > 0) {
    return { most: declaredTrips(control, count.asks), isExact: false };
  }
  const why = walking.model.metadata.has(MAX_TRIP_COUNT)
    ? `which a declared ${MAX_TRIP_COUNT} does not bound: let`
    : "which nothing bounds: make it constant, or let";
  return call.fail(
    `its trip count is computed from data, ${why} the graph take the Min of it and a constant`,
  );
}

/** A request is held to the declared bound: see checkTrips(). */
function declaredTrips({ walking, call }: Control, asks: readonly string[]): number {
  const declared = Number(walking.model.metadata.get(MAX_TRIP_COUNT) ?? NaN);
  if (Number.isSafeInteger(declared) && declared >= 0) return declared;
  throw new NeedsInputs(
    `${callLabel(call.node)}: its trip count comes with the request; declare ` +
      `${MAX_TRIP_COUNT} in the model's metadata to bound it`,
    asks,
  );
}

function checkTrips({ walking, call }: Control, trips: number): void {
  const declared = Number(walking.model.metadata.get(MAX_TRIP_COUNT) ?? NaN);
  // A constant that the file itself exceeds its bound by is as wrong as a request's.
  if (trips > declared) {
    call.fail(`it would run ${trips} times, and the model declares ${MAX_TRIP_COUNT} ${declared}`);
  }
}

interface Iteration {
  tally: Tally;
  goes_on: TensorFact;
  states: TensorFact[];
  scanned: TensorFact[];
}

const scalar = (type: number, value: number | null): TensorFact =>
  factOf({ dims: [], known: value === null ? null : { type, values: [value] }, type });

export function loop(control: Control): TensorFact[] {
  const { call, tally } = control;
  const body = bodyOf(call, "body");
  const starts = call.inputs.slice(2).map((_, i) => call.input(i + 2));
  const scans = body.outputs.length - 1 - starts.length;
  if (scans < 0) call.fail("its body gives fewer outputs than it has states");
  const trips = tripsOf(control);
  if (trips.most !== Infinity) checkTrips(control, trips.most);
  tally.node("Loop", 0);
  const once = (at: number | null, states: readonly TensorFact[]): Iteration => {
    // Whether it goes on has been asked before: in its body it is always true.
    const { tally, outputs } = iterate(control, body, [
      scalar(INT64, at),
      scalar(BOOL, 1),
      ...states,
    ]);
    return {
      tally,
      goes_on: outputs[0],
      states: outputs.slice(1, 1 + starts.length),
      scanned: outputs.slice(1 + starts.length),
    };
  };
  const first = scalarOf(control, 1);
  const isSure = !call.optional(1) || first === 1;
  if (first === 0 || trips.most === 0) return unrun(once(null, starts), starts);
  const looping = { once, starts, trips, isSure };
  if (trips.most === Infinity) return follow(control, looping);
  if (trips.most * sizeOf(body) <= FOLLOWED_VISITS) return follow(control, looping);
  try {
    return repeat(control, looping);
  } catch (error) {
    // What differs from one iteration to the next may still be followed, where they are few.
    const isOpen = error instanceof ModelError && !(error instanceof TooLarge);
    if (!isOpen || trips.most > FOLLOWED_MAX) throw error;
    return follow(control, looping);
  }
}

/** Nodes of a body, with those of the bodies in it. */
const sizeOf = (graph: ModelGraph): number =>
  graph.nodes.reduce(
    (sum, node) =>
      sum + 1 + subgraphsOf(node).reduce((n, inner) => n + FOLLOWED_MAX * sizeOf(inner), 0),
    0,
  );

const unrun = ({ scanned }: Iteration, starts: TensorFact[]): TensorFact[] => [
  ...starts,
  ...scanned.map((one) => ({ ...one, dims: [0, ...one.dims], known: null, at_most: Infinity })),
];

interface Looping {
  once(at: number | null, states: readonly TensorFact[]): Iteration;
  starts: TensorFact[];
}

/** Iteration after iteration, each with what the one before it left. */
function follow(
  control: Control,
  { once, starts, trips, isSure }: Looping & { trips: Trips; isSure: boolean },
): TensorFact[] {
  const { call, walking, tally } = control;
  let states = starts;
  // What it may end with, where it may end early.
  let ends: TensorFact[] | null = isSure && trips.isExact ? null : starts;
  let scanned: TensorFact[] = [];
  let inner = 0;
  let ran = 0;
  for (let goesOn = true; goesOn && ran < trips.most; ran++) {
    if (trips.most === Infinity && ran >= FOLLOWED_MAX) {
      call.fail(
        `it has no trip count, and its condition lets it run more than ${FOLLOWED_MAX} times`,
      );
    }
    const iteration = once(ran, states);
    tally.inner(iteration.tally, 1);
    inner = Math.max(inner, iteration.tally.peak_bytes + bytesOf(iteration.states, walking));
    states = iteration.states;
    scanned = ran === 0
      ? iteration.scanned
      : scanned.map((one, i) => eitherOf(one, iteration.scanned[i], call));
    const { known } = iteration.goes_on;
    goesOn = !known || known.values[0] !== 0;
    if (!known && trips.most === Infinity) {
      call.fail("it has no trip count, and its condition is computed from data: give it a count");
    }
    // Known to go on, it does not end here.
    if (!known || !trips.isExact) {
      ends = ends ? ends.map((end, i) => eitherOf(end, states[i], call)) : states;
    }
  }
  const finals = ends ? ends.map((end, i) => eitherOf(end, states[i], call)) : states;
  return leave(control, { finals, scanned, trips: ran, inner, isLoose: ends !== null });
}

/** The body once, with what holds in every iteration. */
function repeat(
  control: Control,
  { once, starts, trips }: Looping & { trips: Trips },
): TensorFact[] {
  const { call, walking, tally } = control;
  const { states, iteration } = settle(call, starts, (states) => once(null, states));
  tally.inner(iteration.tally, trips.most);
  const inner = iteration.tally.peak_bytes + bytesOf(iteration.states, walking);
  const isTrue = (fact: TensorFact | null) => !fact || fact.known?.values[0] === 1;
  return leave(control, {
    finals: states,
    scanned: iteration.scanned,
    trips: trips.most,
    inner,
    isLoose: !trips.isExact || !isTrue(iteration.goes_on) || !isTrue(call.optional(1)),
  });
}

function leave(
  { call, walking, tally }: Control,
  { finals, scanned, trips, inner, isLoose }: {
    finals: TensorFact[];
    scanned: TensorFact[];
    trips: number;
    inner: number;
    isLoose: boolean;
  },
): TensorFact[] {
  const stacked = scanned.map((one): TensorFact => {
    if (one.loose) call.fail("what it collects differs in shape from one iteration to the next");
    return { ...one, dims: [trips, ...one.dims], known: null, loose: isLoose, asks: [] };
  });
  // An engine collects them one by one before it joins them.
  tally.peak_bytes = inner + bytesOf(stacked, walking);
  return [...finals, ...stacked];
}

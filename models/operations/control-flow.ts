/**
 * If, Loop and Scan: how often a graph within a graph runs at most, and what it leaves.
 *
 * An If costs the dearer branch, unless its condition follows from shapes and constants. A Loop or Scan
 * costs its body times a trip count that is known, or that the graph itself bounds. A bound which is only
 * declared counts where the trip count comes with a request, which is then held to it.
 * @module
 */

import { type Call, callLabel } from "./call.ts";
import { ModelError, NeedsInputs, TooLarge } from "./model-error.ts";
import type { ModelGraph } from "./model-file.ts";
import { isGraph, subgraphsOf } from "./subgraphs.ts";
import type { Tally } from "./tally.ts";
import { BOOL, byteSize, type Dims, factOf, INT64, type TensorFact } from "./tensor.ts";
import { type Scope, walkGraph, type Walking } from "./walk.ts";

interface Control {
  walking: Walking;
  call: Call;
  scope: Scope;
  tally: Tally;
}

/** Metadata of the model: a bound on trip counts that come with requests. */
export const MAX_TRIP_COUNT = "max_trip_count";

// Beyond so many, what differs from one iteration to the next is not followed: its bounds are.
const FOLLOWED_MAX = 64;

/** Visits of nodes for which a loop is followed without being asked for more. */
const FOLLOWED_VISITS = 1_000;

// What holds of the states in every iteration is found in a few steps, or not at all.
const WIDENINGS_MAX = 6;

function bodyOf(call: Call, attribute: string): ModelGraph {
  const graph = call.node.attributes[attribute];
  return isGraph(graph) ? graph : call.fail(`attribute ${attribute} must be a graph`);
}

/** The one element of a condition or trip count; null where it is not known. */
function scalarOf({ walking, call }: Control, index: number): number | null {
  const fact = call.optional(index);
  if (!fact) return null;
  if (fact.known?.values.length === 1) return fact.known.values[0];
  for (const name of fact.asks) walking.deciding.add(name);
  return null;
}

function branch(control: Control): TensorFact[] {
  const { walking, call, scope, tally } = control;
  const [yes, no] = [bodyOf(call, "then_branch"), bodyOf(call, "else_branch")];
  call.input(0);
  const condition = scalarOf(control, 0);
  const taken = condition === null ? [yes, no] : [condition === 0 ? no : yes];
  const ran = taken.map((graph) => {
    if (graph.inputs.length > 0) call.fail("its branches must have no inputs");
    return walkGraph(walking, graph, scope.within());
  });
  const dearer = ran.reduce((a, b) => b.tally.operations > a.tally.operations ? b : a);
  tally.node("If", 0);
  tally.inner(dearer.tally, 1);
  // The dearer one need not be the slower one.
  tally.engine_ns += Math.max(...ran.map((one) => one.tally.engine_ns)) - dearer.tally.engine_ns;
  tally.peak_bytes = Math.max(...ran.map((one) => one.tally.peak_bytes));
  if (ran.length === 1) return ran[0].outputs;
  if (ran[0].outputs.length !== ran[1].outputs.length) {
    call.fail("its branches give different numbers of outputs");
  }
  return ran[0].outputs.map((one, i) => eitherOf(one, ran[1].outputs[i], call));
}

/** What holds of both. */
function eitherOf(a: TensorFact, b: TensorFact, call: Call): TensorFact {
  const same = sameDims(a.dims, b.dims);
  if (a.dims.length !== b.dims.length) {
    call.fail(
      `its results may be [${a.dims}] or [${b.dims}]: they must have the same number of dimensions`,
    );
  }
  const isKnown = same && a.known && b.known &&
    a.known.values.every((value, i) => value === b.known!.values[i]);
  return {
    dims: a.dims.map((size, axis) => Math.max(size, b.dims[axis])),
    known: isKnown ? a.known : null,
    type: a.type || b.type,
    loose: a.loose || b.loose || !same,
    at_most: Math.max(a.at_most, b.at_most),
    asks: [],
  };
}

const sameDims = (a: Dims, b: Dims): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);

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

/** One run of a body: its inputs are facts in the order of its graph. */
function iterate(
  { walking, call, scope }: Control,
  body: ModelGraph,
  inputs: readonly TensorFact[],
): { tally: Tally; outputs: TensorFact[] } {
  if (body.inputs.length !== inputs.length) {
    call.fail(`its body takes ${body.inputs.length} inputs, and is given ${inputs.length}`);
  }
  const inner = scope.within();
  body.inputs.forEach(({ name }, i) => inner.tensors.set(name, inputs[i]));
  return walkGraph(walking, body, inner);
}

const scalar = (type: number, value: number | null): TensorFact =>
  factOf({ dims: [], known: value === null ? null : { type, values: [value] }, type });

function loop(control: Control): TensorFact[] {
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

/** Finds shapes of the states that hold before and after every iteration. */
function settle<T extends { states: TensorFact[] }>(
  call: Call,
  starts: readonly TensorFact[],
  once: (states: readonly TensorFact[]) => T,
): { states: TensorFact[]; iteration: T } {
  let states = starts.map((one): TensorFact => ({ ...one, asks: [] }));
  for (let i = 0; i < WIDENINGS_MAX; i++) {
    const iteration = once(states);
    const next = states.map((one, i) => widened(one, eitherOf(one, iteration.states[i], call)));
    const isStable = next.every((one, i) =>
      sameDims(one.dims, states[i].dims) && one.loose === states[i].loose &&
      Boolean(one.known) === Boolean(states[i].known) && one.at_most === states[i].at_most
    );
    if (isStable) return { states: next, iteration };
    states = next;
  }
  return call.fail(
    `its states change their shapes with every iteration, which is followed for ${FOLLOWED_MAX} only`,
  );
}

/** A bound that grows once grows for ever. */
const widened = (before: TensorFact, after: TensorFact): TensorFact => ({
  ...after,
  at_most: after.at_most > before.at_most ? Infinity : after.at_most,
});

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

const bytesOf = (facts: readonly TensorFact[], { text_bytes }: Walking): number =>
  facts.reduce((sum, fact) => sum + byteSize(fact, text_bytes), 0);

function scan(control: Control): TensorFact[] {
  const { walking, call, tally } = control;
  const body = bodyOf(call, "body");
  const hasBatch = call.opset < 9;
  const first = hasBatch ? 1 : 0;
  if (hasBatch && call.inputs[0]) call.fail("sequence_lens is not read: leave it out");
  const inputs = call.inputs.slice(first).map((_, i) => call.input(i + first));
  const scans = call.int("num_scan_inputs");
  const kept = inputs.length - scans;
  if (scans < 1 || kept < 0) call.fail(`num_scan_inputs ${scans} is not among its inputs`);
  const batch = hasBatch ? inputs[0].dims[0] ?? call.fail("it has no batch") : 1;
  const unbatched = (fact: TensorFact) => hasBatch ? { ...fact, dims: fact.dims.slice(1) } : fact;
  const starts = inputs.slice(0, kept).map(unbatched);
  const axes = call.ints("scan_input_axes") ?? Array<number>(scans).fill(0);
  if (axes.length !== scans) call.fail(`scan_input_axes must be ${scans} integers`);
  const sliced = inputs.slice(kept).map(unbatched).map((fact, i) => {
    const axis = call.axis(axes[i], fact.dims.length);
    return { trips: fact.dims[axis], fact: elementOf(fact, axis) };
  });
  const trips = Math.max(...sliced.map(({ trips }) => trips));
  const isLoose = call.loose;
  if (!isLoose && sliced.some((one) => one.trips !== trips)) {
    call.fail("its scanned inputs have different lengths");
  }
  const { states, iteration } = settle(call, starts, (states) => {
    const { tally, outputs } = iterate(control, body, [
      ...states,
      ...sliced.map(({ fact }) => fact),
    ]);
    if (outputs.length < kept) call.fail("its body gives fewer outputs than it has states");
    return { tally, states: outputs.slice(0, kept), scanned: outputs.slice(kept) };
  });
  tally.node("Scan", 0);
  tally.inner(iteration.tally, batch * trips);
  const outAxes = call.ints("scan_output_axes") ?? iteration.scanned.map(() => 0);
  const front = hasBatch ? [batch] : [];
  const stacked = iteration.scanned.map((one, i): TensorFact => {
    const axis = call.axis(outAxes[i] ?? 0, one.dims.length + 1);
    const dims = [...front, ...one.dims.toSpliced(axis, 0, trips)];
    return { ...one, dims, known: null, loose: isLoose || one.loose, asks: [] };
  });
  tally.peak_bytes = iteration.tally.peak_bytes + bytesOf([...states, ...stacked], walking);
  return [...states.map((one) => ({ ...one, dims: [...front, ...one.dims] })), ...stacked];
}

const elementOf = (fact: TensorFact, axis: number): TensorFact => ({
  ...fact,
  dims: fact.dims.toSpliced(axis, 1),
  known: null,
  asks: [],
});

export const CONTROL: Readonly<Record<string, (control: Control) => TensorFact[]>> = {
  If: branch,
  Loop: loop,
  Scan: scan,
};

/** For those who list what is counted. */
export const CONTROL_NAMES = Object.keys(CONTROL);

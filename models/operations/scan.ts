/**
 * Scan: it costs its body once for each slice of what it scans.
 * @module
 */

import { bodyOf, bytesOf, type Control, iterate, settle } from "./control.ts";
import type { TensorFact } from "./tensor.ts";

export function scan(control: Control): TensorFact[] {
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

/**
 * If: it costs its dearer branch, unless its condition follows from shapes, constants or the request.
 * @module
 */

import { bodyOf, type Control, eitherOf, scalarOf } from "./control.ts";
import type { TensorFact } from "./tensor.ts";

export function branch(control: Control): TensorFact[] {
  const { walking, walk, call, scope, tally } = control;
  const [yes, no] = [bodyOf(call, "then_branch"), bodyOf(call, "else_branch")];
  call.input(0);
  const condition = scalarOf(control, 0);
  const taken = condition === null ? [yes, no] : [condition === 0 ? no : yes];
  const ran = taken.map((graph) => {
    if (graph.inputs.length > 0) call.fail("its branches must have no inputs");
    return walk(walking, graph, scope.within());
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

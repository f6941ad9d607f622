/**
 * What the NPU took of time and energy: by the operations, the hardware, and its speed, which falls with heat.
 *
 * At full speed all four figures follow to the last bit. A run that was slowed by heat, or that joined
 * others, has an unknown more: it is found from one of the four, and the other three are held against it.
 * @module
 */
import { type HardwareProfile, npuDraw, npuTime } from "../../mesh/node/profile.ts";
import { MODELS } from "../../models/catalogue.ts";
import { close, equal, type Equation, type Verdict } from "../equation.ts";
import { type Execution, type FieldPath, ofEach } from "../execution.ts";
import type { Known } from "../known.ts";
import { kindOf } from "../model-kind.ts";

// durable-objects/node/npu.ts joins no more asks in one run.
const MEMBERS_MAX = 16;
// What a quotient and a product lose against the mesh's own.
const RELATIVE = 1e-9;

/** At what speed a run went, and in how large a company, as its figures say. */
interface Operated {
  npu_s: number;
  energy_j: number;
  /** With others: then its node's time is that of all, which the export does not tell. */
  joined: boolean;
  /** By a speed that was found from the run's own figures. */
  solved: boolean;
}

/** Makes the equations. */
export function runEquations({ sky, npuOf }: Known): Equation[] {
  const operatedOf = ofEach((execution) => {
    const node = sky.node(execution.receipt.node);
    const npu = node && npuOf(node.group);
    return npu && operated(execution, npu);
  });
  const equation = (
    proves: FieldPath,
    check: (run: Operated, execution: Execution) => Verdict,
  ): Equation => ({
    proves,
    reads: () => ["receipt/operations", proves],
    check(execution) {
      const run = operatedOf(execution);
      return run ? check(run, execution) : { is: "open" };
    },
  });
  return [
    equation("placement/modelled/npu_ms", (run, { placement: { modelled: { npu_ms } } }) => {
      const own_ms = run.npu_s * 1e3;
      if (!run.joined) return within(npu_ms, own_ms, run);
      return npu_ms >= own_ms ? { is: "bounded" } : { is: "wrong", expected: own_ms };
    }),
    equation(
      "placement/modelled/energy_mj",
      (run, { placement: { modelled } }) => within(modelled.energy_mj, run.energy_j * 1e3, run),
    ),
    equation("receipt/npu_us", (run, { receipt }) => rounded(receipt.npu_us, run.npu_s * 1e6, run)),
    equation(
      "receipt/energy_mj",
      (run, { receipt }) => rounded(receipt.energy_mj, run.energy_j * 1e3, run),
    ),
  ];
}

const within = (found: number, expected: number, { solved }: Operated): Verdict =>
  close(found, expected, solved ? RELATIVE * expected : 0);

/** A receipt's whole units, rounded up. */
function rounded(found: number, exact: number, { solved }: Operated): Verdict {
  const expected = Math.ceil(exact);
  if (found === expected || !solved) return equal(found, expected);
  const near = [Math.ceil(exact * (1 - RELATIVE)), Math.ceil(exact * (1 + RELATIVE))];
  return near.includes(found) ? { is: "near" } : { is: "wrong", expected };
}

function operated(execution: Execution, npu: HardwareProfile): Operated {
  const { receipt, placement: { modelled } } = execution;
  const { operations } = receipt;
  const kind = kindOf(receipt);
  const joins = kind === "built_in" && MODELS.get(receipt.model)!.batch !== null;
  const whole = npuTime(operations, 1, npu);
  let best: { run: Operated; agree: number } | null = null;
  const offer = (run: Operated) => {
    const agree = agreeing(run, execution);
    if (!best || agree > best.agree) best = { run, agree };
  };
  for (let members = 1; members <= (joins ? MEMBERS_MAX : 1); members++) {
    const npu_s = whole - npu.npu_dispatch * (1 - 1 / members);
    const energy_j = npu_s * npuDraw(1, npu);
    // What a language model took is a share of what was booked for it: another rounding.
    offer({ npu_s, energy_j, joined: members > 1, solved: kind === "tokens" });
    if (best!.agree === 4) return best!.run;
  }
  if (best!.agree >= 3) return best!.run;
  for (const speed of speedsOf(operations, modelled, npu)) {
    if (!(speed >= npu.npu_speed_min * (1 - RELATIVE) && speed < 1)) continue;
    const npu_s = npuTime(operations, speed, npu);
    offer({ npu_s, energy_j: npu_s * npuDraw(speed, npu), joined: false, solved: true });
  }
  return best!.run;
}

/** How many of the four figures a run explains. */
function agreeing(run: Operated, { receipt, placement: { modelled } }: Execution): number {
  const own_ms = run.npu_s * 1e3;
  const verdicts = [
    run.joined ? close(0, 0, 0) : within(modelled.npu_ms, own_ms, run),
    within(modelled.energy_mj, run.energy_j * 1e3, run),
    rounded(receipt.npu_us, run.npu_s * 1e6, run),
    rounded(receipt.energy_mj, run.energy_j * 1e3, run),
  ];
  return verdicts.filter(({ is }) => is !== "wrong").length;
}

/** At which speeds the time, or the energy, would be what it is. */
function speedsOf(
  operations: number,
  { npu_ms, energy_mj }: { npu_ms: number; energy_mj: number },
  { npu_tops, npu_dispatch, npu_idle, npu_active }: HardwareProfile,
): number[] {
  const full_s = operations / (npu_tops * 1e12);
  const byTime = full_s / (npu_ms / 1e3 - npu_dispatch);
  // (full / s + d)(idle + (active - idle) s) = E: a quadratic in s.
  const span = npu_active - npu_idle;
  const a = npu_dispatch * span;
  const b = full_s * span + npu_dispatch * npu_idle - energy_mj / 1e3;
  const c = full_s * npu_idle;
  const root = Math.sqrt(b * b - 4 * a * c);
  return [byTime, (-b - root) / (2 * a), (-b + root) / (2 * a)];
}

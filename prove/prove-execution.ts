/**
 * Reckons an execution anew, and where that does not hold, finds the field whose change alone would make
 * all of it hold again.
 *
 * Each equation that does not hold has a wrong field among those that it reads. Of those that all of them
 * have in common, each is changed: to what an equation expects, and digit by digit. What is left are the
 * fields that can be the wrong one; most often there is one.
 * @module
 */
import type { Equation, Verdict } from "./equation.ts";
import { billEquations } from "./equations/bill.ts";
import { identityEquations } from "./equations/identity.ts";
import { lookEquations } from "./equations/look.ts";
import { positionEquations } from "./equations/position.ts";
import { runEquations } from "./equations/run.ts";
import { timingEquations } from "./equations/timing.ts";
import {
  type Execution,
  type FieldPath,
  type Value,
  valueAt,
  withValue,
  type Written,
} from "./execution.ts";
import type { Known } from "./known.ts";

/** A field that is not what it must be. */
export interface Fault {
  path: FieldPath;
  /** As the file writes it. */
  found: Value;
  /** Null where no value would do. */
  expected: Value;
  says?: string;
}

/** What became of the proof of one execution. */
export interface Proof {
  verdicts: ReadonlyMap<FieldPath, Verdict["is"]>;
  /** Each of them alone would explain all that does not hold; the likeliest first. None: it holds. */
  faults: Fault[];
  /** How many equations do not hold. */
  broken: number;
}

/** Proves executions of one mesh. */
export class Prover {
  readonly #equations: Equation[];

  constructor(known: Known) {
    const { equations: position, beganAt } = positionEquations(known);
    const { equations: look, placedAt } = lookEquations(known);
    this.#equations = [
      ...identityEquations(),
      ...look,
      ...position,
      ...billEquations(known),
      ...runEquations(known),
      ...timingEquations(known, { beganAt, placedAt }),
    ];
  }

  /**
   * Reckons one execution anew.
   * @param written its rows as files write them, for whoever looks for a digit; default: as values are
   */
  prove(execution: Execution, written: () => Written = () => execution): Proof {
    const verdicts = new Map<FieldPath, Verdict["is"]>();
    const wrong: { equation: Equation; verdict: Wrong }[] = [];
    for (const equation of this.#equations) {
      const verdict = equation.check(execution);
      verdicts.set(equation.proves, verdict.is);
      if (verdict.is === "wrong") wrong.push({ equation, verdict });
    }
    const faults = wrong.length === 0 ? [] : this.#diagnose(execution, wrong, written());
    return { verdicts, faults, broken: wrong.length };
  }

  #diagnose(
    execution: Execution,
    wrong: { equation: Equation; verdict: Wrong }[],
    written: Written,
  ): Fault[] {
    const read = wrong.map(({ equation }) => new Set(equation.reads(execution)));
    const suspects = [...read[0]].filter((path) => read.every((paths) => paths.has(path)));
    const targets = wrong.map(({ equation }) => equation.proves);
    suspects.sort((a, b) => Number(targets.includes(b)) - Number(targets.includes(a)));
    const first = wrong.map(({ equation }) => equation);
    const explanations = suspects.flatMap((path): Explanation[] => {
      const value = valueAt(execution, path);
      if (value === undefined) return [];
      const found = valueAt(written, path) ?? value;
      const holding = candidatesFor(path, found, typeof value, wrong).flatMap((expected) => {
        const exact = this.#exact(withValue(execution, path, expected), first);
        return exact === null ? [] : [{ fault: { path, found, expected }, exact }];
      });
      return bestOf([...holding]);
    });
    if (explanations.length > 0) return likeliest(explanations);
    const { equation: { proves }, verdict: { expected, says } } = wrong[0];
    const found = valueAt(written, proves) ?? valueAt(execution, proves) ?? null;
    return [{ path: proves, found, expected, says }];
  }

  /**
   * Says how many equations hold to the last bit.
   * @param first those that did not hold before: most changes fail by one of them
   * @returns null where one does not hold
   */
  #exact(execution: Execution, first: readonly Equation[]): number | null {
    if (first.some((equation) => equation.check(execution).is === "wrong")) return null;
    let exact = 0;
    for (const equation of this.#equations) {
      const { is } = equation.check(execution);
      if (is === "wrong") return null;
      if (is === "exact") exact++;
    }
    return exact;
  }
}

type Wrong = Extract<Verdict, { is: "wrong" }>;

/** A field whose change makes all hold, and how many equations then hold to the last bit. */
interface Explanation {
  fault: Fault;
  exact: number;
}

/**
 * Those that take the fewest changed digits: of a sum and its terms one alone changes a single one. Of
 * these, those by which the most is exact: a last digit lies within the tolerance of another equation.
 */
function likeliest(explanations: readonly Explanation[]): Fault[] {
  const changes = explanations.map(digitsChanged);
  const fewest = Math.min(...changes);
  const fewestChanged = explanations.filter((_, i) => changes[i] === fewest);
  const most = Math.max(...fewestChanged.map(({ exact }) => exact));
  return fewestChanged.filter(({ exact }) => exact === most).map(({ fault }) => fault);
}

/**
 * Of the values of one field that explain all, that by which the most is exact; of these, that of the fewest
 * changed digits: a run that heat slowed holds, to rounding, with several counts of few operations.
 */
function bestOf(holding: readonly Explanation[]): Explanation[] {
  return holding.toSorted((a, b) => b.exact - a.exact || digitsChanged(a) - digitsChanged(b))
    .slice(0, 1);
}

function digitsChanged({ fault: { found, expected } }: Explanation): number {
  const [a, b] = [`${found}`, `${expected}`];
  let changed = Math.abs(a.length - b.length);
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) changed++;
  return changed;
}

/** What may have stood there: what equations expect, then all that differ in one digit. */
function* candidatesFor(
  path: FieldPath,
  found: Value,
  type: string,
  wrong: readonly { equation: Equation; verdict: Wrong }[],
): Generator<Value> {
  for (const { equation, verdict } of wrong) {
    if (equation.proves === path && verdict.expected !== null) yield verdict.expected;
    for (const repair of verdict.repairs ?? []) if (repair.path === path) yield repair.value;
  }
  if (typeof found === "boolean") return yield !found;
  if (found === null) return;
  const text = String(found);
  for (let i = 0; i < text.length; i++) {
    if (!/\d/.test(text[i])) continue;
    for (let digit = 0; digit <= 9; digit++) {
      if (String(digit) === text[i]) continue;
      const changed = `${text.slice(0, i)}${digit}${text.slice(i + 1)}`;
      if (type === "string") yield changed;
      else if (Number.isFinite(Number(changed))) yield Number(changed);
    }
  }
}

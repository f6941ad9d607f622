/**
 * Proves all executions of an export.
 * @module
 */
import type { PriceList } from "../mesh/billing/receipt.ts";
import { epochMs } from "../mesh/units.ts";
import type { Verdict } from "./equation.ts";
import type { Execution, FieldPath, Value } from "./execution.ts";
import type { Exported, Place, Placed } from "./exported-rows.ts";
import { type Known, npusOf, type OperationBounds, type TokenModel } from "./known.ts";
import { repairedPrices } from "./price-faults.ts";
import { Prover } from "./prove-execution.ts";
import { catalogueSky, type ProvenSky, shellSky } from "./sky.ts";

/** A field of a row that is not what it must be. */
export interface RowFault extends Place {
  /** Of the execution or the price list. */
  id: string;
  /** With dots, as in the row. */
  field: string;
  found: Value;
  /** Null where no value would do. */
  expected: Value;
  says?: string;
}

/** Why one execution, or one price list, does not hold: one of these fields is wrong. */
export type Faults = readonly RowFault[];

/** How often each verdict was given on a field. */
export type Counts = Record<Verdict["is"], number>;

/** What was proved. */
export interface Result {
  executions: number;
  /** Of those, how many hold. */
  hold: number;
  faults: Faults[];
  fields: ReadonlyMap<FieldPath, Counts>;
}

/** What an execution's proof said, as it is made. */
export type Each = (
  id: string,
  verdicts: ReadonlyMap<FieldPath, Verdict["is"]>,
  holds: boolean,
) => void;

/**
 * Proves an export.
 * @param each is told of every execution
 * @throws RangeError where a file is missing without which nothing can be proved
 */
export function proveExport(exported: Exported, each: Each = () => {}): Result {
  const { pairs, faults } = paired(exported);
  const known = knownOf(exported);
  const priced = repairedPrices(known.prices, pairs.map(({ execution }) => execution));
  faults.push(...priced.faults.map(({ list, ...fault }): Faults => {
    const row = exported.prices.find(({ value }) => value.id === list);
    return [{ file: row?.file ?? "prices", row: row?.row ?? 0, id: list, ...fault }];
  }));
  const prover = new Prover({ ...known, prices: priced.prices });
  const fields = new Map<FieldPath, Counts>();
  let hold = 0;
  for (const { execution, receipt, placement } of pairs) {
    const proof = prover.prove(execution, () => ({
      receipt: receipt.written(),
      placement: placement.written(),
    }));
    for (const [path, is] of proof.verdicts) {
      let counts = fields.get(path);
      if (!counts) fields.set(path, counts = { exact: 0, near: 0, bounded: 0, open: 0, wrong: 0 });
      counts[is]++;
    }
    const holds = proof.faults.length === 0;
    each(execution.receipt.id, proof.verdicts, holds);
    if (holds) hold++;
    else {
      faults.push(proof.faults.map(({ path, ...fault }) => {
        const [part, ...names] = path.split("/");
        const { file, row } = part === "receipt" ? receipt : placement;
        return { file, row, id: execution.receipt.id, field: names.join("."), ...fault };
      }));
    }
  }
  return { executions: pairs.length, hold, faults, fields };
}

interface Pair {
  execution: Execution;
  receipt: Placed<unknown>;
  placement: Placed<unknown>;
}

/** Puts the two rows of each execution together; a row that is alone, or there twice, is a fault. */
function paired({ receipts, placements }: Exported): { pairs: Pair[]; faults: Faults[] } {
  const faults: Faults[] = [];
  const fault = ({ file, row, value: { id } }: Placed<{ id: string }>, says: string) =>
    faults.push([{ file, row, id, field: "id", found: id, expected: null, says }]);
  const byId = new Map<string, typeof placements[number]>();
  for (const placement of placements) {
    if (byId.has(placement.value.id)) fault(placement, "another placement has this id");
    else byId.set(placement.value.id, placement);
  }
  const seen = new Set<string>();
  const pairs = receipts.flatMap((receipt): Pair[] => {
    const { id } = receipt.value;
    const placement = byId.get(id);
    if (seen.has(id)) fault(receipt, "another receipt has this id");
    else if (!placement) fault(receipt, "no placement has this id");
    if (seen.has(id) || !placement) return [];
    seen.add(id);
    const execution = { receipt: receipt.value, placement: placement.value };
    return [{ execution, receipt, placement }];
  });
  for (const [id, placement] of byId) if (!seen.has(id)) fault(placement, "no receipt has this id");
  return { pairs, faults };
}

/**
 * What an export tells of its mesh.
 * @throws RangeError where a file is missing without which nothing can be proved
 */
export function knownOf(exported: Exported): Known {
  const { hardware, models, prices } = exported;
  const sky = skyOf(exported);
  if (hardware && hardware.constellation !== sky.name) {
    throw new RangeError(`The hardware is of ${hardware.constellation}, the sky of ${sky.name}`);
  }
  const tokens = new Map<string, TokenModel>();
  const uploaded = new Map<string, OperationBounds>();
  for (const { id, perigee } of models) {
    if ("operations_per_token" in perigee) tokens.set(id, perigee);
    // What a list says of a model, it says of its newest version: of several, no bounds are known.
    else if (perigee.versions.length === 1) {
      uploaded.set(id, { min: perigee.operations_min, max: perigee.operations_max });
    }
  }
  return {
    sky,
    npuOf: hardware ? npusOf(hardware) : () => null,
    rates: hardware?.links ?? null,
    prices: prices.map(({ value: { valid_from, ...list } }): PriceList => ({
      ...list,
      valid_from_ms: Date.parse(valid_from),
    })),
    tokens,
    uploaded,
  };
}

function skyOf(exported: Exported): ProvenSky {
  const { sky, omms } = exported;
  if (!sky) throw new RangeError("The files lack the sky: GET /v1/sky");
  if (sky.shells) return shellSky(sky.constellation, sky.shells);
  if (omms.length === 0) throw new RangeError("The files lack the elements: GET /v1/constellation");
  const name = sky.constellation;
  const [omm, tle] = (["omm", "tle"] as const).map((file) => catalogueSky(name, omms, file));
  const [byOmm, byTle] = [omm, tle].map((sky) => explained(exported, sky));
  // By angles that are rounded otherwise, hardly any place is the same to the last bit.
  return byOmm === byTle ? catalogueSky(name, omms, null) : byOmm > byTle ? omm : tle;
}

/** How many of the places below nodes a sky gives to the last bit, of runs at whole milliseconds. */
function explained({ receipts, placements }: Exported, sky: ProvenSky): number {
  const began = new Map(receipts.map(({ value: { id, executed_at } }) => [id, executed_at]));
  return placements.filter(({ value: { id, node, sub_point } }) => {
    const at_ms = Date.parse(began.get(id) ?? "");
    if (Number.isNaN(at_ms)) return false;
    return sky.node(node)?.ephemeris(epochMs(at_ms))?.sub_point.lat === sub_point.lat;
  }).length;
}

/**
 * Executions of which one digit was changed.
 * @module
 */
import {
  type Execution,
  type FieldPath,
  valueAt,
  withValue,
  type Written,
} from "../../prove/execution.ts";
import type { Random } from "./random.ts";

/** Every field of an execution that has digits, or is true or false, and that something else tells. */
export function tellingFields({ placement: { origin, path } }: Execution): FieldPath[] {
  const place: FieldPath[] = origin && "node" in origin
    ? ["placement/origin/node"]
    : ["placement/origin/lat", "placement/origin/lon"];
  return [
    "receipt/node",
    "receipt/executed_at",
    "receipt/operations",
    "receipt/energy_mj",
    "receipt/npu_us",
    "receipt/bytes_up",
    "receipt/bytes_down",
    "receipt/charge_microcredits",
    "receipt/waived_microcredits",
    "receipt/model_version",
    "receipt/prompt_tokens",
    "receipt/completion_tokens",
    "receipt/per_mega_prompt_token",
    "receipt/per_mega_completion_token",
    "placement/node",
    "placement/placed_at",
    ...place,
    ...path.map((_, i): FieldPath => `placement/path/${i}`),
    "placement/elevation_deg",
    "placement/azimuth_deg",
    "placement/slant_range_km",
    "placement/sub_point/lat",
    "placement/sub_point/lon",
    "placement/sub_point/alt_km",
    "placement/sunlit",
    "placement/modelled/light_time_ms",
    "placement/modelled/transfer_ms",
    "placement/modelled/wait_ms",
    "placement/modelled/npu_ms",
    "placement/modelled/energy_mj",
    "placement/modelled/total_ms",
  ];
}

/** An execution with one digit changed, and what its file then says there. */
export interface Tampered {
  execution: Execution;
  written: Written;
}

/**
 * Changes one digit of a field, or turns true to false.
 * @returns null where the field has none, or no other digit can stand there
 */
export function tampered(execution: Execution, path: FieldPath, random: Random): Tampered | null {
  const found = valueAt(execution, path);
  if (found === undefined || found === null) return null;
  if (typeof found === "boolean") {
    const turned = withValue(execution, path, !found);
    return { execution: turned, written: turned };
  }
  const text = String(found);
  const digits = [...text].flatMap((char, i) => /\d/.test(char) ? [i] : []);
  for (let tries = 0; digits.length > 0 && tries < 50; tries++) {
    const i = random.pick(digits);
    const changed = `${text.slice(0, i)}${random.integer(0, 9)}${text.slice(i + 1)}`;
    const value: number | string = typeof found === "string" ? changed : Number(changed);
    const isInstant = typeof found === "string" && found.endsWith("Z");
    if (value === found || (isInstant && Number.isNaN(Date.parse(changed)))) continue;
    // No number of JSON begins so.
    if (/^-?0\d/.test(changed) && typeof found === "number") continue;
    const bad = withValue(execution, path, value);
    return { execution: bad, written: withValue(bad, path, changed) };
  }
  return null;
}

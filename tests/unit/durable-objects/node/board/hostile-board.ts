/**
 * A board for simulations, which answers each run as its dice fall: right, or wrong in one of the ways
 * that a broken or hostile board has.
 * @module
 */
import { framesOf, headerOf } from "../../../../../contract/board-frames.ts";
import type { Tensor } from "../../../../../contract/tensor.ts";
import type { Random } from "../../../../support/random.ts";

/** What the board sends, in order: text is a message, bytes are a frame of data. */
export type Sent = string | Uint8Array<ArrayBuffer>;

/** The ways to answer; those of RIGHT are accepted if they come in time. */
export const RIGHT = ["right", "with a price of its own"] as const;
export const WRONG = [
  "never",
  "failed",
  "another shape",
  "another name",
  "another datatype",
  "too few outputs",
  "other bytes than the shape has",
  "data without a result",
  "malformed",
  "an unknown run",
  "nonsense",
] as const;
/** Right at first; what comes after it is out of place. */
export const EXCESS = ["twice at once", "more data than was told", "again, later"] as const;

export type Way = typeof RIGHT[number] | typeof WRONG[number] | typeof EXCESS[number];

export const MEASURED = {
  wall_ms: 3.5,
  energy_j: 0.25,
  energy_source: "rapl",
  temperature_k: 320,
} as const;

/** The script of one answer. @param outputs the right ones */
export function scriptOf(
  way: Way,
  { run, outputs, random }: { run: string; outputs: Tensor[]; random: Random },
): Sent[] {
  const answer = (change: object = {}, tensors = outputs, id = run): Sent[] => [
    JSON.stringify({
      type: "result",
      run: id,
      outputs: tensors.map(headerOf),
      measured: MEASURED,
      ...change,
    }),
    ...framesOf(id, tensors),
  ];
  const first = (change: object): object => ({
    outputs: outputs.map((output, i) =>
      i === 0 ? { ...headerOf(output), ...change } : headerOf(output)
    ),
  });
  switch (way) {
    case "right":
      return answer();
    case "with a price of its own":
      return answer({ charge_microcredits: 0, tenant_id: "other", node: "G1A-000-000", price: {} });
    case "never":
      return [];
    case "failed":
      return [JSON.stringify({ type: "failed", run, detail: "out of memory" })];
    case "another shape":
      return answer(first({ shape: [outputs[0].shape[0] + 1] }));
    case "another name":
      return answer(first({ name: "other" }));
    case "another datatype":
      return answer(first({ datatype: "INT32" }));
    case "too few outputs":
      return answer({}, outputs.slice(1));
    case "other bytes than the shape has":
      return answer(first({ bytes: headerOf(outputs[0]).bytes + 4 }));
    case "data without a result":
      return answer().slice(1);
    case "malformed":
      return [random.pick(["{", "[]", "null", '{"type":"result"}', '{"type":"price"}', "ping!"])];
    case "an unknown run":
      return answer({}, outputs, crypto.randomUUID());
    case "nonsense":
      return [new Uint8Array(random.integer(0, 15))];
    case "twice at once": {
      const [result, ...data] = answer();
      return [result, result, ...data];
    }
    case "more data than was told":
    case "again, later":
      return [...answer(), ...answer()];
  }
}

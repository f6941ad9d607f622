import assert from "node:assert/strict";
import { inspectModel } from "../../../models/upload/inspect.ts";
import { COUNT_VISITS_MAX, SEARCH_VISITS_MAX } from "../../../models/upload/limits.ts";
import { node, onnxFile } from "./onnx-file.ts";

/** One Relu after the other. */
function chain(length: number): Uint8Array<ArrayBuffer> {
  const nodes = Array.from({ length }, (_, i) => node("Relu", `x${i}`, `x${i + 1}`));
  return onnxFile({ inputs: { x0: ["N"] }, nodes, outputs: [`x${length}`] });
}

Deno.test("A search that can count no more sizes tells no limit that would refuse what could run", () => {
  const [short, long] = [10, 9_900];
  assert.ok(
    2 * long < COUNT_VISITS_MAX && 3 * 2 * long > SEARCH_VISITS_MAX,
    "two counts and no third",
  );
  const [few, many] = [short, long].map((length) => {
    const file = chain(length);
    return inspectModel(file, file.length);
  });
  assert.ok(few.demand!.largest !== null);
  assert.equal(many.demand!.largest, null, "nobody knows what the dearest run takes");
  // Inputs alone bound both: each Relu needs its input once more.
  assert.ok(many.limits[0].max >= few.limits[0].max, `${many.limits[0].max}`);
});

import assert from "node:assert/strict";
import { checkShapes, MODELS } from "../../../models/catalogue.ts";
import { open } from "./session.ts";

/** The documented answers are rounded to 4 decimals. */
const ROUNDING = 0.5e-4;

// deno-lint-ignore no-explicit-any -- files of our own, checked field by field below
const read = async (file: string): Promise<any> =>
  JSON.parse(await Deno.readTextFile(new URL(`../../../docs/examples/${file}`, import.meta.url)));

for (const spec of MODELS.values()) {
  Deno.test(`docs/examples/${spec.name}.json gives the answer beside it`, async () => {
    const { id, inputs: [input] } = await read(`${spec.name}.json`);
    assert.equal(checkShapes(spec, [input.shape]), null);
    assert.deepEqual([input.name, input.datatype], [spec.inputs[0].name, spec.inputs[0].datatype]);
    const outputs = await (await open(spec.name))(Float32Array.from(input.data), input.shape);

    const answer = await read(`${spec.name}.response.json`);
    assert.deepEqual(
      [answer.id, answer.model_name, answer.model_version],
      [id, spec.name, spec.version],
    );
    assert.equal(answer.outputs.length, spec.outputs.length);
    for (const [i, { name, datatype }] of spec.outputs.entries()) {
      const want = answer.outputs[i];
      const got = outputs[name];
      assert.deepEqual([want.name, want.datatype, want.shape], [name, datatype, got.dims]);
      assert.equal(want.data.length, got.data.length);
      got.data.forEach((value, at) => {
        assert(Math.abs(value - Number(want.data[at])) <= ROUNDING, `${name}[${at}]: ${value}`);
      });
    }
  });
}

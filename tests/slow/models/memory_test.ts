import assert from "node:assert/strict";
import { MODELS } from "../../../models/catalogue.ts";
import { seeded } from "../../support/random.ts";

const MEMORY_BYTES_MAX = 64 * 2 ** 20;

/** The runtime's memory, which it imports; wrapped before the runtime is loaded. */
let memory: WebAssembly.Memory | undefined;
const instantiate = WebAssembly.instantiate;
WebAssembly.instantiate = ((source: BufferSource, imports: WebAssembly.Imports) => {
  memory ??= Object.values(imports).flatMap((namespace) => Object.values(namespace))
    .find((value) => value instanceof WebAssembly.Memory);
  return instantiate(source, imports);
}) as typeof WebAssembly.instantiate;
const { open } = await import("../../unit/models/session.ts");

Deno.test("the limits keep the runtime's memory within 64 MB, whatever shapes come", async () => {
  const shapes: [string, number[]][] = [
    ["scene-indices", [1, 6, 512, 512]],
    ["scene-indices", [1, 6, 1, 512 * 512]],
    ["telemetry-anomaly", [512, 512]],
    ["telemetry-anomaly", [512 * 512, 1]],
    ["telemetry-anomaly", [1, 512 * 512]],
    ["drive-rss", [512 * 512, 6]],
  ];
  const random = seeded(1);
  for (let i = 0; i < 40; i++) {
    shapes.push(["scene-indices", [1, 6, random.integer(1, 300), random.integer(1, 300)]]);
    shapes.push(["telemetry-anomaly", [random.integer(1, 300), random.integer(1, 300)]]);
  }
  const runs = new Map(
    await Promise.all([...MODELS.keys()].map(async (name) => [name, await open(name)] as const)),
  );
  for (const [name, shape] of shapes) {
    const data = new Float32Array(shape.reduce((a, b) => a * b)).map(() => random.next());
    await runs.get(name)!(data, shape);
    const bytes = memory!.buffer.byteLength;
    assert(bytes <= MEMORY_BYTES_MAX, `${bytes} bytes after ${name} [${shape}]`);
  }
});

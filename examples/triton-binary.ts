/**
 * Asks with binary tensors, as Triton's client does: no element is written as text.
 *
 *   npx deno run -A examples/triton-binary.ts
 *
 * PERIGEE_URL is the mesh (http://localhost:8787, where npx deno task dev serves); PERIGEE_KEY is a
 * tenant's key (the development key, from .perigee/secrets.json in the folder that this runs in).
 * @module
 */
import { readFileSync } from "node:fs";
import { endianness } from "node:os";
import { env } from "node:process";

const MESH = env.PERIGEE_URL ?? "http://localhost:8787";
const KEY = env.PERIGEE_KEY ?? JSON.parse(readFileSync(".perigee/secrets.json", "utf8")).dev_key;

// Tensors are little-endian on the wire, and typed arrays as the machine has it.
if (endianness() !== "LE") throw new Error("This machine's typed arrays are not the wire's");

/** Half of the scene is water, half forest: blue, green, red, NIR and two of short-wave infrared. */
const [height, width] = [256, 256];
const WATER = [0.06, 0.05, 0.03, 0.01, 0.005, 0.003];
const FOREST = [0.02, 0.05, 0.03, 0.45, 0.2, 0.1];
const scene = Float32Array.from({ length: 6 * height * width }, (_, i) => {
  const land = i % width < width / 2 ? WATER : FOREST;
  return land[Math.floor(i / (height * width))];
});

const head = new TextEncoder().encode(JSON.stringify({
  inputs: [{
    name: "reflectance",
    datatype: "FP32",
    shape: [1, 6, height, width],
    parameters: { binary_data_size: scene.byteLength },
  }],
  outputs: ["ndvi", "class"].map((name) => ({ name, parameters: { binary_data: true } })),
  parameters: { origin_lat: 48.8566, origin_lon: 2.3522 },
}));

const response = await fetch(`${MESH}/v2/models/scene-indices/infer`, {
  method: "POST",
  headers: {
    Authorization: `Bearer ${KEY}`,
    "Content-Type": "application/octet-stream",
    "Inference-Header-Content-Length": String(head.length),
  },
  body: new Blob([head, scene]),
});
if (!response.ok) throw new Error((await response.json()).error);

const body = await response.arrayBuffer();
let at = Number(response.headers.get("Inference-Header-Content-Length"));
const { outputs, parameters } = JSON.parse(new TextDecoder().decode(body.slice(0, at)));
const tensors = new Map<string, ArrayBuffer>();
for (const { name, parameters: { binary_data_size } } of outputs) {
  tensors.set(name, body.slice(at, at += binary_data_size));
}
const ndvi = new Float32Array(tensors.get("ndvi")!);
const classes = new Uint8Array(tensors.get("class")!);
const pixels = (wanted: number) => classes.filter((one) => one === wanted).length;

const down = ndvi.byteLength + classes.byteLength;
console.log(`${scene.byteLength} bytes of tensors up, ${down} down, from ${parameters.node}`);
console.log(`NDVI: water ${ndvi[0].toFixed(3)}, forest ${ndvi[width - 1].toFixed(3)}`);
console.log(`${pixels(3)} pixels of water, ${pixels(4)} of vegetation`);

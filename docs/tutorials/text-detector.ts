import { env } from "node:process";

const MESH = env.PERIGEE_URL ?? "http://localhost:8787";
const headers = { Authorization: `Bearer ${env.KEY}` };

const [WIDTH, HEIGHT] = [320, 160];
const GLYPHS: Record<string, string> = {
  B: "11110 10001 10001 11110 10001 10001 11110",
  E: "11111 10000 10000 11110 10000 10000 11111",
  G: "01110 10001 10000 10111 10001 10001 01110",
  I: "01110 00100 00100 00100 00100 00100 01110",
  O: "01110 10001 10001 10001 10001 10001 01110",
  P: "11110 10001 10001 11110 10000 10000 10000",
  R: "11110 10001 10001 11110 10100 10010 10001",
  T: "11111 00100 00100 00100 00100 00100 00100",
};

/** Draws a text with pixels of `size`, its upper left corner at (x, y). */
function draw(picture: Float32Array, text: string, at: { x: number; y: number; size: number }) {
  [...text].forEach((letter, i) => {
    GLYPHS[letter].split(" ").forEach((row, v) => {
      [...row].forEach((bit, u) => {
        if (bit === "0") return;
        const [left, top] = [at.x + (6 * i + u) * at.size, at.y + v * at.size];
        for (let y = top; y < top + at.size; y++) {
          picture.fill(0.1, y * WIDTH + left, y * WIDTH + left + at.size);
        }
      });
    });
  });
}

const picture = new Float32Array(WIDTH * HEIGHT).fill(0.9);
draw(picture, "PERIGEE", { x: 40, y: 24, size: 5 });
draw(picture, "ORBIT", { x: 120, y: 104, size: 4 });

const MEAN = [0.485, 0.456, 0.406];
const DEVIATION = [0.229, 0.224, 0.225];
const input = new Float32Array(3 * picture.length);
for (let channel = 0; channel < 3; channel++) {
  picture.forEach((value, i) => {
    input[channel * picture.length + i] = (value - MEAN[channel]) / DEVIATION[channel];
  });
}

const json = new TextEncoder().encode(JSON.stringify({
  inputs: [{
    name: "x",
    datatype: "FP32",
    shape: [1, 3, HEIGHT, WIDTH],
    parameters: { binary_data_size: input.byteLength },
  }],
  parameters: { binary_data_output: true, origin_lat: 48.8566, origin_lon: 2.3522 },
}));
const response = await fetch(`${MESH}/v2/models/text-detector/infer`, {
  method: "POST",
  headers: { ...headers, "Inference-Header-Content-Length": String(json.length) },
  body: new Blob([json, input]),
});
const bytes = await response.arrayBuffer();
if (!response.ok) throw new Error(new TextDecoder().decode(bytes));

const length = Number(response.headers.get("Inference-Header-Content-Length"));
const answer = JSON.parse(new TextDecoder().decode(bytes.slice(0, length)));
const likely = new Float32Array(bytes.slice(length));

/** All pixels that hang together with this one, and are more likely text than not. */
function region(from: number, seen: Set<number>): number[] {
  const found: number[] = [];
  const next = [from];
  for (let at = next.pop(); at !== undefined; at = next.pop()) {
    if (seen.has(at) || !(likely[at] > 0.3)) continue;
    seen.add(at);
    found.push(at);
    const x = at % WIDTH;
    if (x > 0) next.push(at - 1);
    if (x < WIDTH - 1) next.push(at + 1);
    next.push(at - WIDTH, at + WIDTH);
  }
  return found;
}

const seen = new Set<number>();
for (let i = 0; i < likely.length; i++) {
  const pixels = region(i, seen);
  if (pixels.length < 50) continue;
  const [xs, ys] = [pixels.map((at) => at % WIDTH), pixels.map((at) => Math.floor(at / WIDTH))];
  const [left, right, top, bottom] = [
    Math.min(...xs),
    Math.max(...xs),
    Math.min(...ys),
    Math.max(...ys),
  ];
  // The network marks the core of a line: its edge lies as far outside as the core is thick.
  const edge = Math.round(
    1.5 * (right - left) * (bottom - top) / (2 * (right - left + bottom - top)),
  );
  console.log(`text from (${left - edge}, ${top - edge}) to (${right + edge}, ${bottom + edge})`);
}
console.log(`${answer.parameters.operations} operations`);

for (;;) {
  const receipts = await fetch(`${MESH}/v1/receipts?limit=100`, { headers });
  const { data } = await receipts.json();
  const receipt = data.find((one: { id: string }) => one.id === answer.parameters.execution_id);
  if (!receipt) continue;
  console.log(`the receipt: ${receipt.operations} operations of ${receipt.model}`);
  break;
}

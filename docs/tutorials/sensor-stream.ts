import { env } from "node:process";

const MESH = env.PERIGEE_URL ?? "http://localhost:8787";
const headers = { Authorization: `Bearer ${env.KEY}`, "Content-Type": "application/json" };
const RATE = 16_000;

/** One step of a resonance: a mouth lets some frequencies out, and others not. */
function resonance(hertz: number): (sample: number) => number {
  const r = Math.exp(-Math.PI * 90 / RATE);
  const turn = 2 * r * Math.cos(2 * Math.PI * hertz / RATE);
  let [one, two] = [0, 0];
  return (sample) => {
    [one, two] = [sample + turn * one - r * r * two, one];
    return one;
  };
}

/** A second of "a-a-a-a": pulses of vocal folds through three resonances, four syllables. */
function voice(): Float32Array {
  const mouth = [700, 1_220, 2_600].map(resonance);
  let phase = 0;
  const samples = Float32Array.from({ length: RATE }, (_, i) => {
    phase += (120 + 25 * Math.sin(6 * Math.PI * i / RATE)) / RATE;
    const pulse = phase >= 1 ? 1 : 0;
    phase -= pulse;
    const syllable = 0.5 - 0.5 * Math.cos(8 * Math.PI * i / RATE);
    return syllable * mouth.reduce((sample, step) => step(sample), pulse);
  });
  const loudest = samples.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return samples.map((x) => 0.6 * x / loudest);
}

let noise = 1;
const sound = new Float32Array(2.5 * RATE).map(() => {
  noise = (noise * 1_664_525 + 1_013_904_223) % 2 ** 32;
  return 0.002 * (noise / 2 ** 31 - 1);
});
voice().forEach((sample, i) => sound[RATE + i] += sample);

const CHUNK = 512;
const CONTEXT = 64;
let state: number[] = Array(256).fill(0);
let context: number[] = Array(CONTEXT).fill(0);

/** Sends one chunk. @returns whether somebody speaks in it, from 0 to 1, and the answer's parameters */
async function hear(chunk: Float32Array) {
  const samples = [...context, ...chunk];
  const response = await fetch(`${MESH}/v2/models/voice-activity/infer`, {
    method: "POST",
    headers,
    body: JSON.stringify({
      inputs: [
        { name: "input", datatype: "FP32", shape: [1, samples.length], data: samples },
        { name: "state", datatype: "FP32", shape: [2, 1, 128], data: state },
        { name: "sr", datatype: "INT64", shape: [], data: [RATE] },
      ],
      parameters: { origin_lat: 48.8566, origin_lon: 2.3522 },
    }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  const [speech, next] = answer.outputs;
  state = next.data;
  context = samples.slice(-CONTEXT);
  return { speech: speech.data[0] as number, parameters: answer.parameters };
}

const runs = new Map<string, number>();
let speaks = false;
for (let at = 0; at + CHUNK <= sound.length; at += CHUNK) {
  const { speech, parameters } = await hear(sound.subarray(at, at + CHUNK));
  runs.set(parameters.execution_id, parameters.operations);
  if (speech > 0.5 === speaks) continue;
  speaks = !speaks;
  console.log(`${(at / RATE).toFixed(2)} s: ${speaks ? "somebody speaks" : "silence"}`);
}
const operations = [...runs.values()].reduce((sum, one) => sum + one, 0);
console.log(`${runs.size} chunks, ${operations} operations`);

let charged: { id: string; operations: number }[] = [];
while (charged.length < runs.size) {
  const response = await fetch(`${MESH}/v1/receipts?limit=1000`, { headers });
  const { data } = await response.json();
  charged = data.filter(({ id }: { id: string }) => runs.has(id));
}
const receipts = charged.reduce((sum, one) => sum + one.operations, 0);
console.log(`${charged.length} receipts, ${receipts} operations`);

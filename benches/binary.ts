/**
 * An image of 3 MB up and its result down, as bytes and as JSON, in one run: from an array of the client's to
 * arrays of the client's, over loopback. What the engine took is the same for both and is taken off.
 * @module
 */
import { readSettings } from "../emulator/settings.ts";
import { startEmulator } from "../emulator/start.ts";
import { SCENE } from "./hostile-bodies.ts";
import { binaryBody, image, type ImageBody, jsonBody } from "./image.ts";
import { percentiles, type Report, us } from "./timing.ts";

const TARGET_RATIO = 10;
const ROUNDS = 15;

interface Asked {
  /** Of the whole, and without the engine. */
  total_us: number;
  wire_us: number;
  bytes: number;
}

export async function benchBinary({ small }: { small: boolean }): Promise<Report> {
  const data = await Deno.makeTempDir({ prefix: "perigee-bench-" });
  const settings = readSettings((name) => ({ PORT: "0", PERIGEE_DATA: data })[name], Date.now());
  const { url, secrets, close } = await startEmulator(settings);
  try {
    const scene = image();
    const ask = (make: (data: Float32Array) => ImageBody) =>
      asked(url, secrets.dev_key, scene, make);
    // The engine's first run loads it.
    await ask(binaryBody);
    const [binary, json]: Asked[][] = [[], []];
    // In turn, so that both meet the same neighbours on the machine.
    for (let round = 0; round < (small ? 2 : ROUNDS); round++) {
      binary.push(await ask(binaryBody));
      json.push(await ask(jsonBody));
    }
    const p50 = (asks: Asked[], of: "total_us" | "wire_us") =>
      percentiles(Float64Array.from(asks, (one) => one[of])).p50_us;
    const wire = p50(json, "wire_us") / p50(binary, "wire_us");
    const total = p50(json, "total_us") / p50(binary, "total_us");
    const line = (what: string, asks: Asked[]) => ({
      what,
      measured: `${us(p50(asks, "wire_us"))}, ${us(p50(asks, "total_us"))} with the engine; ` +
        `${(asks[0].bytes / 1e6).toFixed(1)} MB`,
      holds: null,
    });
    return {
      title: "An image of 3 MB up and its result down, p50",
      lines: [
        line("as JSON", json),
        line("as bytes", binary),
        {
          what: "faster as bytes, without what the engine takes",
          measured: `${wire.toFixed(1)} x`,
          target: `${TARGET_RATIO} x`,
          holds: wire >= TARGET_RATIO,
        },
        { what: "and with it", measured: `${total.toFixed(1)} x`, holds: null },
      ],
    };
  } finally {
    await close();
    await Deno.remove(data, { recursive: true });
  }
}

async function asked(
  url: string,
  key: string,
  scene: Float32Array,
  make: (data: Float32Array) => ImageBody,
): Promise<Asked> {
  const from = performance.now();
  const { body, headers } = make(scene);
  const response = await fetch(`${url}${SCENE}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${key}`, "Accept-Encoding": "identity", ...headers },
    body,
  });
  const answer = new Uint8Array(await response.arrayBuffer());
  const told = response.headers.get("Inference-Header-Content-Length");
  const json = JSON.parse(
    new TextDecoder().decode(answer.subarray(0, told === null ? undefined : Number(told))),
  );
  if (response.status !== 200) throw new Error(`${response.status}: ${json.error}`);
  let at = Number(told);
  const arrays = json.outputs.map((
    { data, parameters }: { data?: number[]; parameters?: { binary_data_size: number } },
  ) => data ? Float32Array.from(data) : answer.slice(at, at += parameters!.binary_data_size));
  if (arrays.length !== 5) throw new Error(`${arrays.length} outputs`);
  const total_us = (performance.now() - from) * 1e3;
  const wire_us = total_us - json.parameters.measured_engine_ms * 1e3;
  return { total_us, wire_us, bytes: body.length + answer.length };
}

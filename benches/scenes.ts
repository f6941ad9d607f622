/**
 * What large scenes take of workerd's memory: as many at once as it may be asked for, of one tenant and of
 * as many, against a mesh that has just started.
 * @module
 */
import { readSettings } from "../emulator/settings.ts";
import { startEmulator } from "../emulator/start.ts";
import { workerdOf } from "../emulator/workerd/guard.ts";
import { PARAMETERS, SCENE } from "./hostile-bodies.ts";
import type { Report } from "./timing.ts";

/** How many at once. */
const SCENES = 6;
/** An isolate's limit. */
export const MEBIBYTES_MAX = 128;
const SIDE = 512;
const LOOK_EVERY_MS = 50;

/** The largest scene that its model takes, as JSON of some 28 MB. */
export function sceneText(side = SIDE): string {
  const data = Array.from({ length: 6 * side * side }, (_, i) => Math.fround((i % 997) / 997));
  const inputs = [{ name: "reflectance", datatype: "FP32", shape: [1, 6, side, side], data }];
  return JSON.stringify({ parameters: PARAMETERS, inputs });
}

/** What a process holds in memory, MiB. */
export async function residentMebibytes(pid: number): Promise<number> {
  // Looked at twenty times a second, where a process each time would take its share of the cores.
  const status = await Deno.readTextFile(`/proc/${pid}/status`).catch(() => "");
  const resident = /^VmRSS:\s+(\d+)/m.exec(status);
  if (resident) return Number(resident[1]) / 1024;
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "rss=", "-p", `${pid}`] })
    .output();
  return Number(new TextDecoder().decode(stdout)) / 1024;
}

/** A mesh that is measured. */
export interface MeasuredMesh {
  url: string;
  /** A tenant's. */
  key: string;
  admin_token: string;
  /** Of workerd. */
  pid: number;
}

const SETTLED_MS = 1_000;
const SETTLED_MS_MAX = 15_000;

/** What a process holds once that has not grown for a while: V8 compiles beside what it runs. */
async function idleMebibytes(pid: number): Promise<number> {
  const began = performance.now();
  let [most, since] = [0, began];
  while (performance.now() - since < SETTLED_MS && performance.now() - began < SETTLED_MS_MAX) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    const now = await residentMebibytes(pid);
    if (now > most + 1) [most, since] = [now, performance.now()];
  }
  return await residentMebibytes(pid);
}

/** What six scenes took at most. */
export interface ScenesTook {
  who: string;
  /** Beyond what the mesh held before the first. */
  mebibytes: number;
  /** The text of each answer's outputs. */
  outputs: string[];
}

/**
 * Sends scenes at once, first all of one tenant, then each of another one.
 * @param mesh just started
 * @param body the scene
 */
export async function sendScenes(mesh: MeasuredMesh, body: string): Promise<ScenesTook[]> {
  const { pid } = mesh;
  const senders = {
    "one tenant": Array<string>(SCENES).fill(mesh.key),
    "as many tenants": await tenantsOf(mesh, SCENES),
  };
  const idle = await idleMebibytes(pid);
  const took: ScenesTook[] = [];
  for (const [who, keys] of Object.entries(senders)) {
    let most = 0;
    const look = async () => most = Math.max(most, await residentMebibytes(pid));
    const watching = setInterval(() => void look(), LOOK_EVERY_MS);
    try {
      const outputs = await Promise.all(keys.map((key) => outputsOf(mesh, key, body)));
      await look();
      took.push({ who, mebibytes: most - idle, outputs });
    } finally {
      clearInterval(watching);
    }
  }
  return took;
}

/** Asks until there is room for the scene. */
async function outputsOf(mesh: MeasuredMesh, key: string, body: string): Promise<string> {
  for (;;) {
    const response = await post(mesh, key, { path: SCENE, body });
    const text = await response.text();
    if (response.status === 200) return text.slice(text.indexOf('"outputs"'));
    if (response.status !== 503) throw new Error(`${response.status}: ${text.slice(0, 300)}`);
    const again_ms = Number(response.headers.get("Retry-After")) * 1e3;
    await new Promise((resolve) => setTimeout(resolve, again_ms));
  }
}

/** Makes tenants. @returns a key of each */
async function tenantsOf(mesh: MeasuredMesh, count: number): Promise<string[]> {
  const make = async (path: string, fields: object) => {
    const response = await post(mesh, mesh.admin_token, { path, body: JSON.stringify(fields) });
    if (response.status !== 201) throw new Error(`${response.status}: ${await response.text()}`);
    return await response.json();
  };
  const keys: string[] = [];
  for (let i = 0; i < count; i++) {
    await make("/v1/tenants", { id: `tenant-${i}`, name: `Tenant ${i}` });
    keys.push((await make(`/v1/tenants/tenant-${i}/keys`, { name: "scenes" })).key);
  }
  return keys;
}

const post = (
  { url }: MeasuredMesh,
  key: string,
  { path, body }: { path: string; body: string },
): Promise<Response> =>
  fetch(`${url}${path}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
    body,
  });

export async function benchScenes({ small }: { small: boolean }): Promise<Report> {
  const data = await Deno.makeTempDir({ prefix: "perigee-bench-" });
  const settings = readSettings((name) => ({ PORT: "0", PERIGEE_DATA: data })[name], Date.now());
  const { url, secrets: { dev_key, admin_token }, close } = await startEmulator(settings);
  try {
    const mesh = { url, key: dev_key, admin_token, pid: await workerdOf(data) };
    const took = await sendScenes(mesh, sceneText(small ? 64 : SIDE));
    return {
      title: "Memory of workerd beyond that of a mesh that has just started",
      lines: took.map(({ who, mebibytes }) => ({
        what: `${SCENES} scenes of 512 x 512, 28 MB of JSON each, at once, of ${who}`,
        measured: `${Math.max(0, mebibytes).toFixed(0)} MiB`,
        target: `${MEBIBYTES_MAX} MiB`,
        holds: mebibytes < MEBIBYTES_MAX,
      })),
      more:
        "The engine is compiled by then: it runs each model on zeros before the mesh says that it serves, " +
        "and V8 keeps some 80 MiB that it took to compile. A tenant's scenes come one after another; of " +
        "all tenants, three are under way at once.",
    };
  } finally {
    await close();
    await Deno.remove(data, { recursive: true });
  }
}

/**
 * Specs of uploaded models in an isolate: read once, also by many at once, and only if they are what was put
 * there.
 * @module
 */
import assert from "node:assert/strict";
import { logger } from "../../../../contract/log.ts";
import type { LiveModel } from "../../../../ledger/models.ts";
import type { ModelSpec } from "../../../../models/catalogue.ts";
import type { ModelFacts } from "../../../../models/upload/facts.ts";
import { inspectModel } from "../../../../models/upload/inspect.ts";
import { skeletonOf } from "../../../../models/upload/skeleton.ts";

// By a name that is not written here: its types are workerd's, and what is around here is Deno's.
const MODULE = new URL("../../../../functions/models/uploaded-specs.ts", import.meta.url).href;
Object.assign(globalThis, {
  scheduler: { wait: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)) },
});
const { specOf } = await import(MODULE) as {
  specOf(services: unknown, model: LiveModel): Promise<ModelSpec>;
};

const PACK = new URL("../../../../functions/models/skeleton-file.ts", import.meta.url).href;
const { packSkeleton, unpackSkeleton } = await import(PACK) as {
  packSkeleton(facts: ModelFacts, skeleton: Uint8Array): Uint8Array<ArrayBuffer>;
  unpackSkeleton(packed: Uint8Array): { facts: ModelFacts | null; skeleton: Uint8Array };
};

const FILE = await Deno.readFile(
  new URL("../../../../models/onnx/drive-rss.onnx", import.meta.url),
);
const FACTS = inspectModel(skeletonOf(FILE), FILE.length);
const SKELETON = packSkeleton(FACTS, skeletonOf(FILE));
const DIGEST = new Uint8Array(await crypto.subtle.digest("SHA-256", SKELETON)).toHex();

let made = 0;

function version(rest: Partial<LiveModel> = {}): LiveModel {
  return {
    tenant_id: "acme",
    name: "m",
    version: 1,
    sha256: "0".repeat(64),
    object: `acme/${made++}`,
    file_bytes: 1_000,
    skeleton_sha256: DIGEST,
    skeleton_bytes: SKELETON.length,
    created_at_ms: 1,
    ...rest,
  };
}

/** A bucket in which each skeleton is the same bytes; it counts how often it is asked. */
function servicesOver(bytes: Uint8Array<ArrayBuffer> | null) {
  const asked: string[] = [];
  const file = bytes && {
    size: bytes.length,
    arrayBuffer: () => Promise.resolve(bytes.slice().buffer),
  };
  const get = async (key: string) => {
    asked.push(key);
    await new Promise((resolve) => setTimeout(resolve, 5));
    return file;
  };
  return { asked, services: { env: { MODELS: { get } }, log: logger() } };
}

Deno.test("specOf() reads a skeleton once for a hundred who ask at once, and each version by itself", async () => {
  const { asked, services } = servicesOver(SKELETON);
  const [first, second] = [version(), version({ version: 2 })];
  const all = await Promise.all(
    Array.from({ length: 100 }, (_, i) => specOf(services, i % 2 ? first : second)),
  );
  assert.deepEqual(asked.sort(), [`${first.object}.skeleton`, `${second.object}.skeleton`]);
  assert.deepEqual(all.slice(0, 2).map((spec) => spec.version), ["2", "1"]);
  assert.deepEqual(all[0].inputs, [{ name: "state", datatype: "FP32", shape: [-1, 6] }]);
  assert.deepEqual(all[0].uploaded?.object, second.object);
});

Deno.test("specOf() forgets what was used longest ago, and keeps one however large it is", async () => {
  const { asked, services } = servicesOver(SKELETON);
  const large = version({ skeleton_bytes: 4 * 2 ** 20 });
  for (let i = 0; i < 3; i++) await specOf(services, large);
  assert.equal(asked.length, 1);
  const others = Array.from({ length: 3 }, () => version({ skeleton_bytes: 2 ** 20 }));
  for (const one of [...others, others[2], others[1], others[0], large]) {
    await specOf(services, one);
  }
  const reads = (model: LiveModel) =>
    asked.filter((key) => key.startsWith(`${model.object}.`)).length;
  assert.deepEqual([...others, large].map(reads), [2, 1, 1, 2]);
});

Deno.test("specOf() refuses a skeleton that is not what was put there, and one that is gone", async () => {
  const { error } = console;
  console.error = () => {};
  try {
    const spoilt = SKELETON.slice();
    spoilt[40] ^= 1;
    const refused = (bytes: Uint8Array<ArrayBuffer> | null, code: string) =>
      assert.rejects(specOf(servicesOver(bytes).services, version()), { code });
    await refused(spoilt, "models_unavailable");
    await refused(null, "model_not_found");
  } finally {
    console.error = error;
  }
});

Deno.test("Facts and skeleton come back as they were; facts of another release do not count", () => {
  assert.deepEqual(unpackSkeleton(SKELETON), { facts: FACTS, skeleton: skeletonOf(FILE) });
  const text = new TextDecoder("latin1").decode(SKELETON);
  const at = text.indexOf('"v":1') + 4;
  assert.ok(at > 4);
  const newer = SKELETON.slice();
  newer[at] = "9".charCodeAt(0);
  assert.deepEqual(unpackSkeleton(newer), { facts: null, skeleton: skeletonOf(FILE) });
});

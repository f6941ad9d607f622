/**
 * Model files that are meant to break, stall or fill the mesh, uploaded over HTTP: each is refused with the
 * reason, and who asks meanwhile hardly notices. benches/stall.ts has the figures of a quiet machine.
 */
import assert from "node:assert/strict";
import { dirname } from "node:path";
import { gzipSync } from "node:zlib";
import { canary, percentile } from "../../benches/canary.ts";
import { DRIVE, SMALL } from "../../benches/hostile-bodies.ts";
import { HOSTILE_FILES } from "../../benches/hostile-files.ts";
import { workerdOf } from "../../emulator/workerd/guard.ts";
import { type HostileModel, hostileModel } from "../fuzz/hostile-model.ts";
import { leastMs } from "../support/least.ts";
import { type Mesh, meshTest, type Reply, within } from "../support/mesh.ts";
import { seeded } from "../support/random.ts";
import { patience } from "../support/within.ts";

const test = meshTest({}, {});

const FILES = 500;
/** Heaps grow to what they are given before they are collected: from the half on, nothing more may be held. */
const HALF = FILES / 2;
/** One isolate's limit. */
const GROWN_BYTES_MAX = 128 * 2 ** 20;
const REFUSED_MS_MAX = 1_000;
const UPLOADERS = 2;
const LONGEST = 10;

const ask = (mesh: Mesh) => async () => {
  const { status, text } = await mesh.call(DRIVE, { body: SMALL });
  assert.equal(status, 200, text);
};

const put = (mesh: Mesh, key: string, body: Uint8Array, name = "hostile"): Promise<Reply> =>
  mesh.call(`/v1/models/${name}`, {
    method: "PUT",
    body,
    key,
    headers: { "Content-Type": "application/octet-stream" },
  });

async function workerdBytes(mesh: Mesh): Promise<number> {
  const pid = await workerdOf(dirname(mesh.emulator.ledger.file));
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) * 1024;
}

async function quietMs(mesh: Mesh): Promise<number> {
  await ask(mesh)();
  const quiet = canary(ask(mesh));
  await within(10_000, "30 answers", () => quiet.answered >= 30 || null);
  return percentile(await quiet.stop(), 0.99);
}

/**
 * That asks wait hardly longer meanwhile.
 * @param worstMs does what may hold them up, and says how long the worst of them waited
 * @param first_ms how long it waited once already
 */
async function assertNoStall(
  what: string,
  quiet_ms: number,
  worstMs: () => Promise<number>,
  first_ms?: number,
): Promise<void> {
  // Loose: the test's own client and other tests make and send files on the same cores.
  const limit_ms = 3 * quiet_ms + 1_000;
  const worst_ms = await leastMs(limit_ms, worstMs, first_ms);
  console.log(`${what}: ${Math.round(worst_ms)} ms, quiet ${Math.round(quiet_ms)} ms`);
  assert.ok(worst_ms < limit_ms * patience(), `${what}: ${worst_ms} ms`);
}

/** How long the worst ask waited while something was done. */
async function waitedMs(mesh: Mesh, act: () => Promise<void>): Promise<number> {
  const bird = canary(ask(mesh));
  await act();
  return (await bird.stop()).at(-1) ?? 0;
}

async function uploader(mesh: Mesh, id: string): Promise<string> {
  const key = await mesh.tenant(id, { scopes: ["infer", "read", "models"] });
  const quota = { model_bytes_max: 2 ** 30, models_max: 500 };
  const set = await mesh.admin(`/v1/tenants/${id}/model-quota`, { method: "PUT", body: quota });
  assert.equal(set.status, 200, set.text);
  return key;
}

interface HostileFile extends HostileModel {
  seed: number;
}

/** What became of a file, and how long that took. */
interface Sent {
  file: HostileFile;
  isTaken: boolean;
  ms: number;
}

async function sendOne(mesh: Mesh, key: string, file: HostileFile): Promise<Sent> {
  const { seed, kind, bytes, refusal } = file;
  const where = `seed ${seed}: ${kind}, ${bytes.length} bytes`;
  const began = performance.now();
  const reply = await put(mesh, key, bytes);
  const ms = performance.now() - began;
  if (refusal === null && reply.status === 201) {
    const gone = await mesh.call("/v1/models/hostile", { method: "DELETE", key });
    assert.equal(gone.status, 200, gone.text);
    return { file, isTaken: true, ms };
  }
  assert.equal(reply.status, 422, `${where}: ${reply.text}`);
  assert.equal(reply.body.error.code, "model_invalid", where);
  const { detail } = reply.body;
  assert.ok(detail.length > 10 && detail.length < 410, `${where}: ${detail}`);
  if (refusal && bytes.length > 0) assert.match(detail, refusal, where);
  return { file, isTaken: false, ms };
}

test(`Each of ${FILES} hostile files is refused with its reason, within a second and without memory`, async (mesh) => {
  const keys = await Promise.all(
    Array.from({ length: UPLOADERS }, (_, i) => uploader(mesh, `hostile-${i}`)),
  );
  // Made before: the canary lives in this process, and would wait for that, too.
  const files = Array.from(
    { length: FILES },
    (_, seed): HostileFile => ({ seed, ...hostileModel(seed, seeded(seed)) }),
  );
  const send = async (these: readonly HostileFile[]): Promise<Sent[]> => {
    let next = 0;
    const sent: Sent[] = [];
    await Promise.all(keys.map(async (key) => {
      while (next < these.length) sent.push(await sendOne(mesh, key, these[next++]));
    }));
    return sent;
  };
  const quiet_ms = await quietMs(mesh);
  const sent: Sent[] = [];
  let grown = 0;
  const waited_ms = await waitedMs(mesh, async () => {
    sent.push(...await send(files.slice(0, HALF)));
    const before = await workerdBytes(mesh);
    sent.push(...await send(files.slice(HALF)));
    grown = await workerdBytes(mesh) - before;
  });
  sent.sort((a, b) => a.ms - b.ms);
  const refused = sent.filter(({ isTaken }) => !isTaken);
  const worst = refused.at(-1)!;
  const median_ms = percentile(sent.map(({ ms }) => ms), 0.5);
  console.log(
    `${FILES} files: answered in ${Math.round(median_ms)} ms (median), ` +
      `${
        Math.round(worst.ms)
      } ms (worst that is refused: ${worst.file.kind}); workerd grew in the second half by ${
        Math.round(grown / 1e6)
      } MB`,
  );
  // A file that holds up others takes long itself.
  const longest = sent.slice(-LONGEST).map(({ file }) => file);
  const again = () => waitedMs(mesh, async () => void await send(longest));
  await assertNoStall("hostile files", quiet_ms, again, waited_ms);
  for (const { file, ms } of refused.filter(({ ms }) => ms >= REFUSED_MS_MAX)) {
    const refusal = async () => (await sendOne(mesh, keys[0], file)).ms;
    const least_ms = await leastMs(REFUSED_MS_MAX, refusal, ms);
    assert.ok(least_ms < REFUSED_MS_MAX * patience(), `${file.kind}: ${least_ms} ms`);
  }
  assert.ok(grown < GROWN_BYTES_MAX, `${grown} bytes more`);
  // Some damage leaves a sound file; most does not.
  const taken = FILES - refused.length;
  assert.ok(taken < FILES / 4, `${taken} were taken`);
});

test("A file that is all work holds nobody up while it is inspected", async (mesh) => {
  const keys = await Promise.all(
    Array.from({ length: UPLOADERS }, (_, i) => uploader(mesh, `worker-${i}`)),
  );
  const quiet_ms = await quietMs(mesh);
  for (const { what, make } of HOSTILE_FILES) {
    const bytes = make();
    const upload = () =>
      waitedMs(mesh, async () => {
        const replies = await Promise.all(keys.map((key) => put(mesh, key, bytes)));
        for (const { status, text } of replies) assert.ok([200, 201, 422].includes(status), text);
      });
    await assertNoStall(what, quiet_ms, upload);
  }
});

test("A body that unpacks beyond what an uploaded model can need is refused at that byte", async (mesh) => {
  const key = await uploader(mesh, "packed");
  const file = await Deno.readFile(new URL("../../models/onnx/drive-rss.onnx", import.meta.url));
  assert.equal((await put(mesh, key, file, "own")).status, 201);
  const quiet_ms = await quietMs(mesh);
  const before = await workerdBytes(mesh);
  const bombs = [40e6, 100e6, 400e6].map((bytes) =>
    new Uint8Array(gzipSync(new Uint8Array(bytes).fill(32)))
  );
  const headers = { "Content-Encoding": "gzip" };
  const refuse = async (body: Uint8Array<ArrayBuffer>) => {
    const began = performance.now();
    const reply = await mesh.call("/v2/models/own/infer", { body, key, headers });
    const took = performance.now() - began;
    assert.equal(reply.status, 413, reply.text);
    assert.match(reply.body.error, /at most \d+ bytes/);
    return took;
  };
  const sendAll = () =>
    waitedMs(mesh, async () => {
      for (const bomb of bombs) {
        const took = await leastMs(REFUSED_MS_MAX, () => refuse(bomb));
        assert.ok(took < REFUSED_MS_MAX * patience(), `${took} ms`);
      }
      const body = bombs[0];
      const upload = await mesh.call("/v1/models/packed", { method: "PUT", body, key, headers });
      assert.equal(upload.status, 415, upload.text);
    });
  await assertNoStall("packed bodies", quiet_ms, sendAll);
  const grown = await workerdBytes(mesh) - before;
  assert.ok(grown < GROWN_BYTES_MAX, `${grown} bytes more`);
});

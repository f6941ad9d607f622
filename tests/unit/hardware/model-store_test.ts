import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { ModelStore } from "../../../hardware/model-store.ts";

const FILE = new TextEncoder().encode("an ONNX file, as far as the store knows");
const sha256 = createHash("sha256").update(FILE).digest("hex");
const MODEL = { kind: "uploaded" as const, sha256, file_bytes: FILE.length };

/** A store whose mesh gives these pieces, or fails. */
async function storeOf(give: () => Iterable<Uint8Array>) {
  const folder = `${await Deno.makeTempDir({ prefix: "perigee-models-" })}/models`;
  const fetched: string[] = [];
  const store = () =>
    new ModelStore(folder, (digest) => {
      fetched.push(digest);
      return Promise.resolve(ReadableStream.from(give()));
    });
  return { folder, fetched, store };
}

const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name);

Deno.test("a model comes once, in pieces, and is read from disk from then on, after a restart too", async () => {
  const { fetched, store } = await storeOf(() => [FILE.subarray(0, 5), FILE.subarray(5)]);
  const first = store();
  assert.deepEqual(await first.bytesOf(MODEL), FILE);
  assert.deepEqual(await first.bytesOf(MODEL), FILE);
  assert.deepEqual(await store().bytesOf(MODEL), FILE);
  assert.deepEqual(fetched, [sha256]);
});

Deno.test("what is not the model, or more than it, or cut off, is refused and leaves nothing", async () => {
  const other = FILE.with(3, 0);
  const gives: Record<string, () => Iterable<Uint8Array>> = {
    "other bytes": () => [other],
    "too few": () => [FILE.subarray(1)],
    "too many": () => [FILE, FILE],
    *"a stream that breaks"() {
      yield FILE.subarray(0, 9);
      throw new Error("The connection was lost");
    },
  };
  for (const [what, give] of Object.entries(gives)) {
    const { folder, store } = await storeOf(give);
    await assert.rejects(store().bytesOf(MODEL), /did not come as it is/, what);
    assert.deepEqual(namesIn(folder), [], what);
  }
});

Deno.test("a file that the disk has damaged is fetched again", async () => {
  const { folder, fetched, store } = await storeOf(() => [FILE]);
  await store().bytesOf(MODEL);
  await Deno.writeFile(`${folder}/${sha256}.onnx`, FILE.with(0, 0));
  assert.deepEqual(await store().bytesOf(MODEL), FILE);
  assert.equal(fetched.length, 2);
});

Deno.test("what a killed program left half done is gone at the next start", async () => {
  const { folder, store } = await storeOf(() => [FILE]);
  store();
  await Deno.writeTextFile(`${folder}/${sha256}.onnx.x.part`, "half");
  store();
  assert.deepEqual(namesIn(folder), []);
});

Deno.test("built-in models are the board's own, in the version that is asked for", async () => {
  const { fetched, store } = await storeOf(() => []);
  const model = { kind: "built-in" as const, name: "drive-rss", version: "1" };
  const file = await Deno.readFile(new URL("../../../models/onnx/drive-rss.onnx", import.meta.url));
  assert.deepEqual(await store().bytesOf(model), file);
  for (const wrong of [{ version: "99" }, { name: "../../deno" }, { name: "none" }]) {
    await assert.rejects(store().bytesOf({ ...model, ...wrong }), /no version/);
  }
  assert.deepEqual(fetched, []);
});

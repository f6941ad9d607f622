/**
 * Questions about other dates, and the longest ones about passes, go on beside inference: of a catalogue
 * they are answered in a line, in slices, and leave nothing in the cache. Generated constellations have
 * no knots, and nothing of this to wait for.
 * @module
 */
import assert from "node:assert/strict";
import { ommOf } from "../../mesh/orbit/constellation.ts";
import { FILED } from "../../mesh/orbit/filed.ts";
import { type Mesh, meshTest, type Reply, startMesh, within } from "../support/mesh.ts";
import { patience } from "../support/within.ts";

const NOON = Date.UTC(2026, 2, 20, 12);
const HOUR_MS = 3_600_000;
// A window of the almanac lasts 60 s of the mesh: a second of ours.
const RATE = 60;
// The window's two, the next one's, and as many that have just passed: whatever passes by.
const CACHED_MAX = 10;

const data = await Deno.makeTempDir({ prefix: "perigee-elsewhen-" });
Deno.test.afterAll(() => Deno.remove(data, { recursive: true }));

/** Every so many nodes of the filed constellation as a catalogue: it is flown by knots. @returns the file */
function catalogueOf(name: string, every: number): string {
  const file = `${data}/${name}.json`;
  const count = Math.ceil(FILED.count / every);
  const records = Array.from({ length: count }, (_, i) => ommOf(FILED, i * every));
  Deno.writeTextFileSync(file, JSON.stringify(records));
  return file;
}

const test = meshTest({
  PERIGEE_CONSTELLATION: catalogueOf("half", 2),
  PERIGEE_CLOCK: `2026-03-20T12:00:00Z@${RATE}`,
  PERIGEE_DATA: data,
});

const infer = (mesh: Mesh): Promise<Reply> =>
  mesh.call("/v2/models/drive-rss/infer", {
    body: {
      parameters: { origin_lat: 48.86, origin_lon: 2.35 },
      inputs: [{ name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] }],
    },
  });

/** As a client does: on a busy machine its turn may come too late, and it is told when to ask again. */
const inTurn = (ask: () => Promise<Reply>): Promise<Reply> =>
  within(60_000, "a turn", async () => {
    const reply = await ask();
    return reply.status === 503 && patience() > 1 ? null : reply;
  }, 1_000);

const routeAt = (mesh: Mesh, hours: number): Promise<Reply> => {
  const at = new Date(NOON + (24 + hours) * HOUR_MS).toISOString();
  const origin = { lat: 48.86, lon: 2.35 };
  return mesh.call("/v1/route", { body: { model: "drive-rss", origin, at } });
};

const longPasses = (mesh: Mesh, hours: number): Promise<Reply> => {
  const at = new Date(NOON + (24 + hours) * HOUR_MS).toISOString();
  return mesh.call(`/v1/passes?lat=48.86&lon=2.35&at=${at}&minutes=60&mask_deg=5&all=true`);
};

const ASKERS = 2;

/** How many inferences for now are answered to two who ask one after the other, while all of these are. */
async function besides(mesh: Mesh, questions: Promise<Reply[]>): Promise<number> {
  let isDone = false;
  questions.finally(() => isDone = true);
  let answered = 0;
  const asker = async () => {
    while (!isDone) {
      const { status, text } = await infer(mesh);
      assert.equal(status, 200, text);
      answered++;
    }
  };
  await Promise.all(Array.from({ length: ASKERS }, asker));
  for (const { status, text } of await questions) assert.equal(status, 200, text);
  return answered;
}

async function cachedKnots(folder: string): Promise<number> {
  const entries = await Array.fromAsync(Deno.readDir(`${folder}/objects/cache/default/blobs`));
  return entries.length;
}

test("Two callers who ask about other dates leave inference its turns", async (mesh) => {
  await infer(mesh);
  const EACH = 8;
  const caller = async (first: number) => {
    const replies: Reply[] = [];
    for (let i = 0; i < EACH; i++) replies.push(await inTurn(() => routeAt(mesh, first + i)));
    return replies;
  };
  const both = Promise.all([caller(0), caller(0.5)]).then((replies) => replies.flat());
  const answered = await besides(mesh, both);
  // Dates that are computed in one go let each asker through once for two of them, at most.
  assert.ok(answered >= ASKERS * 2 * EACH, `${answered} inferences beside ${2 * EACH} dates`);
});

test("Four callers who ask for the longest passes leave inference its turns", async (mesh) => {
  const questions = Promise.all([0, 1, 2, 3].map((hours) => inTurn(() => longPasses(mesh, hours))));
  const answered = await besides(mesh, questions);
  assert.ok(answered > 20, `${answered}`);
});

test("A line of questions about other dates is bounded: beyond it 503 says when to come again", async (mesh) => {
  const replies = await Promise.all(Array.from({ length: 40 }, (_, i) => routeAt(mesh, i)));
  const refused = replies.filter(({ status }) => status !== 200);
  assert.ok(refused.length > 0 && refused.length < 40, `${refused.length}`);
  for (const { status, body, headers } of refused) {
    assert.deepEqual([status, body.error.code], [503, "overloaded"]);
    assert.match(headers.get("Retry-After") ?? "", /^[1-9]\d?$/);
  }
  assert.equal((await routeAt(mesh, 0.25)).status, 200);
});

/** Mesh milliseconds since its clock began. */
async function meshAge(mesh: Mesh): Promise<number> {
  const { body } = await mesh.call(`/v1/nodes/norad-${FILED.number(0)}`);
  return Date.parse(body.at) - NOON;
}

Deno.test({
  name:
    "The cache holds the knots of about now, however many dates are asked about, however many windows pass, and none of the runs before",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "perigee-knots-" });
    // How many knots there are does not hang on how many nodes there are, but what they cost does.
    const catalogue = catalogueOf("few", 8);
    // As many windows each time as knots may be kept, and more while other dates are asked about.
    for (
      const { hour, windows, asksElsewhen } of [
        { hour: 12, windows: 12, asksElsewhen: true },
        { hour: 14, windows: 7, asksElsewhen: false },
      ]
    ) {
      await using mesh = await startMesh({
        PERIGEE_CONSTELLATION: catalogue,
        PERIGEE_CLOCK: `2026-03-20T${hour}:00:00Z@${RATE}`,
        PERIGEE_DATA: folder,
      });
      const from = await meshAge(mesh);
      let hours = 0;
      await within(60_000, `${windows} windows`, async () => {
        assert.equal((await infer(mesh)).status, 200);
        if (asksElsewhen) assert.equal((await routeAt(mesh, hours += 0.1)).status, 200);
        return await meshAge(mesh) > from + windows * 60_000 || null;
      });
      assert.ok(await cachedKnots(folder) >= 6, "the test looks in the wrong place");
      await within(
        10_000,
        "a small cache",
        async () => await cachedKnots(folder) <= CACHED_MAX || null,
      );
    }
    assert.ok(await cachedKnots(folder) <= CACHED_MAX, `${await cachedKnots(folder)}`);
    await Deno.remove(folder, { recursive: true });
  },
});

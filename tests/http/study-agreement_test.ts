/**
 * A study's engine against the running product: 1,000 asks through the API, one caller in turn, and the same
 * asks at the same instants through the engine. Whom they chose, and what it took, must agree.
 *
 * Batteries carry no node through a long shadow, and memories hold two models of three: nodes refuse, and
 * load.
 * @module
 */
import assert from "node:assert/strict";
import { elementBytes } from "../../contract/tensor.ts";
import { parseProfile } from "../../contract/profile.ts";
import { ShellProfiles } from "../../mesh/node/shell-profiles.ts";
import { FILED } from "../../mesh/orbit/filed.ts";
import { DEFAULT_RATES } from "../../mesh/placement/links.ts";
import { ELEVATION_MASK } from "../../mesh/placement/place.ts";
import { degrees, type EpochMs, epochMs, km, MS_PER_HOUR } from "../../mesh/units.ts";
import { MODELS } from "../../models/catalogue.ts";
import { Engine } from "../../study/engine/engine.ts";
import type { Outcome } from "../../study/outcome.ts";
import type { AskKind } from "../../study/run.ts";
import { seeded } from "../support/random.ts";
import { type Json, type Mesh, meshTest, within } from "../support/mesh.ts";

const START = Date.UTC(2026, 2, 20, 12);
const PROFILE = JSON.stringify({ battery_wh: 60, memory_mb: 2.2, load_mbps: 20 });
const test = meshTest({
  PERIGEE_CLOCK: new Date(START).toISOString(),
  PERIGEE_PROFILE: PROFILE,
});

const ASKS = 1_000;
const PLACES = 150;
const SEED = 18;

interface Asked {
  kind: AskKind;
  place: { lat: number; lon: number };
  /** Null: refused. */
  answer: Json | null;
  refused: string | null;
  /** The instant of the refusal, mesh clock; null: served, and the placement has it. */
  refused_at: string | null;
}

/** Which model, and its input, by name. */
const MADE: Readonly<Record<string, { name: string; shape: number[] }>> = {
  "drive-rss": { name: "state", shape: [3, 6] },
  "telemetry-anomaly": { name: "windows", shape: [2, 96] },
  "scene-indices": { name: "reflectance", shape: [1, 6, 8, 8] },
};

/** As the mesh sees one ask. */
function kindOf(
  model: string,
  sent: string,
  more: { class: AskKind["class"]; deadline_ms?: number },
) {
  const spec = MODELS.get(model)!;
  const shapes = [MADE[model].shape];
  const bytes_down = spec.outputShapes(shapes).reduce((sum, shape, i) => {
    return sum +
      elementBytes(spec.outputs[i].datatype)! * shape.reduce((product, size) => product * size, 1);
  }, 0);
  return {
    name: model,
    model,
    operations: spec.operations(shapes),
    memory_bytes: spec.memory_bytes,
    load_bytes: spec.file_bytes,
    bytes_up: new TextEncoder().encode(sent).length,
    bytes_down,
    class: more.class,
    deadline_ms: more.deadline_ms ?? null,
    joins: spec.batch !== null,
  };
}

async function askAll(mesh: Mesh, key: string): Promise<Asked[]> {
  const random = seeded(SEED);
  const places = Array.from({ length: PLACES }, () => ({
    lat: random.between(-60, 65),
    lon: random.between(-180, 180),
  }));
  const asked: Asked[] = [];
  for (let a = 0; a < ASKS; a++) {
    const place = random.pick(places);
    const model = random.pick(Object.keys(MADE));
    const more = {
      class: random.pick(["interactive", "batch"] as const),
      ...(random.chance(0.3) && { deadline_ms: random.pick([5, 20, 200]) }),
    };
    const { name, shape } = MADE[model];
    const count = shape.reduce((product, size) => product * size, 1);
    const body = JSON.stringify({
      parameters: { origin_lat: place.lat, origin_lon: place.lon, ...more },
      inputs: [{ name, datatype: "FP32", shape, data: new Array(count).fill(0.25) }],
    });
    // Other tests hold answers to their description: a thousand of these would say the same.
    const reply = await fetch(`${mesh.url}/v2/models/${model}/infer`, {
      method: "POST",
      headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
      body,
    });
    const answer = await reply.json();
    const refused_at = reply.headers.get("Perigee-Refused-At");
    const isRefused = refused_at !== null;
    assert.ok(reply.status === 200 || isRefused, `ask ${a}: ${JSON.stringify(answer)}`);
    asked.push({
      kind: kindOf(model, body, more),
      place,
      answer: isRefused ? null : answer.parameters,
      refused: reply.headers.get("Perigee-Refusal"),
      refused_at,
    });
  }
  return asked;
}

/** All rows of a list, once there are so many, by the id of their execution. */
const rowsOf = (mesh: Mesh, key: string, list: string, count: number): Promise<Map<string, Json>> =>
  within(30_000, `${count} ${list}`, async () => {
    const { status, text, body } = await mesh.call(`/v1/${list}?limit=1000`, { key });
    assert.equal(status, 200, text);
    if (body.data.length < count) return null;
    return new Map(body.data.map((row: Json) => [row.id, row]));
  }, 200);

test("A study's engine places 1,000 asks as the running product did, and says the same of their runs", async (mesh) => {
  const key = await mesh.tenant("study");
  const asked = await askAll(mesh, key);
  const served = asked.filter(({ answer }) => answer !== null);
  const placements = await rowsOf(mesh, key, "placements", served.length);
  const receipts = await rowsOf(mesh, key, "receipts", served.length);
  const outcomes: Outcome[] = [];
  const engine = new Engine({
    constellation: FILED,
    profiles: new ShellProfiles(parseProfile(PROFILE)),
    rates: DEFAULT_RATES,
    kinds: asked.map(({ kind }) => kind),
    placement: "nearest_available",
    faults: [],
    from: epochMs(START),
    until: epochMs(START + MS_PER_HOUR),
    elevation_mask: ELEVATION_MASK,
  }, (outcome) => outcomes[outcome.ask] = outcome);
  const instantOf = ({ answer, refused_at }: Asked) =>
    Date.parse(refused_at ?? placements.get(answer.execution_id).placed_at);
  let last = START;
  asked.forEach((one, kind) => {
    // A machine's clock may be set back meanwhile.
    last = Math.max(last, instantOf(one));
    const { lat, lon } = one.place;
    const origin = { lat: degrees(lat), lon: degrees(lon), alt: km(0) };
    engine.ask({ at: last as EpochMs, origin, kind });
  });
  const { residue_most } = engine.finish();
  assert.ok(residue_most <= 1e-9, `${residue_most}`);

  let waited = 0;
  let second = 0;
  asked.forEach(({ answer, refused }, a) => {
    const label = `ask ${a}`;
    const outcome = outcomes[a];
    if (!answer) {
      assert.equal(outcome.node, -1, label);
      const said = refused ?? "no_node";
      assert.ok(said.includes(outcome.refusal!), `${label}: ${said}, ${outcome.refusal}`);
      return;
    }
    const placement = placements.get(answer.execution_id);
    const receipt = receipts.get(answer.execution_id);
    const { timing, energy_j, npu_s, attempts, hops } = outcome;
    assert.equal(outcome.refusal, null, label);
    assert.deepEqual(
      { node: FILED.id(outcome.node), attempts, hops },
      { node: placement.node, attempts: placement.attempts, hops: placement.path.length - 1 },
      label,
    );
    assert.equal(receipt.node, placement.node, label);
    assert.equal(receipt.energy_mj, Math.ceil(energy_j * 1e3), label);
    assert.equal(receipt.npu_us, Math.ceil(npu_s * 1e6), label);
    assert.equal(receipt.operations, Math.ceil(asked[a].kind.operations), label);
    assert.equal(receipt.bytes_up, asked[a].kind.bytes_up, label);
    assert.equal(receipt.bytes_down, asked[a].kind.bytes_down, label);
    const { modelled } = placement;
    assert.equal(modelled.light_time_ms, timing!.light * 1e3, label);
    assert.equal(modelled.transfer_ms, timing!.transfer * 1e3, label);
    assert.equal(modelled.npu_ms, timing!.npu * 1e3, label);
    assert.equal(modelled.energy_mj, energy_j * 1e3, label);
    // Instants since 1970 are doubles: a quarter of a microsecond apart.
    assert.ok(
      Math.abs(modelled.wait_ms - timing!.wait * 1e3) < 1e-3,
      `${label}: ${modelled.wait_ms}`,
    );
    if (timing!.wait > 0) waited++;
    if (hops > 0) second++;
  });
  const refused = ASKS - served.length;
  assert.ok(refused > 20 && served.length > ASKS / 2, `${refused} refused`);
  assert.ok(waited > 0 && second > 0, `${waited} waited, ${second} went over links`);
});

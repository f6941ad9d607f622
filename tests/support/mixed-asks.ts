/**
 * Asks of all kinds that a mesh of generated shells takes, seeded: built-in models and shapes, classes,
 * places, heights, nodes that hold the data, and policies that send an ask over lasers.
 * @module
 */
import assert from "node:assert/strict";
import { FILED } from "../../mesh/orbit/filed.ts";
import type { Json, Mesh } from "./mesh.ts";
import { type Random, seeded } from "./random.ts";

const CITIES = [
  [48.8566, 2.3522],
  [35.6762, 139.6503],
  [-33.8688, 151.2093],
  [40.7128, -74.006],
  [-23.5505, -46.6333],
  [1.3521, 103.8198],
  [64.1466, -21.9426],
  [-54.8019, -68.303],
] as const;

/** Who asks within the reach of lasers, and the country above which the model is to run. */
const ABROAD = [
  { lat: 28.1235, lon: -15.4363, country: "DE" },
  { lat: 21.3069, lon: -157.8583, country: "US" },
  { lat: -18.1416, lon: 178.4419, country: "AU" },
] as const;

interface MixedAsk {
  model: string;
  body: Json;
}

/** Where asks come from: parameters of a request. */
type Origins = (random: Random) => Json;

/** Draws one ask. */
function mixedAsk(random: Random, origins: Origins): MixedAsk {
  const parameters: Json = {
    class: random.pick(["realtime", "interactive", "batch"]),
    ...origins(random),
  };
  const { model, inputs } = random.pick([rss, telemetry, scene])(random);
  return { model, body: { parameters, inputs } };
}

/** So many places and no more: each wakes a node's object. */
function fewOrigins(random: Random, count: number): Origins {
  const origins = Array.from({ length: count }, () => originOf(random));
  return (random) => random.pick(origins);
}

function originOf(random: Random): Json {
  const kind = random.next();
  if (kind < 0.2) return { origin_node: FILED.id(random.integer(0, FILED.count - 1)) };
  if (kind < 0.3) {
    const { lat, lon, country } = random.pick(ABROAD);
    return { origin_lat: lat, origin_lon: lon, policy: JSON.stringify({ allow: [{ country }] }) };
  }
  if (kind < 0.5) {
    const [origin_lat, origin_lon] = random.pick(CITIES);
    return { origin_lat, origin_lon };
  }
  const place = { origin_lat: random.between(-56, 56), origin_lon: random.between(-180, 180) };
  return kind < 0.6 ? { ...place, origin_alt_m: random.integer(1, 12_000) } : place;
}

const rows = (random: Random, count: number, width: number) =>
  Array.from({ length: count * width }, () => Number(random.between(4, 9).toFixed(2)));

function rss(random: Random) {
  const n = random.integer(1, 12);
  const data = rows(random, n, 6);
  return {
    model: "drive-rss",
    inputs: [{ name: "state", datatype: "FP32", shape: [n, 6], data }],
  };
}

function telemetry(random: Random) {
  const [n, t] = [random.integer(1, 6), random.integer(1, 30)];
  const data = rows(random, n, t);
  return {
    model: "telemetry-anomaly",
    inputs: [{ name: "windows", datatype: "FP32", shape: [n, t], data }],
  };
}

function scene(random: Random) {
  const [h, w] = [random.integer(1, 6), random.integer(1, 6)];
  const data = rows(random, 6 * h, w).map((value) => value / 10);
  return {
    model: "scene-indices",
    inputs: [{ name: "reflectance", datatype: "FP32", shape: [1, 6, h, w], data }],
  };
}

/**
 * Has a mesh run so many mixed asks; those that no node takes are drawn anew.
 * @param key the tenant's
 * @param say is told now and then how many have run
 * @returns the ids of the executions
 */
export async function runMixedAsks(
  mesh: Mesh,
  { count, seed, key, places, at_once = 8, say = () => {} }: {
    count: number;
    seed: number;
    key: string;
    /** How many there are; default: each ask has its own. */
    places?: number;
    at_once?: number;
    say?: (ran: number) => void;
  },
): Promise<string[]> {
  const random = seeded(seed);
  const origins = places === undefined ? originOf : fewOrigins(random, places);
  const ids: string[] = [];
  let [sent, refused] = [0, 0];
  await Promise.all(Array.from({ length: at_once }, async () => {
    while (sent < count) {
      sent++;
      const { model, body } = mixedAsk(random, origins);
      const reply = await mesh.call(`/v2/models/${model}/infer`, { body, key });
      if (reply.status === 200) {
        ids.push(reply.body.parameters.execution_id);
        if (ids.length % 500 === 0) say(ids.length);
      } else {
        // Over no country of a policy flies a node, or the origin has gone into the dark.
        assert.equal(reply.status, 503, reply.text);
        sent--;
        refused++;
        assert.ok(refused <= count, `${refused} refused: ${reply.text}`);
      }
    }
  }));
  return ids;
}

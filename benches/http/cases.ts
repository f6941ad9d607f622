/**
 * What the bench asks of the mesh and of the floor, in pairs: the same body, one object call and one
 * insert where the mesh has them.
 * @module
 */
import { FILED } from "../../mesh/orbit/filed.ts";
import { mulberry32 } from "../../mesh/mulberry32.ts";
import type { Request } from "./load.ts";

/** A pair of loads, and what the mesh's share of the floor must be at least. */
export interface Case {
  what: string;
  mesh: Request[];
  floor: Request[];
  target: number | null;
  /** Each request may be sent once in all: its object is new then. */
  once?: boolean;
  /** Fewer than of the others: a tenant has room for one large body, and for eight that wait. */
  connections?: number;
  /** Where the floor's objects would use up the files that a process may open. */
  seconds_max?: number;
}

const PLACES = 50;
const STATE = { name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] };
const DRIVE = "/v2/models/drive-rss/infer";
const json = { "Content-Type": "application/json" };

/**
 * @param key of a tenant without limits
 * @param budgeted of a tenant with a budget and a rate that the load does not use up
 */
export function casesOf({ key, budgeted }: { key: string; budgeted: string }): Case[] {
  const next = mulberry32(20261126);
  const places = Array.from({ length: PLACES }, () => ({
    lat: Math.round((next() * 110 - 55) * 1e4) / 1e4,
    lon: Math.round((next() * 360 - 180) * 1e4) / 1e4,
  }));
  const asked = (key: string) => ({ ...json, Authorization: `Bearer ${key}` });
  const drive = places.map(({ lat, lon }) =>
    JSON.stringify({ parameters: { origin_lat: lat, origin_lon: lon }, inputs: [STATE] })
  );
  const routes = places.map((origin) => JSON.stringify({ model: "drive-rss", origin }));
  const bare = (path: string, bodies: readonly string[], headers: Request["headers"] = json) =>
    bodies.map((body, i): Request => ({ path: path.replace("{i}", `${i}`), headers, body }));
  const infer = (headers: Record<string, string>) =>
    drive.map((body) => ({ path: DRIVE, headers, body }));
  const keyed = { "Idempotency-Key": "bench-{n}" };
  const nodes = shuffled(FILED.count, next).map((index) =>
    JSON.stringify({ parameters: { origin_node: FILED.id(index) }, inputs: [STATE] })
  );
  const tensors = (name: string, shape: number[]) =>
    JSON.stringify({
      parameters: { origin_lat: 48.86, origin_lon: 2.35 },
      inputs: [{
        name,
        datatype: "FP32",
        shape,
        data: valuesOf(shape.reduce((a, b) => a * b), next),
      }],
    });
  const series = tensors("windows", [8, 1_000]);
  const scene = tensors("reflectance", [1, 6, 220, 220]);
  return [
    {
      what: "route",
      mesh: routes.map((body) => ({ path: "/v1/route", headers: asked(key), body })),
      floor: bare("/parse", routes),
      target: 0.8,
    },
    {
      what: "infer, warm: 50 places",
      mesh: infer(asked(key)),
      floor: bare("/insert/{i}", drive),
      target: 0.7,
    },
    {
      what: "infer, with a budget and a rate",
      mesh: infer(asked(budgeted)),
      floor: bare("/insert/{i}", drive),
      target: null,
    },
    {
      what: "infer, each with an Idempotency-Key",
      mesh: infer({ ...asked(key), ...keyed }),
      floor: bare("/insert/{i}", drive, { ...json, ...keyed }),
      target: null,
    },
    {
      what: "infer, cold: a new node each",
      mesh: nodes.map((body) => ({ path: DRIVE, headers: asked(key), body })),
      floor: bare("/insert/new-{i}", nodes),
      target: 0.5,
      once: true,
      seconds_max: 1,
    },
    {
      what: `a series of ${kB(series)} as JSON`,
      mesh: [{ path: "/v2/models/telemetry-anomaly/infer", headers: asked(key), body: series }],
      floor: bare("/insert/{i}", [series]),
      target: null,
    },
    {
      what: `a scene of ${kB(scene)} as JSON`,
      mesh: [{ path: "/v2/models/scene-indices/infer", headers: asked(key), body: scene }],
      floor: bare("/bytes/{i}", [scene]),
      target: null,
      // As many as the mesh reads at once (body-room.ts): more would be told to come again, and count as failed.
      connections: 3,
    },
  ];
}

const kB = (text: string): string => `${Math.round(text.length / 1e3)} kB`;

const valuesOf = (count: number, next: () => number): number[] =>
  Array.from({ length: count }, () => Math.round(next() * 1e5) / 1e5);

function shuffled(count: number, next: () => number): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

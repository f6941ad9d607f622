/**
 * A small run that meets everything: a shell of 400 nodes whose batteries carry few of them through a
 * shadow, models that make NPUs busy and others that must be loaded, and places close to each other.
 * @module
 */
import { DEFAULT_PROFILE } from "../../../../mesh/node/profile.ts";
import { ShellProfiles } from "../../../../mesh/node/shell-profiles.ts";
import { generatedConstellation } from "../../../../mesh/orbit/constellation.ts";
import { DEFAULT_RATES } from "../../../../mesh/placement/links.ts";
import { degrees, epochMs, joules, km, MS_PER_HOUR } from "../../../../mesh/units.ts";
import type { StudyAsk } from "../../../../study/ask.ts";
import { Engine } from "../../../../study/engine/engine.ts";
import type { EngineEnd } from "../../../../study/engine/engine-end.ts";
import type { Outcome } from "../../../../study/outcome.ts";
import type { AskKind, Run } from "../../../../study/run.ts";
import { seeded } from "../../../support/random.ts";

export const FROM = epochMs(Date.UTC(2026, 2, 20, 12));
export const UNTIL = epochMs(FROM + 2 * MS_PER_HOUR);
const MODEL_BYTES = 1e6;

const kind = (name: string, change: Partial<AskKind>): AskKind => ({
  name,
  model: name,
  // A tenth of a second.
  operations: 0.1 * DEFAULT_PROFILE.npu_tops * 1e12,
  memory_bytes: MODEL_BYTES,
  load_bytes: MODEL_BYTES,
  bytes_up: 1e4,
  bytes_down: 1e4,
  class: "interactive",
  deadline_ms: null,
  ...change,
});

export const KINDS: readonly AskKind[] = [
  kind("quick", { class: "realtime", operations: 1e9, deadline_ms: 30 }),
  kind("long", {}),
  kind("joined", { class: "batch", joins: true }),
  kind("loaded", { load_bytes: 2e6, deadline_ms: 3_000 }),
];

export const CONSTELLATION = generatedConstellation("study-400", [
  { code: "S", altitude_km: 550, inclination_deg: 53, planes: 20, per_plane: 20, phasing: 3 },
]);

export const smallRun = (change: Partial<Run> = {}): Run => ({
  constellation: CONSTELLATION,
  profiles: new ShellProfiles({
    ...DEFAULT_PROFILE,
    battery: joules(100 * 3_600),
    battery_floor: joules(20 * 3_600),
    memory_bytes: 3 * MODEL_BYTES,
  }),
  rates: DEFAULT_RATES,
  kinds: KINDS,
  placement: "nearest_available",
  faults: [],
  from: FROM,
  until: UNTIL,
  elevation_mask: degrees(10),
  launched: () => KINDS.slice(0, 3).map(({ model }) => ({ model, bytes: MODEL_BYTES })),
  ...change,
});

/** Asks in bursts from a few places, and from nodes. */
export function smallAsks(seed: number, count: number): StudyAsk[] {
  const random = seeded(seed);
  const places = Array.from({ length: 6 }, () => ({
    lat: degrees(random.between(-55, 55)),
    lon: degrees(random.between(-180, 180)),
    alt: km(0),
  }));
  let at: number = FROM;
  const bursts = Array.from({ length: Math.ceil(count / 20) }, () => {
    at += random.between(0, (UNTIL - FROM) / (count / 20));
    const place = random.pick(places);
    let then = at;
    return Array.from({ length: 20 }, (): StudyAsk => {
      then += random.pick([0, 1, 40]);
      const origin = random.chance(0.05) ? { node: random.integer(0, 399) } : place;
      return { at: epochMs(Math.floor(then)), origin, kind: random.integer(0, 3) };
    });
  });
  return bursts.flat().sort((a, b) => a.at - b.at).filter((ask) => ask.at < UNTIL);
}

/** Runs all of it. */
export function ran(
  run: Run,
  asks: readonly StudyAsk[],
): { end: EngineEnd; outcomes: Outcome[]; order: number[] } {
  const outcomes: Outcome[] = [];
  const order: number[] = [];
  const engine = new Engine(run, (outcome) => {
    outcomes[outcome.ask] = outcome;
    order.push(outcome.ask);
  });
  for (const ask of asks) engine.ask(ask);
  return { end: engine.finish(), outcomes, order };
}

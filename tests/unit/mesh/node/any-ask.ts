/**
 * Seeded asks and hints of every kind, for tests of placement.
 * @module
 */
import type { Refusal } from "../../../../mesh/node/admit.ts";
import { DEFAULT_PROFILE } from "../../../../mesh/node/profile.ts";
import { ShellProfiles } from "../../../../mesh/node/shell-profiles.ts";
import type { Ask } from "../../../../mesh/placement/ask.ts";
import { Hints } from "../../../../mesh/placement/hints.ts";
import { DEFAULT_RATES } from "../../../../mesh/placement/links.ts";
import type { CompiledPolicy } from "../../../../mesh/placement/policy.ts";
import type { Physics } from "../../../../mesh/placement/timing.ts";
import { degrees, epochMs, km } from "../../../../mesh/units.ts";
import type { Random } from "../../../support/random.ts";
import { QUIET } from "./a-digest.ts";

const LAUNCHED = [{ model: "scene-indices", bytes: 1 }];

export const PHYSICS: Physics = {
  profiles: new ShellProfiles(DEFAULT_PROFILE),
  rates: DEFAULT_RATES,
  launched: () => LAUNCHED,
};

/** Poles and date line among them. */
export function anyPlace(random: Random) {
  const lat = random.pick([90, -90, random.between(-90, 90), random.between(-60, 60)]);
  const lon = random.pick([180, -180, random.between(-180, 180), random.between(-180, 180)]);
  return { lat: degrees(lat), lon: degrees(lon), alt: km(random.between(-0.4, 9)) };
}

function anyPolicy(random: Random): CompiledPolicy {
  const [every, side] = [random.integer(2, 9), random.pick([-1, 1])];
  return random.chance(0.5)
    ? { admits: (index) => index % every === 0 }
    : { admits: (_, { z }) => z * side > -1_000 };
}

export function anyAsk(random: Random, at: number): Ask {
  return {
    at: epochMs(at),
    origin: anyPlace(random),
    operations: random.pick([0, 1e6, 1e9, 5e12]),
    model: random.pick(["scene-indices", "drive-rss"]),
    memory_bytes: random.pick([0, 1e6, 8e9, 8e9, 8e9, 8e9 + 1]),
    load_bytes: random.pick([0, 50_000]),
    bytes_up: random.pick([0, 1_000, 1e6]),
    bytes_down: random.pick([0, 1_000, 1e6]),
    deadline_ms: random.pick([null, null, 5, 50, 500, 5_000]),
    class: random.pick(["realtime", "interactive", "batch"]),
    elevation_mask: degrees(random.pick([25, 25, 25, 0, 5, 40, 70])),
    policy: random.chance(0.2) ? anyPolicy(random) : null,
    needs_hardware: random.chance(0.15),
  };
}

const REFUSALS: readonly Refusal[] = ["dark", "hot", "busy", "gone"];

/** Hints of every kind for a share of the nodes, `crowded` ones among them about the origin. */
export function anyHints(
  random: Random,
  ask: Ask,
  crowded: readonly number[],
  count: number,
): Hints {
  const hints = new Hints();
  const share = random.pick([0, 0.3, 0.9, 1]);
  const refusing = random.pick([0.2, 0.4, 1]);
  const anywhere = Array.from({ length: 200 }, () => random.integer(0, count - 1));
  const anyFree = () =>
    random.pick([0, ask.at - 5, ask.at + random.between(0, 40), ask.at + 1_500]);
  for (const index of [...crowded, ...anywhere]) {
    if (!random.chance(share)) continue;
    hints.note(index, {
      ...QUIET,
      at_ms: ask.at - random.between(0, 1_000),
      free_ms: { realtime: anyFree(), interactive: anyFree(), batch: anyFree() },
      npu_speed: random.pick([1, 1, 0.5]),
      resident: random.pick([["scene-indices"], []]),
      refusing: random.chance(refusing)
        ? { refusal: random.pick(REFUSALS), until_ms: ask.at + random.pick([-1, 0, 1, 60_000]) }
        : null,
    });
  }
  const attached = random.pick([0, 0.1, 0.9]);
  hints.boards = new Set([...crowded, ...anywhere].filter(() => random.chance(attached)));
  return hints;
}

import assert from "node:assert/strict";
import { whyWearless } from "../../../functions/route/why-wearless.ts";
import type { Ask } from "../../../mesh/placement/ask.ts";
import type { BatteryUse } from "../../../mesh/placement/battery-use.ts";
import type { Candidate } from "../../../mesh/placement/candidate.ts";
import { degrees, epochMs, km } from "../../../mesh/units.ts";
import { seeded } from "../../support/random.ts";
import { anyAsk } from "../../unit/mesh/node/any-ask.ts";

const GROUND = { lat: degrees(0), lon: degrees(0), alt: km(0) };

const why = (use: BatteryUse, hops: number, more: Partial<Ask>): string =>
  whyWearless(
    {
      battery: { use, state_of_charge: 0.9871 },
      path: Array.from({ length: hops + 1 }, () => "A"),
    } as unknown as Candidate,
    { ...anyAsk(seeded(1), epochMs(0)), origin: GROUND, deadline_ms: null, ...more },
  );

Deno.test("whyWearless() says by which rule a node was chosen, and how far the ask could go for it", () => {
  const within = { deadline_ms: 80 };
  assert.deepEqual([
    why("none", 0, {}),
    why("none", 0, within),
    why("none", 3, within),
    why("slows_charging", 0, {}),
    why("draws", 0, within),
    why("draws", 3, {}),
    why("none", 3, { origin: { node: 1 } }),
    why("none", 0, { origin: { node: 1 }, ...within }),
  ], [
    "Its run takes nothing from its battery, and no other such node above is sooner",
    "Its run takes nothing from its battery, and no other such node above is sooner",
    "Its run takes nothing from its battery, and no other such node is sooner",
    "No node above can run it without its battery: this one, 98.7 % charged, only charges slower",
    "No node that answers within 80 ms can run it without its battery: this one is the fullest, 98.7 % charged",
    "No node above serves, and without a deadline the quickest over links is taken",
    "Without a deadline an ask from a node goes where it is answered first",
    "Its run takes nothing from its battery, and no other such node is sooner",
  ]);
});

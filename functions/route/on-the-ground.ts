/**
 * What an ask that is placed would take on the ground, and where it would be answered first.
 * @module
 */
import type { z } from "@hono/zod-openapi";
import type { GroundJson, Where } from "../../contract/ground.ts";
import { toGround } from "../../contract/to-ground.ts";
import { Ground } from "../../mesh/ground/ground-candidate.ts";
import { type Ask, isNodeOrigin } from "../../mesh/placement/ask.ts";
import type { Candidate } from "../../mesh/placement/candidate.ts";
import type { Sky } from "../../mesh/placement/sky.ts";
import { expectedAccess } from "../../mesh/radio/access.ts";
import { seconds } from "../../mesh/units.ts";

/** What the wire says of the ground and of where to think. */
export interface Compared {
  /** Null: no node overhead, or none that links lead to is over a gateway. */
  ground: GroundJson | null;
  /** Null: neither would serve. */
  where: z.infer<typeof Where> | null;
}

let ground: Ground | undefined;

const NO_ACCESS = { up: seconds(0), down: seconds(0) };

/** @param best the node that would be asked first; undefined: none would serve */
export function onTheGround(ask: Ask, sky: Sky, best: Candidate | undefined): Compared {
  ground ??= new Ground();
  const { radio } = sky.physics;
  const { up, down } = radio && !isNodeOrigin(ask.origin) ? expectedAccess(radio) : NO_ACCESS;
  const candidate = ground.candidate(ask, sky, seconds(up + down));
  const written = candidate && toGround(candidate, ask, sky.almanac.constellation);
  const serves = candidate !== null && written?.refusal === undefined;
  const isGround = serves && (!best || candidate.timing.total < best.timing.total);
  return { ground: written, where: isGround ? "ground" : best ? "orbit" : null };
}

/**
 * The ground beside the nodes: the terms of a bent pipe as one bar, by the scale of the candidates.
 * @module
 */
import type { GroundJson } from "../../contract/ground.ts";
import type { RouteAnswer } from "../../contract/placement.ts";
import { TermBar } from "./term-bar.tsx";

const TERMS = [
  ["light_time_ms", "light"],
  ["access_ms", "access"],
  ["fibre_ms", "fibre"],
  ["transfer_ms", "transfer"],
  ["compute_ms", "npu"],
] as const;

/**
 * One row, and where to think.
 * @param longest of all bars, ms
 */
export function OnTheGround(
  { answer: { ground, where }, longest }: { answer: RouteAnswer; longest: number },
) {
  if (ground === undefined) return null;
  return (
    <>
      {ground && (
        <ul class="candidates" aria-label="On the ground">
          <Row ground={ground} longest={longest} isBetter={where === "ground"} />
        </ul>
      )}
      <p>
        {ground === null
          ? "No way leads down to a gateway."
          : where === null
          ? "Neither orbit nor the ground would serve."
          : where === "ground"
          ? "The ground would answer first."
          : "Orbit answers first."}
      </p>
    </>
  );
}

function Row(
  { ground, longest, isBetter }: { ground: GroundJson; longest: number; isBetter: boolean },
) {
  const { gateway, region, modelled, path, refusal } = ground;
  return (
    <li class={refusal ? "refused" : isBetter ? "chosen" : ""}>
      <span class="mono">{region.city}</span>
      <span class="faint">
        on the ground, by {path[0]}
        {path.length > 1 && `, ${path.length - 1} laser link${path.length > 2 ? "s" : ""}`}{" "}
        and the gateway {gateway.name}
      </span>
      <span class="num">{modelled.total_ms.toFixed(3)} ms</span>
      <TermBar terms={TERMS.map(([key, name]) => [name, modelled[key]])} longest={longest} />
      {refusal && (
        <span class="why">
          <strong>{refusal}</strong>: it would answer after the deadline
        </span>
      )}
    </li>
  );
}

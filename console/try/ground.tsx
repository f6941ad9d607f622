/**
 * The ground beside the nodes: the terms of a bent pipe as one bar, by the scale of the candidates.
 * @module
 */
import type { GroundJson } from "../../contract/ground.ts";
import type { RouteAnswer } from "../../contract/placement.ts";

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
  let at = 0;
  const parts = TERMS.map(([key, name]) => {
    const part = { name, from: at, width: 100 * modelled[key] / longest };
    at += part.width;
    return part;
  });
  return (
    <li class={refusal ? "refused" : isBetter ? "chosen" : ""}>
      <span class="mono">{region.city}</span>
      <span class="faint">
        on the ground, by {path[0]}
        {path.length > 1 && `, ${path.length - 1} laser link${path.length > 2 ? "s" : ""}`}{" "}
        and the gateway {gateway.name}
      </span>
      <span class="num">{modelled.total_ms.toFixed(3)} ms</span>
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect class="track" width="100" height="6" />
        {parts.map(({ name, from, width }) => (
          <rect key={name} class={`term-${name}`} x={from} width={width} height="6" />
        ))}
      </svg>
      {refusal && (
        <span class="why">
          <strong>{refusal}</strong>: it would answer after the deadline
        </span>
      )}
    </li>
  );
}

/**
 * Why an ask runs where it runs: the terms of each candidate as one bar, and why not the others.
 * @module
 */
import type { CandidateJson, RouteAnswer } from "../../contract/placement.ts";
import { OnTheGround } from "./ground.tsx";
import { TermBar } from "./term-bar.tsx";

const TERMS = [
  ["light_time_ms", "light", "Light, there and back"],
  ["transfer_ms", "transfer", "Transfer"],
  ["access_ms", "access", "Radio access"],
  ["wait_ms", "wait", "Wait"],
  ["npu_ms", "npu", "NPU"],
] as const;

const LEGEND = [
  ...TERMS.map(([, name, title]) => [name, title] as const),
  ["fibre", "Fibre, there and back"] as const,
];

/** What refusals mean, for who has not read the documentation. */
const REASONS: Readonly<Record<string, string>> = {
  dark: "too little charge in the Earth's shadow",
  hot: "too hot to run",
  busy: "its queue would break a promise",
  no_memory: "the model does not fit beside the others",
  no_hardware: "the model needs hardware that it has not",
  too_late: "it would answer after the deadline",
  gone: "it is out of service, or out of reach",
  excluded: "the policy of the ask keeps it out",
};

/** What a run would take of the node's battery. */
const BATTERY_USES: Readonly<Record<string, string>> = {
  none: "runs on sunlight",
  slows_charging: "in sunlight, its battery charging",
  draws: "runs on its battery",
};

/**
 * The candidates, best first.
 * @param ran the node that took the ask; null: none yet
 */
export function Candidates(
  { answer, ran }: { answer: RouteAnswer; ran: string | null },
) {
  const { candidates, placement, ground, why } = answer;
  const totals = [...candidates, ...(ground ? [ground] : [])].map((one) => one.modelled.total_ms);
  const longest = Math.max(...totals, 1e-9);
  return (
    <>
      {why && <p>{why}.</p>}
      <ul class="terms">
        {LEGEND.map(([name, title]) => (
          <li key={name}>
            <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
              <rect width="10" height="10" rx="2" class={`term-${name}`} />
            </svg>
            {title}
          </li>
        ))}
      </ul>
      <ol class="candidates">
        {candidates.map((candidate) => (
          <Candidate
            key={candidate.node}
            candidate={candidate}
            longest={longest}
            isChosen={candidate.node === (ran ?? placement?.node)}
            isRun={candidate.node === ran}
          />
        ))}
      </ol>
      {placement === null && <p>No candidate would serve.</p>}
      <OnTheGround answer={answer} longest={longest} />
    </>
  );
}

function Candidate(
  { candidate, longest, isChosen, isRun }: {
    candidate: CandidateJson;
    longest: number;
    isChosen: boolean;
    isRun: boolean;
  },
) {
  const { node, modelled, refusal, elevation_deg, slant_range_km, path, battery } = candidate;
  return (
    <li class={refusal ? "refused" : isChosen ? "chosen" : ""}>
      <span class="mono">{node}</span>
      <span class="faint">
        {elevation_deg !== null && `${elevation_deg.toFixed(0)}° up, `}
        {slant_range_km !== null && `${slant_range_km.toFixed(0)} km`}
        {path.length > 1 && `, over ${path.length - 1} laser link${path.length > 2 ? "s" : ""}`}
        {battery && `, ${BATTERY_USES[battery.use]}`}
        {isRun && <span class="tag">ran here</span>}
      </span>
      <span class="num">{modelled.total_ms.toFixed(3)} ms</span>
      <TermBar terms={TERMS.map(([key, name]) => [name, modelled[key]])} longest={longest} />
      {refusal && (
        <span class="why">
          <strong>{refusal}</strong>: {REASONS[refusal] ?? "it would refuse"}
        </span>
      )}
    </li>
  );
}

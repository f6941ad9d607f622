/**
 * One node for operators: how it stands, what is attached to it, and taking it out of service and back.
 * @module
 */
import { useAction } from "../act.ts";
import { call } from "../api.ts";
import { useAsked } from "../asked.ts";
import { durationText, energyText, instantText, shareText } from "../figures.ts";
import { Notice } from "../notice.tsx";
import type { NodeState } from "./fleet.ts";

const EVERY_MS = 5_000;
const ACTIONS = [
  { action: "drain", label: "Drain", of: "up", tells: "It finishes what it has" },
  { action: "fail", label: "Fail", of: "up", tells: "It lets go of those who wait, too" },
  { action: "repair", label: "Repair", of: "out", tells: "It serves again" },
] as const;

/** The panel. `changed` is called when the node's service has changed. */
export function NodePanel({ id, changed, close }: {
  id: string;
  changed: () => void;
  close: () => void;
}) {
  const path = `/v1/nodes/${encodeURIComponent(id)}`;
  const { value: node, error, again } = useAsked<NodeState>(path, EVERY_MS);
  const action = useAction();
  const act = (verb: string) =>
    action.run(async () => {
      await call(`${path}/${verb}`, { method: "POST" });
      again();
      changed();
    });
  return (
    <section class="card panel" aria-label={`Node ${id}`}>
      <div class="head">
        <h2>{id}</h2>
        {node && <Service service={node.service} />}
        <button type="button" class="quiet end" onClick={close}>Close</button>
      </div>
      <Notice error={action.error ?? error} />
      {node && (
        <>
          <div class="row">
            {ACTIONS.filter(({ of }) => (of === "up") === (node.service === "up")).map((
              { action: verb, label, tells },
            ) => (
              <button
                key={verb}
                type="button"
                title={tells}
                disabled={action.isBusy}
                onClick={() => act(verb)}
              >
                {label}
              </button>
            ))}
          </div>
          <Facts node={node} />
        </>
      )}
    </section>
  );
}

/** Whether a node is in service, in a colour and in words. */
export const Service = ({ service }: { service: NodeState["service"] }) => (
  <span class={`tag tag-${service}`}>{service}</span>
);

function Facts({ node: { modelled, board, ...node } }: { node: NodeState }) {
  const { lat, lon, alt_km } = node.sub_point;
  return (
    <>
      <dl class="facts">
        <Fact name="Below it" value={`${lat.toFixed(1)}°, ${lon.toFixed(1)}°`} />
        <Fact name="Altitude" value={`${Math.round(alt_km)} km`} />
        <Fact name="Region" value={node.region} />
        <Fact name="Light" value={node.sunlit ? "sunlit" : "in shadow"} />
        <Fact name="Charge" value={shareText(modelled.state_of_charge)} />
        <Fact name="Body" value={kelvin(modelled.temperature_k)} />
        <Fact name="NPU" value={kelvin(modelled.npu_temperature_k)} />
        <Fact name="NPU speed" value={shareText(modelled.npu_speed)} />
        <Fact name="Refuses" value={modelled.refusing ?? "nothing"} />
        <Fact name="Models in memory" value={modelled.resident.join(", ") || "none"} />
        <Fact
          name={modelled.source === "node" ? "Said" : "Computed for"}
          value={`${instantText(Date.parse(modelled.as_of))} UTC`}
        />
      </dl>
      <h3>Board</h3>
      {board === null ? <p class="faint">None is attached.</p> : (
        <dl class="facts">
          <Fact name="Runtime" value={board.runtime} />
          <Fact name="Since" value={`${instantText(Date.parse(board.attached_at))} UTC`} />
          {board.measured === null
            ? <Fact name="Measured" value="nothing yet" />
            : <MeasuredFacts {...board.measured} />}
        </dl>
      )}
    </>
  );
}

type Measured = NonNullable<NonNullable<NodeState["board"]>["measured"]>;

const MeasuredFacts = ({ wall_ms, energy_mj, temperature_k }: Measured) => (
  <>
    {wall_ms !== null && <Fact name="Last run, measured" value={durationText(wall_ms)} />}
    {energy_mj !== null && <Fact name="Its energy, measured" value={energyText(energy_mj)} />}
    {temperature_k !== null && <Fact name="Board, measured" value={kelvin(temperature_k)} />}
  </>
);

const Fact = ({ name, value }: { name: string; value: string }) => (
  <>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </>
);

const kelvin = (k: number): string => `${(k - 273.15).toFixed(1)} °C`;

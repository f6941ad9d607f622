/**
 * The nodes that an operator looks for, as a table.
 * @module
 */
import { useState } from "preact/hooks";
import { REGIONS } from "../../mesh/region.ts";
import { useAsked } from "../asked.ts";
import { shareText } from "../figures.ts";
import { Notice } from "../notice.tsx";
import { type FleetFilter, type FleetNode, fleetPath, NO_FILTER, type Page } from "./fleet.ts";
import { NodePanel, Service } from "./node-panel.tsx";

const EVERY_MS = 10_000;

/** The table with its filters, and the panel of the node that was chosen. */
export function FleetTable({ chosen, choose }: {
  chosen: string;
  choose: (id: string) => void;
}) {
  const [filter, setFilter] = useState(NO_FILTER);
  const [cursors, setCursors] = useState([""]);
  const { value, error, isAsking, again } = useAsked<Page<FleetNode>>(
    fleetPath(filter, cursors.at(-1)),
    EVERY_MS,
  );
  const change = (part: Partial<FleetFilter>) => {
    setFilter({ ...filter, ...part });
    setCursors([""]);
  };
  return (
    <section aria-label="Nodes" class="stack">
      <Filters filter={filter} change={change} />
      <Notice error={error} again={again} />
      <div class={chosen === "" ? "" : "split"}>
        <div class="card stack">
          <div class="scroll" tabIndex={0} role="region" aria-label="Table of nodes">
            <table>
              <thead>
                <tr>
                  <th scope="col">Node</th>
                  <th scope="col">Service</th>
                  <th scope="col">Region</th>
                  <th scope="col">Charge</th>
                  <th scope="col">Light</th>
                  <th scope="col">Refuses</th>
                </tr>
              </thead>
              <tbody>
                {value?.data.map((node) => (
                  <Row key={node.id} node={node} isChosen={node.id === chosen} choose={choose} />
                ))}
              </tbody>
            </table>
          </div>
          {value?.data.length === 0 && (
            <p class="faint">
              {value.next !== null
                ? "None of those looked at so far: go on."
                : filter.show === "touched"
                ? "No node has run anything for this isolate within ten minutes, or none that fits."
                : "No node fits."}
            </p>
          )}
          <div class="row">
            <button
              type="button"
              disabled={cursors.length === 1}
              onClick={() => setCursors(cursors.slice(0, -1))}
            >
              Back
            </button>
            <button
              type="button"
              disabled={!value?.next}
              onClick={() => value?.next && setCursors([...cursors, value.next])}
            >
              Further
            </button>
            <span class="faint" role="status">
              {value ? `${value.data.length} nodes` : isAsking ? "Asking" : ""}
            </span>
          </div>
        </div>
        {chosen !== "" && (
          <NodePanel
            key={chosen}
            id={chosen}
            changed={again}
            close={() => choose("")}
          />
        )}
      </div>
    </section>
  );
}

function Row({ node, isChosen, choose }: {
  node: FleetNode;
  isChosen: boolean;
  choose: (id: string) => void;
}) {
  const { state_of_charge, refusing } = node.modelled;
  return (
    <tr class={isChosen ? "chosen" : ""}>
      <th scope="row">
        <button type="button" class="link" aria-pressed={isChosen} onClick={() => choose(node.id)}>
          {node.id}
        </button>
      </th>
      <td>
        <Service service={node.service} />
      </td>
      <td>{node.region}</td>
      <td>
        <meter min={0} max={1} low={0.25} value={state_of_charge} aria-label="Charge" />{" "}
        {shareText(state_of_charge)}
      </td>
      <td>{node.sunlit ? "sunlit" : "in shadow"}</td>
      <td>{refusing ?? ""}</td>
    </tr>
  );
}

function Filters({ filter, change }: {
  filter: FleetFilter;
  change: (part: Partial<FleetFilter>) => void;
}) {
  const select = (
    name: keyof FleetFilter,
    label: string,
    options: readonly (readonly [string, string])[],
  ) => (
    <div class="field">
      <label for={`fleet-${name}`}>{label}</label>
      <select
        id={`fleet-${name}`}
        value={filter[name]}
        onChange={({ currentTarget }) => change({ [name]: currentTarget.value })}
      >
        {options.map(([value, text]) => <option key={value} value={value}>{text}</option>)}
      </select>
    </div>
  );
  const any = ["", "Any"] as const;
  return (
    <div class="filters">
      {select("show", "Show", [
        ["touched", "Nodes that have run something"],
        ["boards", "Nodes with a board"],
        ["all", "All nodes"],
      ])}
      {select("service", "Service", [any, ["up", "Up"], ["drained", "Drained"], [
        "failed",
        "Failed",
      ]])}
      {select("region", "Region", [any, ...REGIONS.map((name) => [name, name] as const)])}
      {select("sunlit", "Light", [any, ["true", "Sunlit"], ["false", "In shadow"]])}
      {select("charge_max", "Charge", [any, ["0.25", "To 25 %"], ["0.5", "To 50 %"]])}
      <div class="field">
        <label for="fleet-shell">Shell</label>
        <input
          id="fleet-shell"
          autocomplete="off"
          spellcheck={false}
          placeholder="Any"
          value={filter.shell}
          onChange={({ currentTarget }) => change({ shell: currentTarget.value })}
        />
      </div>
    </div>
  );
}

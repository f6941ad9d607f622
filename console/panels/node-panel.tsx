/**
 * One node: where it is, how it stands, when it passes over the chosen place, and what ran on it.
 * @module
 */
import type { NodeAnswer } from "../../contract/node.ts";
import { isSunlit } from "../../mesh/orbit/eclipse.ts";
import { ecefToGeodetic } from "../../mesh/orbit/frames.ts";
import { sunDirectionEcef } from "../../mesh/orbit/sun.ts";
import { useAsked } from "../asked.ts";
import { Notice } from "../notice.tsx";
import { useKey } from "../session.ts";
import { coordinates } from "../sky/places.ts";
import type { Sky } from "../sky/sky.ts";
import { useNow, useOrbit } from "../sky/use-sky.ts";
import { NodePasses } from "./node-passes.tsx";
import { RanHere } from "./ran-here.tsx";

const AGAIN_MS = 2_000;
const CELSIUS_K = 273.15;

/** The panel. */
export function NodePanel(
  { sky, node, place, onClose }: {
    sky: Sky;
    /** In the constellation. */
    node: number;
    place: { lat: number; lon: number } | null;
    onClose: () => void;
  },
) {
  const id = sky.constellation.id(node);
  const key = useKey();
  const { value, error } = useAsked<NodeAnswer>(
    key ? `/v1/nodes/${encodeURIComponent(id)}` : null,
    AGAIN_MS,
  );
  const { at } = useNow(sky.clock, 1_000);
  const xyz = new Float64Array(3);
  sky.almanac.at(at).position(node, xyz);
  const here = { x: xyz[0], y: xyz[1], z: xyz[2] };
  const { lat, lon, alt } = ecefToGeodetic(here);
  const flies = sky.almanac.flies(node);
  const { altitude_km, inclination_deg } = sky.groups[sky.constellation.group(node)];
  const { orbit, error: orbitError } = useOrbit(sky, node);
  return (
    <section class="panel side" aria-label={`Node ${id}`}>
      <div class="row spread">
        <h2 class="mono">{id}</h2>
        <button type="button" class="quiet" onClick={onClose} aria-label="Close the node">✕</button>
      </div>
      <p class="row">
        <span class="tag">
          {!flies
            ? "It has no orbit left"
            : isSunlit(here, sunDirectionEcef(at))
            ? "In sunlight"
            : "In shadow"}
        </span>
        {value && value.service !== "up" && <span class="tag tag-warn">{value.service}</span>}
        {value?.modelled.refusing && (
          <span class="tag tag-warn">refuses: {value.modelled.refusing}</span>
        )}
        {value?.board && <span class="tag">board attached</span>}
      </p>
      <dl class="facts">
        {orbit?.name && (
          <>
            <dt>Name</dt>
            <dd>{orbit.name}</dd>
          </>
        )}
        {flies && (
          <>
            <dt>Below it</dt>
            <dd>{coordinates(lat, lon)}</dd>
            <dt>Altitude</dt>
            <dd>{alt.toFixed(1)} km</dd>
          </>
        )}
        <dt>Shell</dt>
        <dd>
          {altitude_km} km at {inclination_deg}°
        </dd>
        {value && (
          <>
            <dt>Region</dt>
            <dd>{value.region}</dd>
          </>
        )}
      </dl>
      {value && <Modelled node={value} />}
      {key
        ? <Notice error={error} />
        : <p class="faint">With a key you see its battery, its heat and its queue.</p>}
      <Notice error={orbitError} />
      <NodePasses clock={sky.clock} orbit={orbit} place={place} />
      <RanHere id={id} />
    </section>
  );
}

function Modelled({ node: { at, modelled, board } }: { node: NodeAnswer }) {
  const { state_of_charge, temperature_k, npu_temperature_k, npu_speed, free_at, resident } =
    modelled;
  const wait_s = Math.max(0, (Date.parse(free_at.interactive) - Date.parse(at)) / 1e3);
  return (
    <>
      <h3>
        Modelled{" "}
        <span class="faint">
          {modelled.source === "node" ? "its last word to you" : "as if nobody had used it"}
        </span>
      </h3>
      <Meter
        label="Charge"
        share={state_of_charge}
        text={`${(100 * state_of_charge).toFixed(1)} %`}
      />
      <Meter label="NPU speed" share={npu_speed} text={`${(100 * npu_speed).toFixed(0)} %`} />
      <dl class="facts">
        <dt>Body</dt>
        <dd>{(temperature_k - CELSIUS_K).toFixed(1)} °C</dd>
        <dt>NPU</dt>
        <dd>{(npu_temperature_k - CELSIUS_K).toFixed(1)} °C</dd>
        <dt>An ask waits</dt>
        <dd>{wait_s < 0.001 ? "not at all" : `${wait_s.toFixed(2)} s`}</dd>
        <dt>In memory</dt>
        <dd>{resident.length > 0 ? resident.join(", ") : "no model"}</dd>
      </dl>
      {board?.measured && (
        <>
          <h3>Measured by its board</h3>
          <dl class="facts">
            <dt>Last run</dt>
            <dd>
              {board.measured.wall_ms === null ? "—" : `${board.measured.wall_ms.toFixed(1)} ms`}
            </dd>
            <dt>Its energy</dt>
            <dd>
              {board.measured.energy_mj === null
                ? "—"
                : `${board.measured.energy_mj.toFixed(1)} mJ`}
            </dd>
          </dl>
        </>
      )}
    </>
  );
}

/** A share as a bar. */
export function Meter({ label, share, text }: { label: string; share: number; text: string }) {
  return (
    <div class="meter">
      <span>{label}</span>
      <span class="num">{text}</span>
      <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect class="track" width="100" height="4" rx="1" />
        <rect
          class={share < 0.3 ? "fill low" : "fill"}
          width={100 * Math.min(Math.max(share, 0), 1)}
          height="4"
          rx="1"
        />
      </svg>
    </div>
  );
}

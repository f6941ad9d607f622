/**
 * A place on the ground: which node is nearest in its sky now, and the way to a first request from there.
 * @module
 */
import { siteOf } from "../../mesh/geo/site.ts";
import { ELEVATION_MASK } from "../../mesh/placement/place.ts";
import { degrees, type EpochMs, km } from "../../mesh/units.ts";
import { hrefOf } from "../router.ts";
import { coordinates } from "../sky/places.ts";
import type { Sky } from "../sky/sky.ts";
import { useNow } from "../sky/use-sky.ts";

/** The panel. */
export function PlacePanel(
  { sky, place, onNode, onClose }: {
    sky: Sky;
    place: { lat: number; lon: number; name?: string };
    onNode: (index: number) => void;
    onClose: () => void;
  },
) {
  const { at } = useNow(sky.clock, 1_000);
  const { count, nearest } = overhead(sky, place, at);
  const { lat, lon, name } = place;
  return (
    <section class="panel side place" aria-label="Place">
      <div class="row spread">
        <h2>{name ?? coordinates(lat, lon)}</h2>
        <button type="button" class="quiet" onClick={onClose} aria-label="Close the place">
          ✕
        </button>
      </div>
      <dl class="facts">
        {name && name !== coordinates(lat, lon) && (
          <>
            <dt>At</dt>
            <dd>{coordinates(lat, lon)}</dd>
          </>
        )}
        <dt>Nodes above {ELEVATION_MASK}°</dt>
        <dd>{count}</dd>
        {nearest && (
          <>
            <dt>Nearest</dt>
            <dd>
              <button type="button" class="link mono" onClick={() => onNode(nearest.node)}>
                {sky.constellation.id(nearest.node)}
              </button>
            </dd>
            <dt>Its slant range</dt>
            <dd>{nearest.range_km.toFixed(1)} km</dd>
          </>
        )}
      </dl>
      <a class="button" href={hrefOf("try", { lat: lat.toFixed(4), lon: lon.toFixed(4) })}>
        Try it from here
      </a>
    </section>
  );
}

function overhead(
  sky: Sky,
  { lat, lon }: { lat: number; lon: number },
  at: EpochMs,
): { count: number; nearest: { node: number; range_km: number } | null } {
  const site = siteOf({ lat: degrees(lat), lon: degrees(lon), alt: km(0) });
  let count = 0;
  let nearest: { node: number; range_km: number } | null = null;
  sky.each(
    { at, site, sin_mask: Math.sin(ELEVATION_MASK * Math.PI / 180) },
    (node, range_km) => {
      count++;
      if (!nearest || range_km < nearest.range_km) nearest = { node, range_km };
    },
  );
  return { count, nearest };
}

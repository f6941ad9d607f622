/**
 * When a node passes over a place, worked out in the page by the search that answers GET /v1/passes.
 * @module
 */
import { useEffect, useState } from "preact/hooks";
import { siteOf } from "../../mesh/geo/site.ts";
import type { Pass } from "../../mesh/passes/pass.ts";
import { findPasses } from "../../mesh/passes/search.ts";
import { ELEVATION_MASK } from "../../mesh/placement/place.ts";
import { degrees, epochMs, km } from "../../mesh/units.ts";
import { coordinates } from "../sky/places.ts";
import type { Orbit } from "../sky/sky.ts";
import type { ViewClock } from "../sky/view-clock.ts";

const AHEAD_MS = 24 * 3_600_000;
const SHOWN_MAX = 6;

/** The next passes, or how to choose a place. */
export function NodePasses(
  { clock, orbit, place }: {
    clock: ViewClock;
    /** Null: it has not come. */
    orbit: Orbit | null;
    place: { lat: number; lon: number } | null;
  },
) {
  const [passes, setPasses] = useState<Pass[] | null>(null);
  useEffect(() => {
    setPasses(null);
    if (!place || !orbit) return;
    const from = clock.now();
    const search = findPasses({
      flight: orbit.flight,
      nodes: [orbit.index],
      site: siteOf({ lat: degrees(place.lat), lon: degrees(place.lon), alt: km(0) }),
      mask: ELEVATION_MASK,
      from,
      until: epochMs(from + AHEAD_MS),
    });
    // A few milliseconds at a time, so that the globe goes on turning.
    let timer = 0;
    const go = () => {
      const { done, value } = search.next();
      if (done) setPasses(value);
      else timer = setTimeout(go);
    };
    timer = setTimeout(go);
    return () => clearTimeout(timer);
  }, [clock, orbit, place?.lat, place?.lon]);
  if (!place) return <p class="faint">Click the ground to see when it passes there.</p>;
  return (
    <>
      <h3>
        Passes <span class="faint">over {coordinates(place.lat, place.lon)}</span>
      </h3>
      {passes === null
        ? <p class="faint">Working them out</p>
        : passes.length === 0
        ? <p class="faint">None within a day above {ELEVATION_MASK}°.</p>
        : (
          <table>
            <thead>
              <tr>
                <th scope="col">Rises, UTC</th>
                <th scope="col">For</th>
                <th scope="col">Up to</th>
              </tr>
            </thead>
            <tbody>
              {passes.slice(0, SHOWN_MAX).map((pass) => (
                <tr key={pass.culmination.at}>
                  <td>{pass.rise === null ? "up" : timeOf(pass.rise)}</td>
                  <td>
                    {pass.rise === null || pass.set === null
                      ? "—"
                      : `${Math.round((pass.set - pass.rise) / 1e3)} s`}
                  </td>
                  <td>{pass.culmination.elevation.toFixed(0)}°</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
    </>
  );
}

const timeOf = (at: number): string => new Date(at).toISOString().slice(11, 19);

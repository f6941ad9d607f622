/**
 * Finds, for each shell, the Walker phasing factor that keeps its nodes farthest apart at their
 * closest approach, and says where the shell table differs from it.
 *
 * For two circular orbits of one shell, RAAN apart by D and argument of latitude apart by d, the
 * cosine of the angle between the nodes is A cos d - B sin d + C cos(2u + d), so that its largest
 * value over an orbit is in closed form, and trying every F takes seconds.
 * Run: `npx deno run tools/phasing.ts`
 * @module
 */
import { WGS84_EQUATORIAL_RADIUS_KM } from "../mesh/orbit/earth.ts";
import { ORBITAL_DATA_CENTRE_FILED } from "../mesh/orbit/orbital-data-centre.ts";
import { type Shell, STARLINK_FILED } from "../mesh/orbit/shells.ts";

/** Least distance between any two nodes of the shell over an orbit, as an angle in radians. */
function leastSeparation(shell: Shell, phasing: number): number {
  const total = shell.planes * shell.per_plane;
  const inclination = shell.inclination_deg * Math.PI / 180;
  const cosI = Math.cos(inclination);
  const sinI2 = 1 - cosI * cosI;
  let cosLeast = -1;
  for (let plane = 0; plane < shell.planes; plane++) {
    const raan = 2 * Math.PI * plane / shell.planes;
    const a = (Math.cos(raan) * (1 + cosI * cosI) + sinI2) / 2;
    const b = Math.sin(raan) * cosI;
    const c = sinI2 * (1 - Math.cos(raan)) / 2;
    for (let slot = 0; slot < shell.per_plane; slot++) {
      if (plane === 0 && slot === 0) continue;
      const d = 2 * Math.PI * (slot / shell.per_plane + phasing * plane / total);
      cosLeast = Math.max(cosLeast, a * Math.cos(d) - b * Math.sin(d) + c);
    }
  }
  return Math.acos(Math.min(1, cosLeast));
}

/**
 * The phasing factor of a delta that keeps its nodes farthest apart.
 * @returns with the least separation, rad
 */
export function bestPhasing(shell: Shell): { phasing: number; angle: number } {
  let best = { phasing: 0, angle: -1 };
  for (let phasing = 0; phasing < shell.planes; phasing++) {
    const angle = leastSeparation(shell, phasing);
    if (angle > best.angle + 1e-12) best = { phasing, angle };
  }
  return best;
}

if (import.meta.main) {
  let differ = 0;
  for (const shell of [...STARLINK_FILED, ...ORBITAL_DATA_CENTRE_FILED]) {
    const best = bestPhasing(shell);
    const km = best.angle * (WGS84_EQUATORIAL_RADIUS_KM + shell.altitude_km);
    const same = best.phasing === shell.phasing;
    if (!same) differ++;
    console.log(
      `${shell.code.padEnd(5)} F=${String(best.phasing).padStart(4)}  ` +
        `least separation ${km.toFixed(1)} km${same ? "" : `  (the table says ${shell.phasing})`}`,
    );
  }
  if (differ > 0) Deno.exit(1);
}

/**
 * What the GPU knows of generated shells: each one's curve, once, and each frame how far it has turned. That
 * is worked out here in 64 bits and handed over as parts of one turn, so that 32 bits hold it to a few
 * metres however long ago the epoch was.
 * @module
 */
import type { ShellAlmanac, ShellPositions } from "../../mesh/orbit/shell-almanac.ts";
import { POINTS } from "../../mesh/orbit/shell-table.ts";
import { raanTurn } from "../../mesh/orbit/shells.ts";
import { TURN } from "../../mesh/units.ts";

/** Texels of a row of curves: three for each piece. */
export const CURVE_TEXELS = 3 * POINTS;
/** Texels of a row of shells. */
export const SHELL_TEXELS = 3;

/** All curves, a row of CURVE_TEXELS for each shell. Half a millisecond a shell. */
export function curveTexels({ shells }: ShellAlmanac): Float32Array {
  const texels = new Float32Array(4 * CURVE_TEXELS * shells.length);
  shells.forEach((placed, s) => texels.set(placed.table().pieces, 4 * CURVE_TEXELS * s));
  return texels;
}

/** Rows of shells: what stays, and colours, which the caller sets in the last texel of each row. */
export function shellTexels({ shells }: ShellAlmanac): Float32Array {
  const texels = new Float32Array(4 * SHELL_TEXELS * shells.length);
  shells.forEach(({ shell }, s) => {
    const row = 4 * SHELL_TEXELS * s;
    texels.set([shell.planes, shell.per_plane, shell.phasing], row);
    texels[row + 3] = shell.planes * shell.per_plane;
    texels[row + 4] = raanTurn(shell) / TURN;
  });
  return texels;
}

/** Turns all shells to an instant. */
export function turnTexels(texels: Float32Array, positions: ShellPositions): void {
  const { shells } = positions.almanac;
  for (let s = 0; s < shells.length; s++) {
    const row = 4 * SHELL_TEXELS * s;
    const table = shells[s].table();
    texels[row + 5] = positions.latitude(table);
    const turns = positions.longitude(table) / TURN;
    texels[row + 6] = turns - Math.floor(turns);
  }
}

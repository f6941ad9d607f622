/**
 * What an answer says of itself: flat parameters for the body, and the same in headers.
 * Modelled figures and measured ones carry their kind in their names.
 * @module
 */
import { LIGHT } from "../../mesh/radio/profile.ts";
import type { Answer } from "./think.ts";

/**
 * The parameters of an answer's body; a figure that does not exist is left out.
 * @returns flat, as the Open Inference Protocol asks
 */
export function answerParameters(
  { execution: { receipt, placement }, measured }: Answer,
): Record<string, string | number | boolean> {
  return {
    execution_id: receipt.id,
    node: receipt.node,
    region: receipt.region,
    ...(placement.elevation_deg !== null && { elevation_deg: placement.elevation_deg }),
    ...(placement.azimuth_deg !== null && { azimuth_deg: placement.azimuth_deg }),
    ...(placement.slant_range_km !== null && { slant_range_km: placement.slant_range_km }),
    sub_lat: placement.sub_lat,
    sub_lon: placement.sub_lon,
    sub_alt_km: placement.sub_alt_km,
    sunlit: placement.sunlit,
    path: placement.path.join(","),
    attempts: placement.attempts,
    radio: placement.radio ?? LIGHT.name,
    modelled_light_time_ms: placement.modelled_light_time_ms,
    modelled_transfer_ms: placement.modelled_transfer_ms,
    modelled_wait_ms: placement.modelled_wait_ms,
    modelled_npu_ms: placement.modelled_npu_ms,
    modelled_access_ms: placement.modelled_access_ms ?? 0,
    modelled_total_ms: placement.modelled_total_ms,
    modelled_energy_mj: placement.modelled_energy_mj,
    measured_wall_ms: measured.wall_ms,
    measured_engine_ms: measured.engine_ms,
    ...boardParameters(measured.board),
    ...(measured.place_us !== null && { measured_place_us: measured.place_us }),
    operations: receipt.operations,
    bytes_up: receipt.bytes_up,
    bytes_down: receipt.bytes_down,
    charge_microcredits: receipt.charge_microcredits,
  };
}

function boardParameters(board: Answer["measured"]["board"]) {
  if (!board) return {};
  const { wall_ms, energy_j, energy_source, temperature_k } = board;
  return {
    measured_board_wall_ms: wall_ms,
    ...(energy_j !== null && { measured_board_energy_mj: energy_j * 1e3 }),
    ...(energy_source !== null && { measured_board_energy_source: energy_source }),
    ...(temperature_k !== null && { measured_board_temperature_k: temperature_k }),
  };
}

/**
 * The headers of an answer.
 * @returns name to value
 */
export function answerHeaders(
  { execution: { receipt, placement } }: Pick<Answer, "execution">,
): Record<string, string> {
  return {
    "Perigee-Node": receipt.node,
    "Perigee-Execution": receipt.id,
    "Perigee-Light-Time-Ms": placement.modelled_light_time_ms.toFixed(6),
  };
}

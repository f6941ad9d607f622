/**
 * A constellation of twenty nodes, of which one can be made slow, and what it is asked.
 * @module
 */

/** The setting PERIGEE_CONSTELLATION, as JSON: so high that the next in its plane is never behind the Earth. */
export const TWENTY = {
  name: "twenty",
  shells: [{
    code: "HD",
    altitude_km: 2000,
    inclination_deg: 60,
    planes: 4,
    per_plane: 5,
    phasing: 1,
  }],
};

/**
 * The body of a realtime ask.
 * @param node whose caller asks: the nearest to it
 */
export const realtimeAsk = (node: string) => ({
  parameters: { origin_node: node, class: "realtime" },
  inputs: [{ name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] }],
});

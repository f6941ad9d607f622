/**
 * What a link between the ground and a node carries in the published row: Shannon's bound after loss in free
 * space, the node's power and band shared among the stations below it (LEOCraft's fspl.py, with the figures of
 * its example; it cites del Portillo et al., Acta Astronautica 159, 2019). No rain, no noise of the sky: an
 * upper bound by far.
 * @module
 */
const FREQUENCY_HZ = 28.5e9;
const POWER_DBM = 98.4;
const BAND_HZ = 0.5e9;
const GAIN_DB = 34.5;
const GAIN_TO_NOISE = 13.6;
const LIGHT_M_S = 3e8;
const BOLTZMANN = 1.38e-23;

/** A laser link carries so much, Gbit/s. */
export const LASER_GBIT_S = 50;

/**
 * The capacity of one link.
 * @param shared by how many stations the node is seen
 * @returns Gbit/s
 */
export function groundGbit(range_km: number, shared: number): number {
  const loss_db = 20 * Math.log10(4 * Math.PI * range_km * 1e3 / (LIGHT_M_S / FREQUENCY_HZ));
  const signal_w = 10 ** ((POWER_DBM + GAIN_DB - loss_db - 30) / 10) / shared;
  const band_hz = BAND_HZ / shared;
  const noise_w = BOLTZMANN * band_hz / GAIN_TO_NOISE;
  return Math.floor(band_hz * Math.log2(1 + signal_w / noise_w)) / 1e9;
}

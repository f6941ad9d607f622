/**
 * The table of hardware parameters in docs/node.md: as `PERIGEE_PROFILE` names them, with the defaults
 * that the code has today.
 * @module
 */
import { DEFAULT_PROFILE, type HardwareProfile } from "../../mesh/node/profile.ts";

const CELSIUS = 273.15;
const d = DEFAULT_PROFILE;

/** Every parameter: its setting, its default in the setting's unit, and what it is and why so much. */
const PARAMETERS: Readonly<Record<keyof HardwareProfile, readonly [string, number, string]>> = {
  npu_tops: ["npu_tops", d.npu_tops, "10^12 operations a second at full speed. The design's"],
  npu_active: ["npu_active_w", d.npu_active, "all that the NPU draws at full speed. The design's"],
  npu_idle: ["npu_idle_w", d.npu_idle, "and while it does nothing. Ours: a tenth"],
  npu_dispatch: [
    "npu_dispatch_us",
    d.npu_dispatch * 1e6,
    "what a run takes beside its operations; a batch pays it once. Ours: some kernel starts",
  ],
  memory_bytes: ["memory_mb", d.memory_bytes / 1e6, "for models. The design's"],
  load_bps: [
    "load_mbps",
    d.load_bps / 1e6,
    "how fast a model comes to a node that does not hold it. As the radio link up",
  ],
  solar: ["solar_w", d.solar, "from the array in full sunlight. The design's"],
  housekeeping: ["housekeeping_w", d.housekeeping, "everything but the NPU, always. The design's"],
  battery: ["battery_wh", d.battery / 3_600, "The design's"],
  battery_floor: [
    "battery_floor",
    d.battery_floor / d.battery,
    "share of it that is never drawn by choice: cycles that deep wear a cell out. The design's",
  ],
  charge_max: ["charge_max_w", d.charge_max, "most that charging takes. Ours: a fifth of C"],
  charge_efficiency: [
    "charge_efficiency",
    d.charge_efficiency,
    "share of it stored. Ours: lithium-ion",
  ],
  heat_capacity: [
    "heat_capacity_j_per_k",
    d.heat_capacity,
    "of the body. Ours: 45 kg of aluminium at 900 J/(kg K)",
  ],
  radiator_m2: ["radiator_m2", d.radiator_m2, "The design's"],
  emissivity: ["emissivity", d.emissivity, "in the infrared. The design's; white paint"],
  solar_absorptance: ["solar_absorptance", d.solar_absorptance, "of sunlight. Ours: white paint"],
  sun_view: [
    "sun_view",
    d.sun_view,
    "mean share of the radiator that the Sun sees. Ours: that of a turning sphere, no attitude is modelled",
  ],
  earth_view: ["earth_view", d.earth_view, "and that sees the Earth. Ours: a sphere's at 550 km"],
  npu_resistance: ["npu_k_per_w", d.npu_resistance, "from NPU to body. Ours: chosen, see below"],
  npu_thermal_time: ["npu_thermal_time_s", d.npu_thermal_time, "to 63 % of its rise. Ours"],
  temperature_throttle: [
    "temperature_throttle_c",
    d.temperature_throttle - CELSIUS,
    "of the NPU: from here on it slows. The design's",
  ],
  temperature_stop: [
    "temperature_stop_c",
    d.temperature_stop - CELSIUS,
    "and here it takes no ask. The design's",
  ],
  npu_speed_min: ["npu_speed_min", d.npu_speed_min, "its speed there. Ours"],
};

export const parameterTable = (): string =>
  [
    "| setting | default | what it is |",
    "| --- | ---: | --- |",
    ...Object.values(PARAMETERS).map(([setting, value, what]) =>
      `| \`${setting}\` | ${Number(value.toPrecision(6))} | ${what} |`
    ),
  ].join("\n");

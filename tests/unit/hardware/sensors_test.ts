import assert from "node:assert/strict";
import { findSensors } from "../../../hardware/sensors.ts";

/** A /sys of our own. */
async function machine(files: Record<string, string>): Promise<string> {
  const root = await Deno.makeTempDir({ prefix: "perigee-sys-" });
  for (const [path, text] of Object.entries(files)) {
    await Deno.mkdir(`${root}${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${root}${path}`, text);
  }
  return root;
}

const RAPL = "/sys/class/powercap/intel-rapl:";

Deno.test("a machine without sensors tells nothing, and what its operator declared as declared", async () => {
  const root = await machine({});
  const bare = findSensors(null, root);
  assert.deepEqual([bare.energy_source, bare.declared_w, bare.temperature()], [null, null, null]);
  assert.equal(bare.energy()(1_000), null);
  const declared = findSensors(12, root);
  assert.deepEqual([declared.energy_source, declared.declared_w], ["declared", 12]);
  assert.equal(declared.energy()(250), 3);
});

Deno.test("the hottest thermal zone that can be read is the temperature, in kelvin", async () => {
  const zone = (i: number) => `/sys/class/thermal/thermal_zone${i}/temp`;
  const root = await machine({
    [zone(0)]: "41000\n",
    [zone(1)]: "67500\n",
    [zone(2)]: "none",
    "/sys/class/thermal/cooling_device0/temp": "99000",
  });
  assert.equal(findSensors(null, root).temperature(), 340.65);
});

Deno.test("energy is what all packages' counters have grown by, over their range too, and is not declared then", async () => {
  const root = await machine({
    [`${RAPL}0/energy_uj`]: "1000000",
    [`${RAPL}0/max_energy_range_uj`]: "262143328850",
    [`${RAPL}1/energy_uj`]: "262143000000",
    [`${RAPL}1/max_energy_range_uj`]: "262143328850",
    // A part of package 0, which would count twice.
    [`${RAPL}0:0/energy_uj`]: "5",
  });
  const sensors = findSensors(12, root);
  assert.deepEqual([sensors.energy_source, sensors.declared_w], ["rapl", null]);
  const end = sensors.energy();
  await Deno.writeTextFile(`${root}${RAPL}0/energy_uj`, "3500000");
  await Deno.writeTextFile(`${root}${RAPL}1/energy_uj`, "171150");
  await Deno.writeTextFile(`${root}${RAPL}0:0/energy_uj`, "900000005");
  assert.equal(end(1_000), 3);
});

Deno.test("a counter that cannot be read any more gives no energy, rather than a wrong one", async () => {
  const root = await machine({ [`${RAPL}0/energy_uj`]: "1000000" });
  const end = findSensors(null, root).energy();
  await Deno.remove(`${root}${RAPL}0/energy_uj`);
  assert.equal(end(1_000), null);
});

import assert from "node:assert/strict";
import { LAUNCH_PRICES } from "../../../mesh/billing/receipt.ts";
import { withValue } from "../../../prove/execution.ts";
import { Prover } from "../../../prove/prove-execution.ts";
import { seeded } from "../../support/random.ts";
import { executionAt, known } from "./cases.ts";

const DAY = Date.UTC(2026, 10, 27);
const prover = new Prover(known([LAUNCH_PRICES]));

Deno.test("prove() holds at fractions of a millisecond and of places at any height", () => {
  const random = seeded(6);
  for (let i = 0; i < 100; i++) {
    const at_ms = DAY + random.between(0, 86_400_000);
    const alt_m = i % 2 === 0 ? 0 : random.integer(-400, 30_000) / 10;
    const proof = prover.prove(executionAt(at_ms, { prices: LAUNCH_PRICES, alt_m }));
    assert.deepEqual(proof.faults, [], `case ${i}, ${at_ms}, ${alt_m} m`);
    assert.equal(proof.verdicts.get("placement/elevation_deg"), "exact", `case ${i}`);
    assert.equal(proof.verdicts.get("placement/sub_point/lat"), "exact", `case ${i}`);
  }
});

Deno.test("prove() holds of a run that heat slowed, to rounding, and says so", () => {
  const random = seeded(7);
  for (let i = 0; i < 100; i++) {
    const speed = random.between(0.2, 1);
    const proof = prover.prove(
      executionAt(DAY + i, { prices: LAUNCH_PRICES, speed, rows: 200_000 }),
    );
    assert.deepEqual(proof.faults, [], `speed ${speed}`);
    const energy = proof.verdicts.get("placement/modelled/energy_mj");
    assert.ok(energy === "near" || energy === "exact", `speed ${speed}: ${energy}`);
  }
});

Deno.test("prove() names few operations that were changed on an NPU slowed by heat, to rounding of which others hold", () => {
  const path = "receipt/operations";
  const random = seeded(8);
  for (let i = 0; i < 100; i++) {
    // An answer of as many bytes takes 217 operations in one window.
    const execution = executionAt(DAY + i, {
      prices: LAUNCH_PRICES,
      speed: random.between(0.2, 1),
      windows: [3, 3],
    });
    assert.equal(execution.receipt.operations, 215);
    const { faults } = prover.prove(withValue(execution, path, 245));
    assert.deepEqual(faults, [{ path, found: 245, expected: 215 }], `case ${i}`);
  }
});

Deno.test("prove() refuses energy that no speed of the NPU takes", () => {
  const execution = executionAt(DAY, { prices: LAUNCH_PRICES, speed: 0.5, rows: 200_000 });
  const { modelled } = execution.placement;
  const wrong = structuredClone(execution);
  wrong.placement.modelled.energy_mj = modelled.energy_mj * 1.01;
  const { faults } = prover.prove(wrong);
  assert.deepEqual(faults.map(({ path }) => path), ["placement/modelled/energy_mj"]);
});

Deno.test("prove() holds of a run that joined others, but for the time of all of them", () => {
  for (let members = 2; members <= 16; members++) {
    const execution = executionAt(DAY + members, { prices: LAUNCH_PRICES, members });
    const { faults, verdicts } = prover.prove(execution);
    assert.deepEqual(faults, [], `${members} members`);
    assert.equal(verdicts.get("placement/modelled/npu_ms"), "bounded");
    assert.equal(verdicts.get("receipt/npu_us"), "exact");
  }
});

Deno.test("prove() says which node there is not", () => {
  const execution = executionAt(DAY, { prices: LAUNCH_PRICES });
  const gone = structuredClone(execution);
  gone.receipt.node = gone.placement.node = "A-004-000";
  gone.placement.path = ["A-004-000"];
  const [fault] = prover.prove(gone).faults;
  assert.match(fault.says ?? "", /does not have all nodes of the path A-004-000|no node/);
});

Deno.test("prove() names a light time whose last digit was changed, and not the sum that it is in", () => {
  const path = "placement/modelled/light_time_ms";
  let changed = 0;
  for (let i = 0; i < 200; i++) {
    const execution = executionAt(DAY + i * 1_000, { prices: LAUNCH_PRICES, over_link: true });
    const { verdicts } = prover.prove(execution);
    assert.equal(verdicts.get(path), "exact", `case ${i}`);
    const { light_time_ms } = execution.placement.modelled;
    const text = String(light_time_ms);
    const found = text.slice(0, -1) + (Number(text.at(-1)) + 5) % 10;
    const bad = withValue(execution, path, Number(found));
    const proof = prover.prove(bad, () => withValue(bad, path, found));
    // Where the sum's rounding loses the digit, it lies within the tolerance of links in another order;
    // and of two roundings of a range both are exact.
    if (proof.faults.length === 0 || proof.verdicts.get(path) === "exact") continue;
    changed++;
    assert.deepEqual(proof.faults.map(({ path }) => path), [path], text);
  }
  assert.ok(changed > 50, `${changed}`);
});

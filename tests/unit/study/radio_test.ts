import assert from "node:assert/strict";
import { expectedAccess } from "../../../mesh/radio/access.ts";
import { STARLINK } from "../../../mesh/radio/starlink.ts";
import { Engine } from "../../../study/engine/engine.ts";
import type { Outcome } from "../../../study/outcome.ts";
import { parseScenario } from "../../../study/scenario.ts";

function outcomesOf(radio: string, placement: string) {
  const { demand, runs: [{ run }] } = parseScenario(
    JSON.stringify({
      title: "t",
      hours: 0.1,
      asks: 300,
      kinds: [{ name: "k", operations: 1e6, bytes_up: 200, bytes_down: 200 }],
      runs: [{ name: "r", radio, placement }],
    }),
    () => "",
  );
  const outcomes: Outcome[] = [];
  const engine = new Engine(run, (outcome) => void outcomes.push({ ...outcome }));
  for (let minute = 0; minute < demand.minutes; minute++) {
    for (const ask of demand.asks(minute, run.constellation.count)) engine.ask(ask);
  }
  const { digest } = engine.finish();
  return { digest, served: outcomes.filter(({ refusal }) => refusal === null) };
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

Deno.test("Under a radio profile each ask's wait is drawn, about the mean; under light nobody waits", () => {
  const { up, down } = expectedAccess(STARLINK);
  for (const placement of ["nearest_available", "least_battery_wear", "ground_only"]) {
    const light = outcomesOf("light", placement);
    const starlink = outcomesOf("starlink", placement);
    assert.ok(light.served.every(({ timing }) => timing!.access === 0));
    const waits = starlink.served.map(({ timing, hops }) =>
      timing!.access - 2 * hops * STARLINK.hop
    );
    assert.ok(new Set(waits).size > waits.length / 2, "they are drawn");
    assert.ok(Math.min(...waits) > 0, `${Math.min(...waits)}`);
    assert.ok(Math.abs(mean(waits) / (up + down) - 1) < 0.1, `${mean(waits)} ${up + down}`);
    for (const { timing, latency_s } of starlink.served) {
      const { light, fibre, transfer, wait, npu, access } = timing!;
      assert.ok(Math.abs(light + fibre + transfer + wait + npu + access - latency_s) < 1e-12);
    }
    assert.equal(outcomesOf("starlink", placement).digest, starlink.digest);
  }
});

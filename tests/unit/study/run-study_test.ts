/**
 * A run of a scenario by itself: taken up where it was cut off, it comes to what it would have come to.
 * @module
 */
import assert from "node:assert/strict";
import { runStudy } from "../../../study/run-study.ts";
import { parseScenario } from "../../../study/scenario.ts";

const SCENARIO = JSON.stringify({
  title: "Three hours over 100 nodes",
  asks: 240,
  hours: 3,
  kinds: [
    { name: "command", model: "drive-rss", shape: [1, 6], class: "realtime", share: 3 },
    { name: "scene", operations: 1e12, bytes_up: 1e6, from: "orbit" },
  ],
  runs: [{
    name: "small batteries",
    profile: { battery_wh: 100 },
    elevation_mask_deg: 10,
    constellation: {
      name: "hundred",
      source: "A test's own.",
      shells: [{
        code: "T",
        altitude_km: 550,
        inclination_deg: 53,
        planes: 10,
        per_plane: 10,
        phasing: 1,
      }],
    },
  }],
});
const noFile = (path: string): string => assert.fail(path);

Deno.test("runStudy() goes on from the hour that was kept, to the same summary; another scenario's is not taken", async () => {
  const scenario = parseScenario(SCENARIO, noFile);
  const folder = await Deno.makeTempDir({ prefix: "perigee-study-" });
  const checkpoint = `${folder}/run.json`;
  const way = { run: 0, of: "this", checkpoint, resume: true };
  try {
    const whole = await runStudy(scenario, { ...way, checkpoint: null, each: () => {} });
    assert.equal(whole.asks, 240);
    const minutes = { first: 0, second: 0, other: 0 };
    await assert.rejects(
      runStudy(scenario, {
        ...way,
        each: () => {
          if (++minutes.first === 150) throw new Error("cut off");
        },
      }),
      /cut off/,
    );
    const summary = await runStudy(scenario, { ...way, each: () => void minutes.second++ });
    assert.equal(minutes.second, 60, "it did not go on from the second hour's end");
    assert.deepEqual(summary, whole);
    await runStudy(scenario, { ...way, of: "another", each: () => void minutes.other++ });
    assert.equal(minutes.other, 180);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

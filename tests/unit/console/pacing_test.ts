import assert from "node:assert/strict";
import { Camera } from "../../../console/globe/camera.ts";
import { Pacing } from "../../../console/globe/pacing.ts";
import { type EpochMs, epochMs } from "../../../mesh/units.ts";

const FRAME_MS = 1000 / 60;

/** How many frames are drawn in a second of a browser that shows sixty. */
function drawn(
  { speed = 1, isCalm = false, isLively = false, distance = 5.2, turn = 0 }: {
    speed?: number;
    isCalm?: boolean;
    isLively?: boolean;
    distance?: number;
    turn?: number;
  },
): number {
  const pacing = new Pacing(isCalm);
  const camera = new Camera();
  [camera.width, camera.height, camera.distance] = [1280, 800, distance];
  let frames = 0;
  for (let i = 0; i < 60; i++) {
    const now = i * FRAME_MS;
    camera.lon += turn / 60;
    const at: EpochMs = epochMs(1e12 + now * speed);
    if (pacing.isDue(now, { at, camera, isLively })) frames++;
  }
  return frames;
}

Deno.test("A sky at its own pace is drawn a few times a second, and one that runs or turns in every frame", () => {
  assert.ok(drawn({}) <= 6, `${drawn({})}`);
  assert.ok(drawn({ speed: 0 }) >= 3);
  assert.equal(drawn({ speed: 600 }), 60);
  assert.equal(drawn({ turn: 90 }), 60);
  const lively = drawn({ isLively: true });
  assert.ok(lively >= 25 && lively < 40, `${lively}`);
  // Where nothing is to move that need not, a frame shows what has come, and what a hand turns follows it.
  assert.ok(drawn({ isCalm: true }) <= 2, `${drawn({ isCalm: true })}`);
  assert.equal(drawn({ isCalm: true, turn: 90 }), 60);
  // From near by, the same node crosses more pixels.
  assert.ok(drawn({ distance: 1.2 }) > 20);
});

Deno.test("A canvas of another size, a jump of the clock and what somebody touches are drawn at once", () => {
  const pacing = new Pacing(false);
  const camera = new Camera();
  [camera.width, camera.height] = [800, 600];
  const at = epochMs(1e12);
  const due = (now: number, at: EpochMs) => pacing.isDue(now, { at, camera, isLively: false });
  assert.equal(due(0, at), true);
  assert.equal(due(1, at), false);
  assert.equal(due(2, epochMs(at + 3_600_000)), true);
  camera.width = 700;
  assert.equal(due(3, epochMs(at + 3_600_000)), true);
  assert.equal(due(4, epochMs(at + 3_600_000)), false);
  pacing.touch();
  assert.equal(due(5, epochMs(at + 3_600_000)), true);
  assert.equal(due(6, epochMs(at + 3_600_000)), false);
});

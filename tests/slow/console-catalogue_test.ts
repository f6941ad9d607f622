/**
 * The console over a catalogue: what it draws between two knots is what SGP4 says, and all that can be done
 * over generated shells can be done here.
 * @module
 */
import type { Browser, Page } from "playwright-core";
import assert from "node:assert/strict";
import { type Elements, toOmm } from "../../mesh/orbit/elements.ts";
import { FILED } from "../../mesh/orbit/filed.ts";
import { temeToEcef } from "../../mesh/orbit/frames.ts";
import { propagatorOf, siderealTime } from "../../mesh/orbit/propagation.ts";
import { epochMs, MINUTES_PER_DAY, radians, TURN } from "../../mesh/units.ts";
import { hasChromium, startChromium } from "../../tools/chromium.ts";
import { type Mesh, startMesh, within } from "../support/mesh.ts";
import { type EngineServer, enginesSetting, startEngineServer } from "../support/openai-server.ts";

const there = await hasChromium();
// The machine may be busy: this is an upper limit of what is polled.
const WITHIN_MS = 120_000;
const SHOTS = new URL("../.screenshots/", import.meta.url);
const START = epochMs(Date.UTC(2026, 2, 20, 12, 0, 20));

const EVERY = 21;
const NUMBER = 40_000;
/** Of the generated constellation one node in so many, and ellipses, near their perigee and not. */
const ELEMENTS: readonly Elements[] = [
  ...Array.from({ length: Math.floor(FILED.count / EVERY) }, (_, i) => FILED.elements(EVERY * i)),
  ...[0, 1, 2, 5, 30, 180].flatMap((anomaly) => [
    ellipse({ revolutions: 2.006, eccentricity: 0.74, anomaly }),
    ellipse({ revolutions: 2.26, eccentricity: 0.7306, anomaly }),
    ellipse({ revolutions: 1.0027, eccentricity: 0.0002, anomaly }),
  ]),
];

function ellipse(
  { revolutions, eccentricity, anomaly }: {
    revolutions: number;
    eccentricity: number;
    anomaly: number;
  },
): Elements {
  return {
    epoch: epochMs(START - 30_000),
    mean_motion: revolutions * TURN / MINUTES_PER_DAY,
    eccentricity,
    inclination: radians(1.1),
    raan: radians(anomaly / 60),
    arg_perigee: radians(4.7),
    mean_anomaly: radians(anomaly / 180 * Math.PI),
    bstar: 0,
  };
}

let mesh: Mesh;
let engine: EngineServer;
let browser: Browser;

Deno.test.beforeAll(async () => {
  if (!there) return;
  await Deno.mkdir(SHOTS, { recursive: true });
  const file = `${await Deno.makeTempDir()}/mixed.json`;
  const records = ELEMENTS.map((elements, i) =>
    toOmm({ id: `NODE ${i}`, number: NUMBER + i, elements })
  );
  await Deno.writeTextFile(file, JSON.stringify(records));
  engine = startEngineServer();
  const prices = { per_mega_prompt_token: 2_000_000, per_mega_completion_token: 3_500_000 };
  [mesh, browser] = await Promise.all([
    startMesh({
      PERIGEE_ENGINES: enginesSetting(engine, { small: prices }),
      PERIGEE_CONSTELLATION: file,
      PERIGEE_CLOCK: new Date(START).toISOString().replace(".000", ""),
    }),
    startChromium({ webgl: true }),
  ]);
});

Deno.test.afterAll(async () => {
  if (!there) return;
  await browser.close();
  await mesh[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

function pageTest(name: string, { webgl }: { webgl: boolean }, run: (page: Page) => Promise<void>) {
  Deno.test({
    name,
    ignore: !there,
    // The browser and the mesh outlive a test.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      const context = await browser.newContext({
        // Small: without a GPU each pixel costs.
        viewport: { width: 900, height: 640 },
        reducedMotion: "reduce",
        colorScheme: "dark",
      });
      try {
        const page = await context.newPage();
        page.setDefaultTimeout(WITHIN_MS);
        const wrong: string[] = [];
        page.on("pageerror", ({ message }) => void wrong.push(message));
        await page.addInitScript(
          `sessionStorage.setItem("perigee-key", "${mesh.emulator.secrets.dev_key}")`,
        );
        if (!webgl) await page.addInitScript(NO_WEBGL);
        await page.goto(mesh.url);
        await page.locator("canvas[data-drawn]").waitFor();
        await run(page);
        assert.deepEqual(wrong, []);
      } finally {
        await context.close();
      }
    },
  });
}

const NO_WEBGL = `
  const { getContext } = HTMLCanvasElement.prototype;
  HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    return kind === "2d" ? getContext.call(this, kind, ...rest) : null;
  };
`;

interface Overlay {
  lines: { places: unknown[] }[];
}

// As of shells: nearest to the ground a pixel of a large screen is some 400 m of a node's height.
const OFF_MAX_KM = 0.05;

const search = async (page: Page, text: string): Promise<void> => {
  await page.getByLabel("Find a node").fill(text);
  await page.getByLabel("Find a node").press("Enter");
};

/** Waits until what is drawn over the sky is as it is to be. */
const isDrawn = (page: Page, what: string, isThere: (overlay: Overlay) => boolean) =>
  within(WITHIN_MS, what, async () => {
    const overlay = await page.evaluate("perigee.view.overlay(perigee.sky.clock.now())");
    return isThere(overlay as Overlay) || null;
  });

pageTest("the GPU has every node of a catalogue where SGP4 has it, in every part of a window", {
  webgl: true,
}, async (page) => {
  const flights = ELEMENTS.map(propagatorOf);
  const state = new Float64Array(6);
  const from: number = await page.evaluate("perigee.sky.clock.held.from");
  for (const after_ms of [0, 17_300, 30_000, 59_999]) {
    const at = epochMs(from + after_ms);
    const places: number[] = await page.evaluate(
      `[...perigee.view.renderer.places({ at: ${at} }, 0)]`,
    );
    assert.equal(places.length, 3 * ELEMENTS.length);
    flights.forEach((fly, i) => {
      assert.ok(fly(at, state));
      temeToEcef(state, siderealTime(at), state);
      const off = Math.hypot(...[0, 1, 2].map((axis) => places[3 * i + axis] - state[axis]));
      assert.ok(off < OFF_MAX_KM, `norad-${NUMBER + i} is ${off} km off after ${after_ms} ms`);
    });
  }
});

pageTest("over a catalogue nodes are picked, found and shown, and a request is an arc", {
  webgl: true,
}, async (page) => {
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByText(/A catalogue: the last .* can be shown/).waitFor();
  assert.equal(await page.locator("input[type=datetime-local]").count(), 0);

  // Whichever node is nearest to the middle, of those that no other one is near to on the screen.
  const { index, x, y }: { index: number; x: number; y: number } = await page.evaluate(`(() => {
    const { sky, view: { camera } } = perigee;
    const density = Math.min(devicePixelRatio, 2);
    const positions = sky.almanac.at(sky.clock.now());
    const xyz = new Float64Array(3);
    const seen = [];
    for (let index = 0; index < sky.constellation.count; index++) {
      positions.position(index, xyz);
      const at = sky.almanac.flies(index) && camera.project(...xyz);
      if (at) seen.push({ index, x: at.x, y: at.y });
    }
    const fromMiddle = ({ x, y }) => Math.hypot(x - camera.width / 2, y - camera.height / 2);
    const isNear = (a, b) => a !== b && Math.hypot(a.x - b.x, a.y - b.y) < 5 * density;
    const found = seen.sort((a, b) => fromMiddle(a) - fromMiddle(b))
      .find((one) => !seen.some((other) => isNear(one, other)));
    return { index: found.index, x: found.x / density, y: found.y / density };
  })()`);
  await page.locator("canvas").press("Escape");
  await page.locator("canvas").click({ position: { x, y } });
  const picked = page.getByRole("region", { name: `Node norad-${NUMBER + index}` });
  await picked.getByText(`NODE ${index}`, { exact: true }).waitFor();
  await search(page, "47.37, 8.54");
  await page.getByRole("region", { name: "Place" }).getByText("Its slant range").waitFor();
  await picked.getByText(/Rises, UTC|None within a day/).waitFor();
  // The orbit that it follows is asked for at the first frame with the node.
  await isDrawn(
    page,
    "its track",
    ({ lines }) => lines.some(({ places }) => places.length === 121),
  );
  await page.locator("summary").first().click();
  await page.getByRole("checkbox", { name: /35790 km/ }).uncheck();
  await page.screenshot({ path: new URL("catalogue-desktop-dark.png", SHOTS).pathname });

  // By its number alone: one that comes down meanwhile, which the almanac tells by zeros.
  const low = (index + 1) % 100;
  await page.evaluate(`perigee.sky.almanac.window(perigee.sky.clock.now())
    .first.positions.fill(0, ${3 * low}, ${3 * low + 3})`);
  await search(page, String(NUMBER + low));
  await page.getByText("It has no orbit left").waitFor();

  await page.getByRole("link", { name: "Try it", exact: true }).click();
  await page.getByLabel("Model", { exact: true }).selectOption("drive-rss");
  await page.getByRole("button", { name: "Run it" }).click();
  const result = page.getByRole("region", { name: "Result" });
  const ran = await result.getByRole("link").innerText();
  assert.match(ran, /^norad-/);
  await isDrawn(page, "an arc", ({ lines }) => lines.length >= 1);

  await page.getByLabel("Model", { exact: true }).selectOption("small");
  await page.getByText("2 credits read, and 3.5 written").waitFor();
  const question = await within<string>(WITHIN_MS, "a question", async () => {
    const text = await page.getByLabel("Request", { exact: true }).inputValue();
    return JSON.parse(text).messages?.[0].content ?? null;
  });
  await page.getByRole("button", { name: "Run it" }).click();
  // The engine of these tests says what it is asked.
  await result.getByText(question).waitFor();
  await result.getByText("Tokens read, written").waitFor();
  await page.screenshot({ path: new URL("chat-desktop-dark.png", SHOTS).pathname, fullPage: true });
});

pageTest("without WebGL a catalogue is on the flat map, which comes nearer and goes along", {
  webgl: false,
}, async (page) => {
  assert.equal(await page.evaluate("perigee.view.kind"), "map");
  const canvas = page.locator("canvas");
  const { width, height } = (await canvas.boundingBox())!;
  // The node of a geostationary orbit stands still.
  const index = ELEMENTS.findIndex(({ eccentricity }) => eccentricity === 0.0002);
  const id = `norad-${NUMBER + index}`;
  await search(page, id);
  await page.getByRole("region", { name: `Node ${id}` }).waitFor();
  await page.getByRole("button", { name: "Close the node" }).click();
  for (let i = 0; i < 12; i++) await canvas.press("+");
  await canvas.press("ArrowRight");
  await canvas.press("ArrowLeft");
  // To look at the node has put it into the middle, as far as the map goes.
  await search(page, id);
  await page.getByRole("region", { name: `Node ${id}` }).waitFor();
  await page.screenshot({ path: new URL("catalogue-map-dark.png", SHOTS).pathname });
  await page.getByRole("button", { name: "Close the node" }).click();
  await canvas.click({ position: { x: width / 2, y: height / 2 } });
  await page.getByRole("region", { name: `Node ${id}` }).waitFor();
});

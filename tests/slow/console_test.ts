/**
 * The console in a browser: what it draws, what it says when something is wrong, and who can use it.
 * Screenshots are in tests/.screenshots, for eyes.
 * @module
 */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import assert from "node:assert/strict";
import { FILED } from "../../mesh/orbit/filed.ts";
import { temeToEcef } from "../../mesh/orbit/frames.ts";
import { Propagator, siderealTime } from "../../mesh/orbit/propagation.ts";
import { epochMs, MS_PER_DAY } from "../../mesh/units.ts";
import { hasChromium, startChromium } from "../../tools/chromium.ts";
import { type Mesh, startMesh, within } from "../support/mesh.ts";

const there = await hasChromium();
// The machine may be busy: these are upper limits of what is polled.
const WITHIN = { timeout: 120_000 };
const SHOTS = new URL("../.screenshots/", import.meta.url);

let mesh: Mesh;
let browser: Browser;

Deno.test.beforeAll(async () => {
  if (!there) return;
  await Deno.mkdir(SHOTS, { recursive: true });
  [mesh, browser] = await Promise.all([startMesh(), startChromium({ webgl: true })]);
});

Deno.test.afterAll(async () => {
  if (!there) return;
  await browser.close();
  await mesh[Symbol.asyncDispose]();
});

interface Look extends BrowserContextOptions {
  key?: string;
  /** Whether the browser has WebGL. */
  webgl?: boolean;
}

/** Opens a page of a tab of its own. Whatever breaks in it breaks the test. */
async function open(path: string, { key, webgl = true, ...options }: Look = {}): Promise<Opened> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    // A globe that drifts takes all cores where no GPU draws it.
    reducedMotion: "reduce",
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(WITHIN.timeout);
  const wrong: string[] = [];
  page.on("pageerror", ({ message }) => void wrong.push(message));
  page.on("console", (message) => {
    if (/Content.Security.Policy|Trusted/i.test(message.text())) wrong.push(message.text());
  });
  if (key) {
    await page.addInitScript(`sessionStorage.setItem("perigee-key", ${JSON.stringify(key)})`);
  }
  if (!webgl) {
    await page.addInitScript(`
      const { getContext } = HTMLCanvasElement.prototype;
      HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
        return kind === "2d" ? getContext.call(this, kind, ...rest) : null;
      };
    `);
  }
  await page.goto(`${mesh.url}/${path}`);
  return { context, page, wrong };
}

interface Opened {
  context: BrowserContext;
  page: Page;
  wrong: string[];
}

function consoleTest(
  name: string,
  look: Look & { path?: string },
  run: (page: Page) => Promise<void>,
) {
  Deno.test({
    name,
    ignore: !there,
    // The browser and the mesh outlive a test.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      const { path = "", ...rest } = look;
      const { context, page, wrong } = await open(path, rest);
      try {
        await run(page);
        assert.deepEqual(wrong, []);
      } finally {
        await context.close();
      }
    },
  });
}

const shoot = async (page: Page, name: string): Promise<void> => {
  await page.screenshot({ path: new URL(`${name}.png`, SHOTS).pathname });
};

/** Until a frame with land has been drawn. */
const drawn = (page: Page): Promise<void> => page.locator("canvas[data-drawn]").waitFor(WITHIN);

// Nearest to the ground a pixel of a large screen is some 400 m of a node's height.
const OFF_MAX_KM = 0.05;

consoleTest(
  "the GPU has nodes where SGP4 has them, at any time within a week",
  {},
  async (page) => {
    await drawn(page);
    const propagator = new Propagator(FILED);
    const state = new Float64Array(6);
    const now: number = await page.evaluate("perigee.sky.clock.mesh()");
    let looked = 0;
    for (const days of [-7, -2.345, 0, 7]) {
      const at = epochMs(Math.round(now + days * MS_PER_DAY));
      // Of each shell every 37th node: all planes and slots come by.
      const places: number[][] = await page.evaluate(`perigee.sky.almanac.shells.map(({ group }) =>
      [...perigee.view.renderer.places(perigee.sky.almanac.at(${at}), group)]
        .filter((_, i) => Math.floor(i / 3) % 37 === 0)
    )`);
      let start = 0;
      FILED.shells!.forEach(({ planes, per_plane }, s) => {
        assert.equal(places[s].length, 3 * Math.ceil(planes * per_plane / 37));
        for (let i = 0; i < places[s].length / 3; i++) {
          propagator.state(start + 37 * i, at, state);
          temeToEcef(state, siderealTime(at), state);
          const off = Math.hypot(...[0, 1, 2].map((axis) => places[s][3 * i + axis] - state[axis]));
          assert.ok(
            off < OFF_MAX_KM,
            `${FILED.id(start + 37 * i)} is ${off} km off at ${days} days`,
          );
          looked++;
        }
        start += planes * per_plane;
      });
    }
    assert.ok(looked > 4_000);
  },
);

consoleTest(
  "a click on a node opens what is known of it, and on the ground the place",
  {},
  async (page) => {
    await drawn(page);
    // Whichever node is nearest to the middle, at an instant that stands still.
    await page.getByRole("button", { name: "Pause" }).click();
    const { id, x, y }: { id: string; x: number; y: number } = await page.evaluate(`(() => {
    const { sky, view: { camera } } = perigee;
    const density = Math.min(devicePixelRatio, 2);
    const positions = sky.almanac.at(sky.clock.now());
    const xyz = new Float64Array(3);
    let found = { off: Infinity };
    for (let i = 0; i < sky.constellation.count; i++) {
      positions.position(i, xyz);
      const seen = camera.project(...xyz);
      if (!seen) continue;
      const off = Math.hypot(seen.x - camera.width / 2, seen.y - camera.height / 2);
      const id = sky.constellation.id(i);
      if (off < found.off) found = { off, id, x: seen.x / density, y: seen.y / density };
    }
    return found;
  })()`);
    // Nobody has touched it: it stays where it is only now.
    await page.locator("canvas").press("Escape");
    await page.locator("canvas").click({ position: { x, y } });
    const opened = page.getByRole("region", { name: /^Node / });
    await opened.waitFor();
    const name = await opened.getAttribute("aria-label");
    const off = await page.evaluate(`(() => {
    const { sky, view: { camera } } = perigee;
    const at = (id) => {
      const xyz = new Float64Array(3);
      sky.almanac.at(sky.clock.now()).position(sky.constellation.indexOf(id), xyz);
      return camera.project(...xyz);
    };
    const [a, b] = [at(${JSON.stringify(id)}), at(${JSON.stringify(name!.slice(5))})];
    return Math.hypot(a.x - b.x, a.y - b.y);
  })()`) as number;
    assert.ok(off < 24, `${name} is ${off} pixels from ${id}`);
    await page.getByLabel("Find a node").fill("-33.87, 151.21");
    await page.getByLabel("Find a node").press("Enter");
    await page.getByRole("region", { name: "Place" }).getByText("33.87° S, 151.21° E").waitFor();
    await opened.getByText(/Rises, UTC|None within a day/).waitFor();
  },
);

for (const theme of ["dark", "light"] as const) {
  consoleTest(`the globe is drawn, ${theme}`, { colorScheme: theme }, async (page) => {
    await drawn(page);
    await shoot(page, `globe-desktop-${theme}`);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.locator("canvas").press("ArrowLeft");
    await shoot(page, `globe-phone-${theme}`);
  });
}

consoleTest("without WebGL there is a flat map", { webgl: false }, async (page) => {
  await drawn(page);
  assert.equal(await page.evaluate("perigee.view.kind"), "map");
  await shoot(page, "map-desktop-light");
});

/** Runs axe over the page. @returns what it finds serious, in words */
async function seriousFindings(page: Page): Promise<string[]> {
  // By the debugger, which the page's policy does not hold up.
  await page.evaluate(AXE);
  const { violations }: { violations: Finding[] } = await page.evaluate("axe.run()");
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

interface Finding {
  id: string;
  impact: string;
  nodes: { html: string }[];
}

const AXE = await Deno.readTextFile(
  new URL("../../node_modules/axe-core/axe.min.js", import.meta.url),
);

for (const colorScheme of ["light", "dark"] as const) {
  consoleTest(
    `axe finds nothing serious on the globe and Try it, ${colorScheme}`,
    { colorScheme },
    async (page) => {
      await page.evaluate(`sessionStorage.setItem("perigee-key", "${devKey()}")`);
      await drawn(page);
      // The other pages: console-pages_test.ts.
      for (const name of ["Globe", "Try it"]) {
        await page.getByRole("navigation").getByRole("link", { name }).click();
        await page.getByRole("heading", { level: 1, name }).waitFor({ state: "attached" });
        if (name === "Globe") {
          await page.getByLabel("Find a node").fill("G2A-017-042");
          await page.getByLabel("Find a node").press("Enter");
          await page.getByRole("region", { name: "Node G2A-017-042" }).waitFor();
          await page.locator("summary").click();
          await shoot(page, `node-desktop-${colorScheme}`);
        }
        assert.deepEqual(await seriousFindings(page), [], name);
      }
    },
  );
}

const devKey = (): string => mesh.emulator.secrets.dev_key;

consoleTest("Try it runs a request: placed, drawn as an arc, answered and charged", {
  path: "#/try",
}, async (page) => {
  await page.evaluate(`sessionStorage.setItem("perigee-key", "${devKey()}")`);
  await page.reload();
  await drawn(page);
  await page.getByLabel("Chosen for").selectOption("energy");
  await page.getByLabel("Degrees north").fill("-1.29");
  await page.getByLabel("Degrees east").fill("36.82");
  await page.getByRole("button", { name: "Run it" }).click();
  const result = page.getByRole("region", { name: "Result" });
  await result.waitFor();
  await result.getByRole("img", { name: "By class" }).waitFor();
  // Whatever the Sun does there now, it says what the run takes of the battery.
  await page.getByText(/^(Its run takes nothing from|No node above can run it without) its battery/)
    .waitFor();
  const ran = await result.getByRole("link").innerText();
  const arcs: { lines: unknown[] } = await page.evaluate(
    "perigee.view.overlay(perigee.sky.clock.now())",
  );
  assert.ok(arcs.lines.length >= 1, "an arc is drawn");
  await shoot(page, "try-desktop-light");
  await page.setViewportSize({ width: 390, height: 844 });
  await shoot(page, "try-phone-light");
  const receipt = await within(10_000, "its receipt in the ledger", async () => {
    const { body } = await mesh.call("/v1/receipts?limit=1000");
    return body.data.find((one: { node: string }) => one.node === ran) ?? null;
  });
  assert.equal(receipt.model, "scene-indices");
  // The whole globe shows it too, and the node's panel what ran there.
  await page.setViewportSize({ width: 1280, height: 800 });
  await result.getByRole("link").click();
  await page.getByRole("region", { name: `Node ${ran}` }).getByText("Ran here for you").waitFor();
  await page.getByLabel("Colour").selectOption("charge");
  // Beside what is drawn of the node that is chosen: the node itself, by its charge.
  const marked = page.waitForResponse(/source=node/);
  assert.ok((await (await marked).json()).data.some(({ id }: { id: string }) => id === ran));
  await shoot(page, "charge-desktop-light");
});

consoleTest("a bad key, a lost connection and a ledger that is away each say so", {
  path: "#/try",
}, async (page) => {
  const run = () => page.getByRole("button", { name: "Run it" }).click();
  const request = page.getByLabel("Request", { exact: true });
  const example = await within(
    WITHIN.timeout,
    "an example",
    async () => await request.inputValue() || null,
  );
  const written = example.replace("{", '{\n  "id": "mine",');
  await request.fill(written);
  await page.getByRole("button", { name: "Enter key" }).click();
  await page.getByLabel("API key").fill("a-key-that-nobody-ever-made-for-anyone");
  await page.getByRole("button", { name: "Use it" }).click();
  await run();
  await page.getByText("The mesh does not take this key").waitFor();
  assert.ok(!page.url().includes("a-key"), "a key is in no address");

  await page.getByRole("button", { name: "Key set" }).click();
  await page.getByLabel("API key").fill(devKey());
  const models = page.waitForResponse(/\/v1\/models$/);
  await page.getByRole("button", { name: "Use it" }).click();
  assert.equal((await models).status(), 200);
  await page.context().setOffline(true);
  await run();
  await page.getByText("The connection to the mesh is lost").waitFor();
  await page.context().setOffline(false);
  await run();
  await page.getByRole("region", { name: "Result" }).waitFor();
  assert.equal(await request.inputValue(), written, "what somebody wrote stays");

  await page.context().setOffline(true);
  await page.getByRole("link", { name: "Globe" }).click();
  await page.getByText("The connection to the mesh is lost").waitFor();
  await page.context().setOffline(false);
  // The live connection comes back by itself, and what it brings with it.
  await page.getByText("The connection to the mesh is lost").waitFor({ state: "detached" });

  const giveBack = await mesh.emulator.ledger.takeAway();
  try {
    await page.getByRole("link", { name: "Usage" }).click();
    await page.getByText("The ledger is away").waitFor();
    await shoot(page, "ledger-away-light");
  } finally {
    await giveBack();
  }
});

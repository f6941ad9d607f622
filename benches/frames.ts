/**
 * `deno run -A benches/frames.ts`: the console's globe in Chromium, 1280 x 800, over the filed constellation and
 * over a million nodes: how long a page takes to its first view with warm caches, and how much JavaScript a
 * frame costs, as the browser traces it. Where no GPU draws, frames are few; what a script costs is the same.
 * @module
 */
import type { Browser, CDPSession, Page } from "playwright-core";
import { readSettings } from "../emulator/settings.ts";
import { startEmulator } from "../emulator/start.ts";
import { startChromium } from "../tools/chromium.ts";
import { percentile } from "./canary.ts";

const CONSTELLATIONS = ["starlink-filed", "orbital-data-centre-filed"];
const VIEWPORT = { width: 1_280, height: 800 };
const SECONDS = 12;
const LOADS = 4;
const WITHIN = { timeout: 120_000 };
const FRAME_MS_MAX = 1;
const FIRST_VIEW_MS_MAX = 2_000;

interface TraceEvent {
  name: string;
  ph: string;
  /** Of the thread alone, us: other threads draw on the same cores. */
  tdur?: number;
}

/** From the navigation until the first frame with land has been drawn, ms. */
async function firstView(browser: Browser, url: string): Promise<number[]> {
  const context = await browser.newContext({ viewport: VIEWPORT });
  const times: number[] = [];
  for (let load = 0; load < LOADS; load++) {
    const page = await context.newPage();
    const began = performance.now();
    await page.goto(url);
    await page.locator("canvas[data-drawn]").waitFor(WITHIN);
    times.push(performance.now() - began);
    await page.close();
  }
  await context.close();
  // The first one fills the caches.
  return times.slice(1).sort((a, b) => a - b);
}

/** Lets the globe run at the fastest pace, so that each frame is drawn. @returns ms of script, sorted */
async function frames(browser: Browser, url: string): Promise<number[]> {
  const context = await browser.newContext({ viewport: VIEWPORT });
  const page: Page = await context.newPage();
  await page.goto(url);
  await page.locator("canvas[data-drawn]").waitFor(WITHIN);
  await page.getByRole("group", { name: "Pace" }).getByRole("button").last().click();
  const session = await context.newCDPSession(page);
  const events = await traced(session, SECONDS * 1e3);
  await context.close();
  return events
    .filter(({ name, ph, tdur }) =>
      name === "FireAnimationFrame" && ph === "X" && tdur !== undefined
    )
    .map(({ tdur }) => tdur! / 1e3)
    .sort((a, b) => a - b);
}

async function traced(session: CDPSession, ms: number): Promise<TraceEvent[]> {
  const events: TraceEvent[] = [];
  session.on(
    "Tracing.dataCollected",
    ({ value }) => events.push(...value as unknown as TraceEvent[]),
  );
  const ended = new Promise<void>((resolve) =>
    session.on("Tracing.tracingComplete", () => resolve())
  );
  await session.send("Tracing.start", {
    traceConfig: { includedCategories: ["devtools.timeline"] },
    transferMode: "ReportEvents",
  });
  await new Promise((resolve) => setTimeout(resolve, ms));
  await session.send("Tracing.end");
  await ended;
  return events;
}

if (import.meta.main) {
  let holds = true;
  for (const constellation of CONSTELLATIONS) {
    const data = await Deno.makeTempDir({ prefix: "perigee-bench-" });
    const settings = readSettings(
      (name) => ({ PORT: "0", PERIGEE_DATA: data, PERIGEE_CONSTELLATION: constellation })[name],
      Date.now(),
    );
    const emulator = await startEmulator(settings);
    const browser = await startChromium({ webgl: true });
    try {
      const views = await firstView(browser, emulator.url);
      const drawn = await frames(browser, emulator.url);
      const [view, frame] = [percentile(views, 0.5), percentile(drawn, 0.5)];
      holds &&= view < FIRST_VIEW_MS_MAX && frame < FRAME_MS_MAX && drawn.length > 10;
      console.log(
        `${constellation}: first view ${
          view.toFixed(0)
        } ms; ${drawn.length} frames, script of a frame ` +
          `${frame.toFixed(2)} ms p50, ${percentile(drawn, 0.95).toFixed(2)} ms p95`,
      );
    } finally {
      await browser.close();
      await emulator.close();
      await Deno.remove(data, { recursive: true });
    }
  }
  Deno.exit(holds ? 0 : 1);
}

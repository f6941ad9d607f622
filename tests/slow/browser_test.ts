/**
 * What only a browser shows: whether a page of another origin gets through, and what /docs does there.
 * @module
 */
import type { Browser, Page } from "playwright-core";
import assert from "node:assert/strict";
import { hasChromium, startChromium } from "../../tools/chromium.ts";
import { type Mesh, startMesh } from "../support/mesh.ts";

const there = await hasChromium();
// The machine may be busy: these are upper limits of what is polled.
const WITHIN = { timeout: 120_000 };

let mesh: Mesh;
let browser: Browser;
let pages: Deno.HttpServer<Deno.NetAddr>;

Deno.test.beforeAll(async () => {
  if (!there) return;
  mesh = await startMesh();
  browser = await startChromium();
  const page = await Deno.readTextFile(new URL("../../examples/browser.html", import.meta.url));
  pages = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    () => new Response(page, { headers: { "Content-Type": "text/html" } }),
  );
});

Deno.test.afterAll(async () => {
  if (!there) return;
  await browser.close();
  await pages.shutdown();
  await mesh[Symbol.asyncDispose]();
});

function browserTest(name: string, run: (page: Page) => Promise<void>): void {
  Deno.test({
    name,
    ignore: !there,
    // The browser and the mesh outlive a test.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      const page = await browser.newPage();
      page.setDefaultTimeout(WITHIN.timeout);
      try {
        await run(page);
      } finally {
        await page.close();
      }
    },
  });
}

/** Opens examples/browser.html from an origin, and lets it ask. @returns what it has shown in the end */
async function askFrom(page: Page, host: string, key: string): Promise<string> {
  const origin = `http://${host}:${pages.addr.port}`;
  await page.goto(`${origin}/?mesh=${encodeURIComponent(mesh.url)}`);
  assert.notEqual(new URL(page.url()).origin, new URL(mesh.url).origin);
  await page.fill("input[name=key]", key);
  await page.click("button");
  const shown = page.locator("pre", { hasText: /^(steps|failed)/m });
  await shown.waitFor(WITHIN);
  return await shown.innerText();
}

browserTest(
  "A page of another origin places and asks, and reads the answer's headers",
  async (page) => {
    const shown = await askFrom(page, "localhost", mesh.emulator.secrets.dev_key);
    assert.match(shown, /^placed on \S+$/m);
    // Which shell answers depends on the hour.
    assert.match(shown, /^answered by [A-Z]\w*-\d+-\d+$/m);
    assert.match(shown, /^steps auth;dur=.*total;dur=/m);
  },
);

browserTest(
  "A page of another origin reads why it is refused, and under which request",
  async (page) => {
    const shown = await askFrom(page, "localhost", "a-key-that-nobody-ever-made-for-anyone");
    assert.match(shown, /^failed: 401 The API key is missing, unknown.* \([0-9a-f-]{36}\)$/m);
  },
);

browserTest("A page of an origin that is not named gets nothing", async (page) => {
  // An address of this machine that `localhost` does not stand for.
  const shown = await askFrom(page, "page.localhost", mesh.emulator.secrets.dev_key);
  assert.match(shown, /^failed: Failed to fetch$/m);
});

browserTest(
  "/docs draws the description, loads nothing from elsewhere, and tries a request",
  async (page) => {
    const asked = new Set<string>();
    const wrong: string[] = [];
    page.on("request", (request) => void asked.add(request.url()));
    page.on("pageerror", (error) => void wrong.push(error.message));
    page.on("console", (message) => {
      if (/Content.Security.Policy/i.test(message.text())) wrong.push(message.text());
    });
    await page.goto(`${mesh.url}/docs`);
    await page.getByText("Whether the server is live").first().click(WITHIN);
    await page.getByRole("button", { name: /Test Request.*health\/live/i }).first().click(WITHIN);
    const answer = page.waitForResponse(`${mesh.url}/v2/health/live`, WITHIN);
    await page.getByRole("button", { name: /^Send/i }).first().click(WITHIN);
    assert.deepEqual(await (await answer).json(), { live: true });
    assert.deepEqual(wrong, []);
    const elsewhere = [...asked].filter((url) =>
      !/^(data|blob):/.test(url) && !url.startsWith(mesh.url)
    );
    assert.deepEqual(elsewhere, []);
  },
);

browserTest("The type of a problem leads to its row of /docs", async (page) => {
  await page.goto(`${mesh.url}/docs#not_found`);
  await page.getByText("Whether the server is live").first().waitFor(WITHIN);
  // Text, as nothing here knows a page's types.
  const inView = `(() => {
    const { top, bottom } = document.getElementById("not_found").getBoundingClientRect();
    return top >= -1 && bottom <= innerHeight + 1;
  })()`;
  await page.waitForFunction(inView, undefined, WITHIN);
});

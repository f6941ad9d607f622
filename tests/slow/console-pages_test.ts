/**
 * The console's pages of usage, fleet and tenants, in a browser: what they show is what the mesh has, what an
 * operator does on them is done, and axe finds nothing serious on any, in either theme and on a phone.
 * @module
 */
import type { Browser, BrowserContext, Page } from "playwright-core";
import assert from "node:assert/strict";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { workerdOf } from "../../emulator/workerd/guard.ts";
import { hasChromium, startChromium } from "../../tools/chromium.ts";
import { type Json, type Mesh, startMesh, within } from "../support/mesh.ts";

const there = await hasChromium();
// The machine may be busy: these are upper limits of what is polled.
const WITHIN = { timeout: 60_000 };
const AXE = await Deno.readTextFile(
  fileURLToPath(import.meta.resolve("axe-core/axe.min.js")),
);
// For eyes, beside those of console_test.ts.
const SHOTS = fileURLToPath(new URL("../.screenshots", import.meta.url));

let mesh: Mesh;
let browser: Browser;

Deno.test.beforeAll(async () => {
  if (!there) return;
  mesh = await startMesh();
  browser = await startChromium();
});

Deno.test.afterAll(async () => {
  if (!there) return;
  await browser.close();
  await mesh[Symbol.asyncDispose]();
});

function consoleTest(name: string, run: (open: Open) => Promise<void>): void {
  Deno.test({
    name,
    ignore: !there,
    // The browser and the mesh outlive a test.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      const contexts: BrowserContext[] = [];
      const wrong: string[] = [];
      const open: Open = async (hash, key) => {
        const context = await browser.newContext({
          viewport: { width: 1_280, height: 860 },
          colorScheme: "light",
          reducedMotion: "reduce",
        });
        contexts.push(context);
        const page = await context.newPage();
        page.setDefaultTimeout(WITHIN.timeout);
        page.on("pageerror", (error) => void wrong.push(error.message));
        page.on("console", (message) => {
          if (/Content.Security.Policy|Trusted/i.test(message.text())) wrong.push(message.text());
        });
        // As the field of the key keeps it: for this tab.
        await page.addInitScript(`sessionStorage.setItem("perigee-key", ${JSON.stringify(key)})`);
        await page.goto(`${mesh.url}/#/${hash}`);
        return page;
      };
      try {
        await run(open);
        assert.deepEqual(wrong, []);
      } finally {
        for (const context of contexts) await context.close();
      }
    },
  });
}

type Open = (hash: string, key: string) => Promise<Page>;

/** Fails with what axe finds serious on the page as it stands. */
async function assertAccessible(page: Page, what: string): Promise<void> {
  // Not as a script of the page, which its policy would refuse.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate("axe.run()") as Json;
  const serious = violations.filter(({ impact }: Json) => ["serious", "critical"].includes(impact))
    .map(({ id, nodes }: Json) => `${id}: ${nodes.map(({ html }: Json) => html).join(" ")}`);
  assert.deepEqual(serious, [], what);
}

/** No part of a page may lie beyond its edge. */
async function assertFits(page: Page, what: string): Promise<void> {
  const beyond = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
  assert.equal(beyond, 0, `${what} is wider than the window`);
}

async function shoot(page: Page, name: string): Promise<void> {
  await Deno.mkdir(SHOTS, { recursive: true });
  await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
}

async function ask(key: string, lat: number, lon: number): Promise<Json> {
  const reply = await mesh.call("/v2/models/drive-rss/infer", {
    key,
    body: {
      parameters: { origin_lat: lat, origin_lon: lon },
      inputs: [{ name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] }],
    },
  });
  assert.equal(reply.status, 200, reply.text);
  return reply.body.parameters;
}

const tile = (page: Page, name: string) =>
  page.locator(".tile", { has: page.locator("dt", { hasText: name }) }).locator("dd");

/** What is there in each theme, and on a phone. */
async function lookAll(
  open: Open,
  hash: string,
  key: string,
  ready: (page: Page) => Promise<void>,
) {
  const name = hash.split("?")[0];
  const page = await open(hash, key);
  await ready(page);
  for (const theme of ["light", "dark"] as const) {
    for (const width of [1_280, 390]) {
      await page.emulateMedia({ colorScheme: theme });
      await page.setViewportSize({ width, height: 860 });
      const what = `${name}, ${theme}, ${width} px`;
      await assertAccessible(page, what);
      await assertFits(page, what);
      await shoot(page, `${name}-${theme}-${width}`);
    }
  }
  await page.close();
}

consoleTest(
  "Usage shows what ran, and a request that is made meanwhile without being asked to",
  async (open) => {
    const key = await mesh.tenant("plotted");
    for (const [lat, lon] of [[48.86, 2.35], [40.7, -74], [-33.9, 151.2]]) await ask(key, lat, lon);
    const sums = () =>
      within(20_000, "its receipts", async () => {
        const { body } = await mesh.call("/v1/usage", { key });
        return body.total.executions === 3 ? body.total : null;
      });
    const total = await sums();
    const page = await open("usage?by=region", key);
    await page.getByText("Live", { exact: true }).waitFor(WITHIN);
    await tile(page, "Requests").filter({ hasText: /^3$/ }).waitFor(WITHIN);
    const requests = page.getByRole("figure", { name: "Requests" });
    await requests.getByText("Table").click();
    const cells = await requests.locator("tbody td").allInnerTexts();
    assert.equal(cells.reduce((sum, text) => sum + Number(text), 0), 3);
    const regions = await requests.locator("thead th").allInnerTexts();
    assert.ok(regions.length >= 3, regions.join());
    assert.ok(total.charge_microcredits < 1e4);
    const charges = await tile(page, "Charges").innerText();
    assert.equal(charges, `${total.charge_microcredits} µcr`);
    await ask(key, 35.7, 139.7);
    await tile(page, "Requests").filter({ hasText: /^4$/ }).waitFor(WITHIN);
  },
);

consoleTest(
  "An operator sees the usage of the tenant that is named, and nobody's before",
  async (open) => {
    const key = await mesh.tenant("named");
    await ask(key, 48.86, 2.35);
    const page = await open("usage", mesh.emulator.secrets.admin_token);
    await page.getByText("name one above").waitFor(WITHIN);
    await page.getByLabel("Tenant").fill("named");
    await page.getByRole("button", { name: "Show", exact: true }).click();
    await tile(page, "Requests").filter({ hasText: /^1$/ }).waitFor(WITHIN);
  },
);

consoleTest("The globe hears of a request that is made elsewhere meanwhile", async (open) => {
  const key = await mesh.tenant("elsewhere");
  const { node, execution_id: first } = await ask(key, 48.86, 2.35);
  const page = await open(`?node=${node}`, key);
  const row = (id: string) => page.getByTitle(id, { exact: true });
  await row(first).waitFor(WITHIN);
  const reply = await mesh.call("/v2/models/drive-rss/infer", {
    key,
    body: {
      parameters: { origin_node: node },
      inputs: [{ name: "state", datatype: "FP32", shape: [1, 6], data: [30, 25, 40, 0.5, 3, 8] }],
    },
  });
  assert.equal(reply.body.parameters.node, node, reply.text);
  await row(reply.body.parameters.execution_id).waitFor(WITHIN);
});

consoleTest(
  "A mesh that dies is said to be lost, and when it is back news come by themselves",
  async (open) => {
    const key = await mesh.tenant("patient");
    const page = await open("usage", key);
    await page.getByText("Live", { exact: true }).waitFor(WITHIN);
    // Its own alone: other tests of this very process have theirs.
    Deno.kill(await workerdOf(dirname(mesh.emulator.ledger.file)), "SIGKILL");
    await page.getByText("The live connection is lost").waitFor(WITHIN);
    await page.getByText("Live", { exact: true }).waitFor(WITHIN);
    await within(60_000, "an answer", async () => {
      const { status } = await mesh.call("/v2/health/ready", { key: null });
      return status === 200 || null;
    });
    await ask(key, 48.86, 2.35);
    await tile(page, "Requests").filter({ hasText: /^1$/ }).waitFor(WITHIN);
  },
);

consoleTest("A key that is revoked meanwhile is told in words", async (open) => {
  const key = await mesh.tenant("dropped");
  const page = await open("usage", key);
  await page.getByText("Live", { exact: true }).waitFor(WITHIN);
  const { body: { data: [{ id }] } } = await mesh.admin("/v1/tenants/dropped/keys");
  await mesh.admin(`/v1/tenants/dropped/keys/${id}`, { method: "DELETE" });
  await page.locator(".live-state", { hasText: "does not take this key" }).waitFor(WITHIN);
});

consoleTest(
  "A ledger that is away is told in words, and figures come back with it",
  async (open) => {
    const key = await mesh.tenant("waiting");
    const page = await open("usage", key);
    await tile(page, "Requests").filter({ hasText: /^0$/ }).waitFor(WITHIN);
    const bringBack = await mesh.emulator.ledger.takeAway();
    await page.locator(".live-state", { hasText: "News wait for the ledger" }).waitFor(WITHIN);
    await page.getByLabel("Time").selectOption("day");
    await page.locator(".notice", { hasText: "The ledger is away" }).waitFor(WITHIN);
    await bringBack();
    await page.getByText("Live", { exact: true }).waitFor(WITHIN);
    await tile(page, "Requests").filter({ hasText: /^0$/ }).waitFor(WITHIN);
  },
);

consoleTest("Fleet finds the node that ran something, drains it, and repairs it", async (open) => {
  const { node } = await ask(mesh.emulator.secrets.dev_key, 48.86, 2.35);
  const page = await open("fleet", mesh.emulator.secrets.admin_token);
  await page.getByRole("button", { name: node, exact: true }).click(WITHIN);
  const panel = page.getByRole("region", { name: `Node ${node}` });
  const serviceOf = async () => {
    const { body } = await mesh.admin(`/v1/nodes/${node}`);
    return body.service;
  };
  await panel.getByRole("button", { name: "Drain" }).click(WITHIN);
  await panel.getByText("drained", { exact: true }).waitFor(WITHIN);
  assert.equal(await serviceOf(), "drained");
  await page.getByLabel("Show", { exact: true }).selectOption("all");
  await page.getByLabel("Service").selectOption("drained");
  await page.locator("tbody tr", { hasText: node }).waitFor(WITHIN);
  await panel.getByRole("button", { name: "Repair" }).click(WITHIN);
  await panel.getByText("up", { exact: true }).waitFor(WITHIN);
  assert.equal(await serviceOf(), "up");
});

consoleTest(
  "Fleet shows what waits and what the ledger refuses, and offers it again",
  async (open) => {
    const key = await mesh.tenant("refused");
    await mesh.rows(
      `CREATE TRIGGER refuse BEFORE INSERT ON receipts WHEN NEW.tenant_id = 'refused'
    BEGIN SELECT RAISE(ABORT, 'not this one'); END`,
    );
    const { execution_id } = await ask(key, 48.86, 2.35);
    const page = await open("fleet", mesh.emulator.secrets.admin_token);
    const row = page.locator("li", { hasText: execution_id });
    await row.getByText("not this one").waitFor(WITHIN);
    await mesh.rows("DROP TRIGGER refuse");
    await row.getByRole("button", { name: `Retry ${execution_id}` }).click();
    await within(30_000, "its receipt", async () => {
      const { body } = await mesh.call("/v1/receipts", { key });
      return body.data.length === 1 || null;
    });
  },
);

consoleTest(
  "An operator makes a tenant and a key, which is shown once, rotates, limits and revokes",
  async (open) => {
    const page = await open("tenants", mesh.emulator.secrets.admin_token);
    await page.getByLabel("Id of a new one").fill("Bad Id");
    await page.getByRole("button", { name: "Make it" }).first().click(WITHIN);
    await page.getByText("#/id").waitFor(WITHIN);
    await page.getByLabel("Id of a new one").fill("newcomer");
    await page.getByRole("button", { name: "Make it" }).first().click(WITHIN);
    await page.getByLabel("Name of a new key").fill("first");
    await page.getByRole("button", { name: "Make a key" }).click(WITHIN);
    const shown = page.getByLabel("The new key");
    await shown.waitFor(WITHIN);
    const key = await shown.inputValue();
    assert.equal((await mesh.call("/v1/usage", { key })).status, 200);
    await page.getByRole("button", { name: "I have it" }).click();
    await page.reload();
    await page.getByRole("button", { name: /^newcomer/ }).click(WITHIN);
    await page.getByRole("rowheader", { name: "first" }).waitFor(WITHIN);
    assert.ok(!(await page.content()).includes(key), "the key is shown again");

    await page.getByRole("button", { name: "Rotate first" }).click();
    await shown.waitFor(WITHIN);
    const successor = await shown.inputValue();
    assert.notEqual(successor, key);
    assert.equal((await mesh.call("/v1/usage", { key: successor })).status, 200);
    await page.getByRole("button", { name: "I have it" }).click();

    await page.getByLabel("Budget").fill("5000");
    await page.getByRole("button", { name: "Set", exact: true }).click();
    await page.getByText("5 mcr").or(page.getByText("5,000 µcr")).first().waitFor(WITHIN);
    const { body: limits } = await mesh.admin("/v1/tenants/newcomer/limits");
    assert.equal(limits.budget_microcredits, 5_000);

    // Newest first: the successor's.
    const revoke = page.getByRole("button", { name: "Revoke first" }).first();
    await revoke.click();
    await page.getByRole("button", { name: "Revoke for good? first" }).click(WITHIN);
    await within(30_000, "its end", async () => {
      const { status } = await mesh.call("/v1/usage", { key: successor });
      return status === 401 || null;
    });
    assert.equal((await mesh.call("/v1/usage", { key })).status, 200, "the other one goes on");
  },
);

consoleTest("A tenant's key is told that fleet and tenants are for operators", async (open) => {
  for (const hash of ["fleet", "tenants"]) {
    const page = await open(hash, mesh.emulator.secrets.dev_key);
    await page.getByText("This is for operators").waitFor(WITHIN);
    assert.equal(await page.locator("table").count(), 0);
  }
});

consoleTest(
  "axe finds nothing serious on usage, fleet and tenants, light and dark, wide and narrow",
  async (open) => {
    const key = await mesh.tenant("looked-at");
    const { node } = await ask(key, 48.86, 2.35);
    for (const [lat, lon] of [[40.7, -74], [48.9, 2.4], [35.7, 139.7]]) await ask(key, lat, lon);
    await within(20_000, "its receipts", async () => {
      const { body } = await mesh.call("/v1/usage", { key });
      return body.total.executions === 4 || null;
    });
    const { admin_token } = mesh.emulator.secrets;
    await lookAll(open, "usage?by=region", key, async (page) => {
      await tile(page, "Requests").filter({ hasText: /^4$/ }).waitFor(WITHIN);
      await page.getByRole("figure", { name: "Requests" }).getByText("Table").click();
    });
    await lookAll(open, `fleet?node=${node}`, admin_token, async (page) => {
      await page.getByText("Models in memory").waitFor(WITHIN);
      await page.locator("tbody tr").first().waitFor(WITHIN);
      await page.getByText("Wait for the ledger").waitFor(WITHIN);
    });
    await lookAll(open, "tenants?tenant=looked-at", admin_token, async (page) => {
      await page.getByRole("rowheader", { name: "test" }).waitFor(WITHIN);
      await page.getByText("No budget").waitFor(WITHIN);
    });
  },
);

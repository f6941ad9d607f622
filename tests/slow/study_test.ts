/**
 * The task as a person runs it: one digest however many runs go at once and wherever it was killed, and its
 * report in a browser, which shows no error, asks nobody for anything, and fits a phone.
 * @module
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { hasChromium, startChromium } from "../../tools/chromium.ts";
import type { Json } from "../support/mesh.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SHOTS = fileURLToPath(new URL("../.screenshots", import.meta.url));
const AXE = await Deno.readTextFile(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")));

const SHELL = {
  code: "T",
  altitude_km: 550,
  inclination_deg: 53,
  planes: 10,
  per_plane: 10,
  phasing: 1,
};
const constellation = { name: "hundred", source: "A test's own.", shells: [SHELL] };
const profile = { battery_wh: 100 };
const run = { constellation, profile, elevation_mask_deg: 10 };
const SCENARIO = {
  title: "Three hours over a hundred nodes",
  question: "Does the report hold together?",
  asks: 600,
  hours: 3,
  kinds: [
    { name: "command", model: "drive-rss", shape: [1, 6], class: "realtime", share: 3 },
    { name: "scene", operations: 1e12, bytes_up: 1e6, from: "orbit", class: "batch" },
  ],
  runs: [
    { name: "as the mesh places", ...run },
    { name: "sunlit first", ...run, placement: "sunlit_first" },
    { name: "on the ground", ...run, placement: "ground_only" },
  ],
};

const studying = (...args: string[]) =>
  new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "study/main.ts", ...args],
    cwd: ROOT,
    stdout: "piped",
    stderr: "piped",
  });

Deno.test("a study comes to the same files with one run at a time, with three, and after a kill", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "perigee-study-" });
  const file = `${folder}/scenario.json`;
  try {
    await Deno.writeTextFile(file, JSON.stringify(SCENARIO));
    const outs = { one: `${folder}/one`, three: `${folder}/three`, killed: `${folder}/killed` };
    for (const [name, jobs] of [["one", "1"], ["three", "3"]] as const) {
      const { code, stderr } = await studying(file, "--out", outs[name], "--jobs", jobs).output();
      assert.equal(code, 0, new TextDecoder().decode(stderr));
    }
    await killedInBetween(file, outs.killed);
    const resumed = await studying(file, "--out", outs.killed, "--resume").output();
    assert.equal(resumed.code, 0, new TextDecoder().decode(resumed.stderr));
    for (const name of ["study.json", "parts.csv", "parts.parquet", "report.html"]) {
      const one = await Deno.readFile(`${outs.one}/${name}`);
      for (const other of [outs.three, outs.killed]) {
        assert.deepEqual(await Deno.readFile(`${other}/${name}`), one, `${other}/${name}`);
      }
    }
    const left = Array.from(Deno.readDirSync(outs.killed), ({ name }) => name).sort();
    assert.deepEqual(left, ["parts.csv", "parts.parquet", "report.html", "study.json"]);
    await t.step({
      name: "its report in Chromium",
      ignore: !await hasChromium(),
      sanitizeOps: false,
      sanitizeResources: false,
      fn: () => look(`${outs.one}/report.html`),
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Kills a study once it has kept an hour of its first run. */
async function killedInBetween(file: string, out: string): Promise<void> {
  const child = studying(file, "--out", out, "--jobs", "1").spawn();
  const kept = async () => await Deno.stat(`${out}/.run-0.json`).then(() => true, () => false);
  let isOver = false;
  const over = child.output().finally(() => isOver = true);
  while (!isOver && !await kept()) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(!isOver, "it was over before an hour had been kept");
  child.kill("SIGKILL");
  await over;
}

async function look(path: string): Promise<void> {
  const browser = await startChromium();
  try {
    for (const [width, colorScheme] of [[1_280, "light"], [390, "dark"], [390, "light"]] as const) {
      const context = await browser.newContext({ viewport: { width, height: 860 }, colorScheme });
      const page = await context.newPage();
      const wrong: string[] = [];
      page.on("pageerror", (error) => void wrong.push(error.message));
      page.on("console", (message) => void wrong.push(message.text()));
      page.on(
        "request",
        (request) => void (request.url().startsWith("file:") || wrong.push(request.url())),
      );
      await page.goto(`file://${path}`);
      assert.equal(await page.locator("h1").textContent(), SCENARIO.title);
      assert.ok(await page.locator("svg").count() > 8);
      const beyond = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      assert.equal(beyond, 0, `wider than ${width} px`);
      await page.evaluate(AXE);
      const { violations } = await page.evaluate("axe.run()") as Json;
      const serious = violations
        .filter(({ impact }: Json) => ["serious", "critical"].includes(impact))
        .map(({ id, nodes }: Json) => `${id}: ${nodes.map(({ html }: Json) => html).join(" ")}`);
      assert.deepEqual(serious, [], `${width} px, ${colorScheme}`);
      assert.deepEqual(wrong, []);
      await Deno.mkdir(SHOTS, { recursive: true });
      await page.screenshot({ path: `${SHOTS}/study-${colorScheme}-${width}.png`, fullPage: true });
      await context.close();
    }
  } finally {
    await browser.close();
  }
}

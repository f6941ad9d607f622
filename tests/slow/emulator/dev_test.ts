/**
 * `deno task dev` as whoever clones the repository meets it: what it prints, how it ends, what it
 * keeps.
 * @module
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { send, within } from "../../support/mesh.ts";
import {
  descendants,
  readFile,
  runMain,
  startProcess,
  stillRunning,
} from "../../support/mesh-process.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const END_MS_MAX = 8_000;

async function inFolder(run: (data: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "perigee-dev-" });
  await run(`${folder}/data`);
  await Deno.remove(folder, { recursive: true });
}

const exists = (path: string) => Deno.stat(path).then(() => true, () => false);

Deno.test("--help and -h print what can be set, exit with 0 and touch nothing", () =>
  inFolder(async (data) => {
    for (const flag of ["--help", "-h"]) {
      const { code, stdout, stderr } = await runMain([flag], { PERIGEE_DATA: data });
      assert.deepEqual([code, stderr], [0, ""]);
      assert.match(stdout, /^Usage: npx deno task dev/m);
      assert.match(stdout, /PERIGEE_DATA/);
    }
    assert.ok(!await exists(data));
  }));

Deno.test("An unknown argument is named, followed by the help, and exits with 2", () =>
  inFolder(async (data) => {
    for (const argument of ["--port=80", "start"]) {
      const { code, stdout, stderr } = await runMain([argument], { PERIGEE_DATA: data });
      assert.deepEqual([code, stdout], [2, ""]);
      assert.ok(stderr.startsWith(`Unknown argument ${argument}\n`), stderr);
      assert.match(stderr, /^Usage: /m);
    }
    assert.ok(!await exists(data));
  }));

Deno.test("A setting out of range exits with 1 and one line that names it, before anything starts", () =>
  inFolder(async (data) => {
    const secret = "too-short-a-secret";
    for (const [name, value] of [["PORT", "x"], ["PERIGEE_DEV_KEY", secret]]) {
      const { code, stderr, stdout } = await runMain([], { PERIGEE_DATA: data, [name]: value });
      assert.equal(code, 1);
      assert.match(stderr, new RegExp(`^Perigee did not start: ${name} must be [^\n]+\n$`));
      assert.ok(!(stdout + stderr).includes(secret));
    }
    assert.ok(!await exists(data));
  }));

Deno.test("A constellation that is no file, or no file of elements, exits with 1 and says so", () =>
  inFolder(async (data) => {
    for (
      const [file, says] of [["nowhere.json", /no such file/], ["README.md", /neither OMM .* TLE/]]
    ) {
      const { code, stderr } = await runMain([], {
        PERIGEE_DATA: data,
        PORT: "0",
        PERIGEE_CONSTELLATION: file as string,
      });
      assert.equal(code, 1);
      assert.match(stderr, new RegExp(`^Perigee did not start: .*"${file}"`));
      assert.match(stderr, says as RegExp);
    }
  }));

Deno.test("A port that is taken exits with 1 and says which, and how to take another", () =>
  inFolder(async (data) => {
    const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = taken.addr;
    const { code, stderr } = await runMain([], { PERIGEE_DATA: data, PORT: String(port) });
    taken.close();
    assert.equal(code, 1);
    assert.equal(
      stderr,
      `Perigee did not start: Port ${port} is taken: set PORT to another one, such as PORT=${
        port + 1
      }\n`,
    );
  }));

/** Runs a line as a person would who copies it. */
async function shell(line: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", line],
    cwd: ROOT,
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

Deno.test("The printed curl line works as printed; Ctrl-C ends with 0 and leaves no process; the next start has all that was answered", () =>
  inFolder(async (data) => {
    const first = await startProcess({ PERIGEE_DATA: data });
    let id: string;
    try {
      const line = /^curl .+$/m.exec(first.printed())![0];
      const { parameters, outputs } = JSON.parse(await shell(line));
      assert.equal(outputs.length, 5);
      id = parameters.execution_id;

      const { admin_token } = JSON.parse(await Deno.readTextFile(`${data}/secrets.json`));
      assert.ok(!first.printed().includes(admin_token), "the admin token is not shown");

      // At once: the receipt has not left its node yet.
      const started = await descendants(first.pid);
      assert.ok(started.some(({ args }) => args.includes("workerd")));
      let code: number | null = null;
      void first.interrupt().then((ended) => code = ended);
      await within(END_MS_MAX, "its end", () => code, 20);
      assert.equal(code, 0, first.printed());
      assert.match(first.printed(), /Ending: what was answered is kept\n$/);
      assert.deepEqual(await stillRunning(started), []);
    } finally {
      await first.killAll();
    }

    const second = await startProcess({ PERIGEE_DATA: data });
    try {
      assert.equal(second.key, first.key);
      const usage = await within(10_000, "the receipt of the first run", async () => {
        const { body } = await send(`${second.url}/v1/usage`, { key: first.key });
        return body.total.executions > 0 ? body.total : null;
      });
      assert.equal(usage.executions, 1);
      const { body } = await send(`${second.url}/v1/placements/${id}`, { key: first.key });
      assert.equal(body.id, id);
      assert.equal(await second.interrupt(), 0);
    } finally {
      await second.killAll();
    }
    assert.deepEqual(readFile(`${data}/ledger.db`, "SELECT id FROM receipts"), [{ id }]);
  }));

Deno.test("A development key that is given works at once, and one that was given before ends within 10 s", () =>
  inFolder(async (data) => {
    const keys = ["first-key-of-32-letters-and-more-0", "other-key-of-32-letters-and-more-1"];
    for (const [i, key] of keys.entries()) {
      const mesh = await startProcess({ PERIGEE_DATA: data, PERIGEE_DEV_KEY: key });
      try {
        assert.equal(mesh.key, key);
        const statusOf = async (shown: string) =>
          (await send(`${mesh.url}/v1/usage`, { key: shown })).status;
        assert.equal(await statusOf(key), 200);
        // As after any revocation: a ledger cache's word is some seconds old.
        for (const other of keys.filter((one) => one !== key)) {
          const ended = async () => await statusOf(other) === 401 || null;
          await within(10_000, `the end of ${other} at start ${i}`, ended);
        }
        assert.equal(await mesh.interrupt(), 0);
      } finally {
        await mesh.killAll();
      }
    }
  }));

/**
 * The guard beside a process that stands in for workerd: `sleep`, with arguments that no other process has.
 */
import assert from "node:assert/strict";
import { within } from "../../support/within.ts";
import { fileURLToPath } from "node:url";
import { startGuard } from "../../../emulator/workerd/guard.ts";

const pathOf = (file: string) =>
  fileURLToPath(new URL(`../../../emulator/workerd/${file}`, import.meta.url));

const ignore = Deno.build.os === "windows";

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "perigee-guard-" });
  await run(folder);
  await Deno.remove(folder, { recursive: true });
}

/** As Miniflare does it. */
function launch(note: string): Deno.ChildProcess {
  return new Deno.Command(pathOf("launch.sh"), {
    args: [`${1_000 + Math.random()}`],
    env: { PERIGEE_WORKERD: "/bin/sleep", PERIGEE_WORKERD_NOTE: note },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
}

function guard(args: string[], stdin: "piped" | "null"): Deno.ChildProcess {
  return new Deno.Command("sh", {
    args: [pathOf("guard.sh"), ...args],
    stdin,
    stdout: "null",
    stderr: "null",
  }).spawn();
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

async function noted(path: string, pid: number): Promise<void> {
  const isNoted = async () => (await Deno.readTextFile(path).catch(() => "")).startsWith(`${pid} `);
  await within(5_000, `the note of ${pid}`, async () => await isNoted() || null, 5);
}

Deno.test({
  name: "guard.sh ends workerd when its input ends, and not before; so it does one that comes late",
  ignore,
  fn: () =>
    inFolder(async (folder) => {
      for (const late of [false, true]) {
        const note = `${folder}/note`;
        const watching = guard([note], "piped");
        let workerd: Deno.ChildProcess;
        if (late) {
          await watching.stdin.close();
          workerd = launch(note);
        } else {
          workerd = launch(note);
          await noted(note, workerd.pid);
          const ended = Promise.race([workerd.status, watching.status]).then(() => "ended");
          const writer = watching.stdin.getWriter();
          await writer.write(new TextEncoder().encode("a line\n"));
          assert.equal(await Promise.race([ended, writer.ready.then(() => "runs")]), "runs");
          await writer.close();
        }
        let end: Deno.CommandStatus | null = null;
        workerd.status.then((status) => end = status);
        const { signal } = await within<Deno.CommandStatus>(10_000, "workerd's end", () => end, 5);
        assert.equal(signal, "SIGKILL");
        await watching.status;
        assert.equal(await exists(note), false);
      }
    }),
});

Deno.test({
  name: "A process that has workerd's pid and other arguments is left alone",
  ignore,
  fn: () =>
    inFolder(async (folder) => {
      const note = `${folder}/note`;
      const stranger = launch(note);
      await noted(note, stranger.pid);
      for (const spoilt of [`${stranger.pid} serve --binary\n`, `${stranger.pid}\n`, "\n", ""]) {
        await Deno.writeTextFile(note, spoilt);
        assert.ok((await guard([note, "now"], "null").status).success);
      }
      const ended = stranger.status;
      stranger.kill("SIGTERM");
      assert.equal((await ended).signal, "SIGTERM");
    }),
});

Deno.test({
  name: "startGuard() ends what an earlier emulator has left in the folder before it returns",
  ignore,
  fn: () =>
    inFolder(async (folder) => {
      const note = `${folder}/workerd-${crypto.randomUUID()}`;
      const orphan = launch(note);
      await noted(note, orphan.pid);
      const started = await startGuard(folder, `${folder}/objects`);
      assert.equal((await orphan.status).signal, "SIGKILL");
      assert.equal(await exists(note), false);
      assert.match(started.env.PERIGEE_WORKERD, /workerd/);
      await started.end();
    }),
});

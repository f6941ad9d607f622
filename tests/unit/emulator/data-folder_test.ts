import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { openDataFolder } from "../../../emulator/data-folder.ts";

const MODULE = fileURLToPath(new URL("../../../emulator/data-folder.ts", import.meta.url));

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "perigee-folder-" });
  await run(folder);
  await Deno.remove(folder, { recursive: true });
}

const modeOf = async (path: string) => (await Deno.stat(path)).mode! & 0o777;

Deno.test("Of many that open a folder at once one has it, and the others are told by which process", () =>
  inFolder(async (folder) => {
    const path = `${folder}/data`;
    for (let round = 0; round < 5; round++) {
      const opened = await Promise.allSettled(
        Array.from({ length: 8 }, () => openDataFolder(path)),
      );
      const held = opened.filter((one) => one.status === "fulfilled");
      assert.equal(held.length, 1);
      for (const one of opened) {
        if (one.status === "fulfilled") continue;
        const { message } = one.reason as Error;
        assert.ok(message.includes(path), message);
        assert.match(message, new RegExp(`in use by process ${Deno.pid} since 20.+ PERIGEE_DATA`));
      }
      held[0].value.release();
    }
  }));

Deno.test({
  name:
    "A folder that was let go can be opened at once, whatever processes are being started meanwhile",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (folder) => {
      const script = `import { spawn } from "node:child_process";
      for (;;) {
        const child = spawn("/bin/sh", ["-c", ":"], { stdio: ["ignore", "ignore", "ignore", "pipe"] });
        await new Promise((ended) => child.on("exit", ended));
        postMessage("started one");
      }`;
      const url = `data:application/javascript,${encodeURIComponent(script)}`;
      const starter = new Worker(url, { type: "module" });
      let started = 0;
      starter.onmessage = () => void started++;
      try {
        while (started < 50) (await openDataFolder(folder)).release();
      } finally {
        starter.terminate();
      }
    }),
});

Deno.test("A lock whose process was killed is taken over", () =>
  inFolder(async (folder) => {
    const script = `import { openDataFolder } from ${JSON.stringify(MODULE)};
      await openDataFolder(${JSON.stringify(folder)});
      console.log("held");
      setInterval(() => {}, 1e6);`;
    const child = new Deno.Command(Deno.execPath(), {
      args: ["eval", script],
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const output = child.stdout.getReader();
    await output.read();
    await assert.rejects(openDataFolder(folder), new RegExp(`in use by process ${child.pid} `));
    child.kill("SIGKILL");
    await child.status;
    await output.cancel();
    const { pid } = JSON.parse(await Deno.readTextFile(`${folder}/lock`));
    assert.equal(pid, child.pid, "it is the dead one's still");
    (await openDataFolder(folder)).release();
  }));

Deno.test({
  name: "The folder is its owner's alone: made so, and made so again if it is empty or a mesh's",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (folder) => {
      const path = `${folder}/a/b`;
      (await openDataFolder(path)).release();
      assert.equal(await modeOf(path), 0o700);
      await Deno.chmod(path, 0o755);
      (await openDataFolder(path)).release();
      assert.equal(await modeOf(path), 0o700);
      const empty = `${folder}/empty`;
      await Deno.mkdir(empty, { mode: 0o777 });
      (await openDataFolder(empty)).release();
      assert.equal(await modeOf(empty), 0o700);
    }),
});

Deno.test({
  name: "A folder of other files that others may read is refused, and left as it is",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/thesis.tex`, "");
      await Deno.chmod(folder, 0o755);
      await assert.rejects(openDataFolder(folder), /holds other files.+PERIGEE_DATA/);
      assert.equal(await modeOf(folder), 0o755);
      const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
      assert.deepEqual(names, ["thesis.tex"]);
    }),
});

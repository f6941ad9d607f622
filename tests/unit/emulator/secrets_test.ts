import assert from "node:assert/strict";
import { isKey } from "../../../contract/api-key.ts";
import { keepSecrets } from "../../../emulator/secrets.ts";

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "perigee-secrets-" });
  await run(folder);
  await Deno.remove(folder, { recursive: true });
}

Deno.test("keepSecrets() makes a key and a token once, and gives the same ever after", () =>
  inFolder(async (folder) => {
    const made = await keepSecrets(folder, {});
    assert.ok(isKey(made.dev_key));
    assert.match(made.admin_token, /^pga_[0-9A-Za-z]{38}$/);
    assert.notEqual(made.dev_key.slice(4), made.admin_token.slice(4));
    assert.deepEqual(await keepSecrets(folder, {}), made);
  }));

Deno.test("What is given wins over what is kept, and is kept in turn", () =>
  inFolder(async (folder) => {
    const { admin_token } = await keepSecrets(folder, {});
    const dev_key = "k".repeat(32);
    assert.deepEqual(await keepSecrets(folder, { dev_key }), { dev_key, admin_token });
    assert.deepEqual(await keepSecrets(folder, {}), { dev_key, admin_token });
  }));

Deno.test("A development key that is the admin token is refused, given or kept, and nothing is written", () =>
  inFolder(async (folder) => {
    const one = "k".repeat(32);
    const same = /development key must not be the admin token.+PERIGEE_DEV_KEY/;
    await assert.rejects(keepSecrets(folder, { dev_key: one, admin_token: one }), same);
    const made = await keepSecrets(folder, {});
    await assert.rejects(keepSecrets(folder, { dev_key: made.admin_token }), same);
    await assert.rejects(keepSecrets(folder, { admin_token: made.dev_key }), same);
    assert.deepEqual(await keepSecrets(folder, {}), made);
  }));

Deno.test({
  name: "The secrets' file is for its owner's eyes only",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (folder) => {
      await keepSecrets(folder, {});
      const file = `${folder}/secrets.json`;
      const modeOf = async () => (await Deno.stat(file)).mode! & 0o777;
      assert.equal(await modeOf(), 0o600);
      await Deno.chmod(file, 0o644);
      await keepSecrets(folder, {});
      assert.equal(await modeOf(), 0o600, "again, where others could read it");
    }),
});

Deno.test("A spoilt file is an error that names it and what to do, and quotes nothing of it", () =>
  inFolder(async (folder) => {
    const file = `${folder}/secrets.json`;
    for (const spoilt of ['{"dev_key":"hunter2" hunter2', '{"dev_key":"hunter2', "hunter2"]) {
      await Deno.writeTextFile(file, spoilt);
      await assert.rejects(keepSecrets(folder, {}), (error: Error) => {
        assert.ok(error.message.includes(file));
        assert.match(error.message, /delete it to make new keys/);
        assert.doesNotMatch(error.message, /hunter/);
        return true;
      });
      assert.equal(await Deno.readTextFile(file), spoilt, "it is left for its owner to mend");
    }
  }));

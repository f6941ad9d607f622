/**
 * The secrets of a local mesh: made once, kept in the data folder for its owner's eyes only.
 * Not its job: a deployment's secrets, which `wrangler secret put` holds.
 * @module
 */
import { ADMIN_KEY_PREFIX, makeKey } from "../contract/api-key.ts";

export interface Secrets {
  dev_key: string;
  admin_token: string;
}

/**
 * Reads the secrets of a data folder; what is missing there is made. A secret that is given replaces the
 * one that is kept.
 */
export async function keepSecrets(
  folder: string,
  given: Partial<Secrets>,
): Promise<Secrets> {
  const file = `${folder}/secrets.json`;
  const kept = await readKept(file);
  const random = (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes);
  const secrets = {
    dev_key: given.dev_key ?? kept.dev_key ?? makeKey(random),
    admin_token: given.admin_token ?? kept.admin_token ?? makeKey(random, ADMIN_KEY_PREFIX),
  };
  if (secrets.dev_key === secrets.admin_token) {
    throw new Error(
      "The development key must not be the admin token: give another one in PERIGEE_DEV_KEY or " +
        `PERIGEE_ADMIN_TOKEN (what was given before is in ${file})`,
    );
  }
  await Deno.writeTextFile(file, JSON.stringify(secrets), { mode: 0o600 });
  // The mode above is for a new file only.
  if (Deno.build.os !== "windows") await Deno.chmod(file, 0o600);
  return secrets;
}

async function readKept(file: string): Promise<Partial<Secrets>> {
  try {
    return JSON.parse(await Deno.readTextFile(file));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    // Not the parser's own words: they quote the text, and so a secret.
    const why = error instanceof SyntaxError ? "it is not JSON" : (error as Error).message;
    throw new Error(`Cannot read ${file}: ${why}; delete it to make new keys`);
  }
}

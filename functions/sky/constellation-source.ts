/**
 * Which constellation is in use: a generated one, or the newest catalogue that was imported.
 * A new catalogue is taken up behind answers, its almanac fetched first: no request waits for it.
 * @module
 */
import { logger } from "../../contract/log.ts";
import { settingsOf } from "../../contract/settings.ts";
import { almanacObject } from "../../durable-objects/names.ts";
import { unpackCatalogue } from "../../mesh/orbit/catalogue.ts";
import type { Constellation } from "../../mesh/orbit/constellation.ts";
import { importedConstellation } from "../../mesh/orbit/imported-constellation.ts";
import type { Region } from "../../mesh/region.ts";
import { unavailable } from "../backends/unavailable.ts";
import type { Services } from "../services.ts";

// Asking behind every answer would cost a request to an object each time.
const CHECK_EVERY_MS = 15_000;

// Any region's almanac hands out the same catalogue.
const ANY_REGION: Region = "weur";

// Refreshes run behind answers, for the isolate and for no request in particular.
const log = logger();

let current: Constellation | undefined;
let checked_ms = 0;

/**
 * The constellation in use. The first request of an isolate waits for a catalogue; a generated
 * constellation is there at once.
 * @throws ProblemError `almanac_unavailable` if no catalogue can be read
 */
export async function constellationOf(services: Services): Promise<Constellation> {
  const { env } = services;
  const generated = settingsOf(env).constellation;
  if (generated) return generated;
  if (current) return current;
  try {
    current = await fetchNewest(env, ANY_REGION);
    checked_ms = Date.now();
    return current;
  } catch (error) {
    services.log.warn("The catalogue did not come", { error });
    throw unavailable("catalogue");
  }
}

/**
 * Takes up a newer catalogue if there is one; to be called behind the answer. Logs failures, never
 * rejects.
 * @param prepare makes ready what requests need of the new constellation; they get it after that
 */
export async function refreshConstellation(
  env: Env,
  region: Region,
  prepare: (next: Constellation) => Promise<unknown>,
): Promise<void> {
  const now = Date.now();
  if (!current || now < checked_ms + CHECK_EVERY_MS) return;
  checked_ms = now;
  try {
    if (await almanacObject(env, region).newest() === current.name) return;
    const next = await fetchNewest(env, region);
    await prepare(next);
    current = next;
  } catch (error) {
    log.warn("The newest catalogue did not come yet", { error });
  }
}

async function fetchNewest(env: Env, region: Region): Promise<Constellation> {
  const almanac = almanacObject(env, region);
  const name = await almanac.newest();
  const bytes = await new Response(await almanac.catalogue(name)).arrayBuffer();
  const catalogue = unpackCatalogue(bytes);
  if (!catalogue) throw new Error(`Catalogue "${name}" came damaged`);
  return importedConstellation(catalogue);
}

/**
 * The settings of a deployment, read and checked once. Local and deployed differ in these only.
 * @module
 */
import { z } from "zod";
import { parseClock } from "../mesh/clock.ts";
import type { HardwareProfile } from "../mesh/node/profile.ts";
import type { Constellation } from "../mesh/orbit/constellation.ts";
import { FILED, FILED_CONSTELLATIONS } from "../mesh/orbit/filed.ts";
import { type Engines, parseEngines } from "./engines.ts";
import { ledgerAddress } from "./ledger-url.ts";
import { parseProfile } from "./profile.ts";
import { isShellFile, parseShellFile } from "./shell-file.ts";

const Environment = z.object({
  PERIGEE_CONSTELLATION: z.string().default(FILED.name),
  PERIGEE_CLOCK: z.string().default("real"),
  PERIGEE_PROFILE: z.string().default(""),
  PERIGEE_ENGINES: z.string().default(""),
  PERIGEE_LEDGER_URL: z.string(),
  PERIGEE_LEDGER_TOKEN: z.string().default(""),
  // Empty or absent: the admin routes answer 401 to everybody.
  PERIGEE_ADMIN_TOKEN: z.union([z.literal(""), z.string().min(32).max(128)]).default(""),
  PERIGEE_DEV_KEY: z.string().max(128).default(""),
});

export interface Settings {
  /** A generated one; null: the newest catalogue that the ledger holds. */
  constellation: Constellation | null;
  clock: ReturnType<typeof parseClock>;
  /** The hardware of every node. */
  profile: HardwareProfile;
  /** The language models that the mesh answers for. */
  engines: Engines;
  ledger: { url: string; token: string };
  admin_token: string;
  /** Of a local mesh, where its owner may choose any text for a key; empty in a deployment. */
  dev_key: string;
}

const read = new WeakMap<object, Settings>();

/**
 * Reads and checks the settings, once for each `env` object.
 * @param env the bindings of a worker or an object
 * @throws Error that names the setting and what is wrong with it, without the value of a secret
 */
export function settingsOf(env: object): Settings {
  const known = read.get(env);
  if (known) return known;
  const parsed = Environment.safeParse(env);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`Setting ${issue.path.join(".")} is not usable: ${issue.message}`);
  }
  const settings: Settings = {
    constellation: named(
      "PERIGEE_CONSTELLATION",
      () => constellationOf(parsed.data.PERIGEE_CONSTELLATION),
    ),
    clock: named("PERIGEE_CLOCK", () => clockOf(parsed.data.PERIGEE_CLOCK)),
    profile: named("PERIGEE_PROFILE", () => parseProfile(parsed.data.PERIGEE_PROFILE)),
    engines: named("PERIGEE_ENGINES", () => parseEngines(parsed.data.PERIGEE_ENGINES)),
    ledger: named("PERIGEE_LEDGER_URL", () => {
      const { PERIGEE_LEDGER_URL: url, PERIGEE_LEDGER_TOKEN: token } = parsed.data;
      ledgerAddress(url);
      return { url, token };
    }),
    admin_token: parsed.data.PERIGEE_ADMIN_TOKEN,
    dev_key: parsed.data.PERIGEE_DEV_KEY,
  };
  read.set(env, settings);
  return settings;
}

/** The setting that stands for the newest catalogue in the ledger. */
export const CATALOGUE = "catalogue";

/** By name, or as a shell file holds it. */
function constellationOf(setting: string): Constellation | null {
  if (setting === CATALOGUE) return null;
  const filed = FILED_CONSTELLATIONS.find(({ name }) => name === setting);
  if (filed) return filed;
  if (isShellFile(setting)) return parseShellFile(setting);
  const names = FILED_CONSTELLATIONS.map(({ name }) => name).join(", ");
  throw new RangeError(`must be ${names}, ${CATALOGUE}, or a shell file's JSON`);
}

/** A set clock must carry its anchor (the emulator adds it): else it would start anew in each isolate. */
const clockOf = (text: string) => parseClock(text, NaN);

/** An error that names the setting. */
function named<T>(setting: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new Error(`Setting ${setting} is not usable: ${(error as Error).message}`);
  }
}

/**
 * The settings of a deployment, read and checked once. Local and deployed differ in these only.
 * @module
 */
import { z } from "zod";
import { parseClock } from "../mesh/clock.ts";
import type { HardwareProfile } from "../mesh/node/profile.ts";
import { ShellProfiles } from "../mesh/node/shell-profiles.ts";
import type { Constellation } from "../mesh/orbit/constellation.ts";
import { FILED, FILED_CONSTELLATIONS } from "../mesh/orbit/filed.ts";
import type { RadioProfile } from "../mesh/radio/profile.ts";
import { type CorsOrigins, parseCorsOrigins } from "./cors-origins.ts";
import { type Engines, parseEngines } from "./engines.ts";
import { ledgerAddress } from "./ledger-url.ts";
import { parseProfile } from "./profile.ts";
import { parseRadio } from "./radio.ts";
import { isShellFile, parseShellFile } from "./shell-file.ts";
import { otlpHeaders, otlpUrl, traceRatio, type TraceSettings } from "./trace-settings.ts";

const Environment = z.object({
  PERIGEE_CONSTELLATION: z.string().default(FILED.name),
  PERIGEE_CLOCK: z.string().default("real"),
  PERIGEE_PROFILE: z.string().default(""),
  PERIGEE_RADIO: z.string().default(""),
  PERIGEE_CORS_ORIGINS: z.string().default(""),
  PERIGEE_HEDGE_SHARE: z.string().regex(/^(0(\.\d+)?|1)$/, "must be a number from 0 to 1").default(
    "0.1",
  ),
  PERIGEE_ENGINES: z.string().default(""),
  PERIGEE_LEDGER_URL: z.string(),
  PERIGEE_LEDGER_TOKEN: z.string().default(""),
  // Empty or absent: the admin routes answer 401 to everybody.
  PERIGEE_ADMIN_TOKEN: z.union([z.literal(""), z.string().min(32).max(128)]).default(""),
  PERIGEE_DEV_KEY: z.string().max(128).default(""),
  PERIGEE_OTLP_URL: z.string().default(""),
  PERIGEE_OTLP_HEADERS: z.string().default(""),
  PERIGEE_TRACE_RATIO: z.string().default(""),
});

export interface Settings {
  /** A generated one; null: the newest catalogue that the ledger holds. */
  constellation: Constellation | null;
  clock: ReturnType<typeof parseClock>;
  /** The hardware of every node, by its shell; of a catalogue all nodes are alike. */
  profiles: ShellProfiles;
  /** What the radio between the ground and nodes costs, and between nodes. */
  radio: RadioProfile;
  /** Whose pages may ask from a browser. */
  cors_origins: CorsOrigins;
  /** Of the realtime asks, how many may be hedged: 0 to 1. */
  hedge_share: number;
  /** The language models that the mesh answers for. */
  engines: Engines;
  ledger: { url: string; token: string };
  admin_token: string;
  /** Of a local mesh, where its owner may choose any text for a key; empty in a deployment. */
  dev_key: string;
  /** Null: no trace is recorded. */
  traces: TraceSettings | null;
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
  const profile = named("PERIGEE_PROFILE", () => parseProfile(parsed.data.PERIGEE_PROFILE));
  const settings: Settings = {
    ...named(
      "PERIGEE_CONSTELLATION",
      () => designed(parsed.data.PERIGEE_CONSTELLATION, profile),
    ),
    radio: named("PERIGEE_RADIO", () => parseRadio(parsed.data.PERIGEE_RADIO)),
    clock: named("PERIGEE_CLOCK", () => clockOf(parsed.data.PERIGEE_CLOCK)),
    cors_origins: named(
      "PERIGEE_CORS_ORIGINS",
      () => parseCorsOrigins(parsed.data.PERIGEE_CORS_ORIGINS),
    ),
    hedge_share: Number(parsed.data.PERIGEE_HEDGE_SHARE),
    engines: named("PERIGEE_ENGINES", () => parseEngines(parsed.data.PERIGEE_ENGINES)),
    ledger: named("PERIGEE_LEDGER_URL", () => {
      const { PERIGEE_LEDGER_URL: url, PERIGEE_LEDGER_TOKEN: token } = parsed.data;
      ledgerAddress(url);
      return { url, token };
    }),
    admin_token: parsed.data.PERIGEE_ADMIN_TOKEN,
    dev_key: parsed.data.PERIGEE_DEV_KEY,
    traces: tracesOf(parsed.data),
  };
  read.set(env, settings);
  return settings;
}

/** The setting that stands for the newest catalogue in the ledger. */
export const CATALOGUE = "catalogue";

/** By name, or as a shell file holds it. @param profile of all shells that name no other */
function designed(
  setting: string,
  profile: HardwareProfile,
): Pick<Settings, "constellation" | "profiles"> {
  if (isShellFile(setting)) return parseShellFile(setting, profile);
  const profiles = new ShellProfiles(profile);
  if (setting === CATALOGUE) return { constellation: null, profiles };
  const constellation = FILED_CONSTELLATIONS.find(({ name }) => name === setting);
  if (constellation) return { constellation, profiles };
  const names = FILED_CONSTELLATIONS.map(({ name }) => name).join(", ");
  throw new RangeError(`must be ${names}, ${CATALOGUE}, or a shell file's JSON`);
}

/** All three are checked, so that a wrong one is found before the day on which the address is set. */
function tracesOf(
  { PERIGEE_OTLP_URL, PERIGEE_OTLP_HEADERS, PERIGEE_TRACE_RATIO }: z.infer<typeof Environment>,
): TraceSettings | null {
  const url = named("PERIGEE_OTLP_URL", () => otlpUrl(PERIGEE_OTLP_URL));
  const headers = named("PERIGEE_OTLP_HEADERS", () => otlpHeaders(PERIGEE_OTLP_HEADERS));
  const ratio = named("PERIGEE_TRACE_RATIO", () => traceRatio(PERIGEE_TRACE_RATIO));
  return url === null ? null : { url, headers, ratio };
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

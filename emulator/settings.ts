/**
 * What `deno task dev` can be told, read from the environment and checked before anything starts.
 * @module
 */
import { ADMIN_KEY_PREFIX, BOARD_KEY_PREFIX, isMistyped } from "../contract/api-key.ts";
import { LOCALHOST, parseCorsOrigins } from "../contract/cors-origins.ts";
import { engineSecrets, parseEngines } from "../contract/engines.ts";
import { parseProfile } from "../contract/profile.ts";
import { parseRadio } from "../contract/radio.ts";
import { otlpHeaders, otlpUrl, traceRatio } from "../contract/trace-settings.ts";
import { formatClock, parseClock } from "../mesh/clock.ts";
import { FILED } from "../mesh/orbit/filed.ts";
import { type LedgerServer, ledgerServer } from "./ledger-server.ts";

export interface EmulatorSettings {
  port: number;
  /** Folder of the ledger, the objects and the keys. */
  data: string;
  /** A libSQL server; null: a file in the data folder. */
  ledger: LedgerServer | null;
  /** A filed constellation's name, a shell file or its JSON, or a catalogue file (constellation.ts). */
  constellation: string;
  /** With its anchor, so that every isolate and every restart of workerd tells the same time. */
  clock: string;
  /** The hardware of every node as JSON; empty is the default. */
  profile: string;
  /** A radio profile's name, or JSON; checked. */
  radio: string;
  /** Whose pages may ask from a browser, as PERIGEE_CORS_ORIGINS has it. */
  cors_origins: string;
  /** Of the realtime asks, how many may be hedged: 0 to 1; undefined: the deployment's default. */
  hedge_share?: string;
  /** Language models and their engines as JSON; empty: none. */
  engines: string;
  /** The keys of those engines, by the names of their secrets. */
  engine_keys: Record<string, string>;
  /** Made and kept in the data folder unless given. */
  dev_key?: string;
  admin_token?: string;
  /** What the worker is told of a collector of traces: variables of those names. */
  traces: Readonly<Record<string, string>>;
}

export const HELP =
  `Perigee on this machine: the ledger, workerd, and as many orbital nodes as you like.

Usage: npx deno task dev [--ledger <url>] [--hardware [--node <id>]] [--help]

  --ledger <url>         the same as PERIGEE_LEDGER_URL
  --hardware             attach this machine to a node: it runs models on native ONNX Runtime, which
                         is installed for it (288 MB, once)
  --node <id>            which node (the first of the catalogue)

Environment:
  PORT                   where to serve on localhost (8787)
  PERIGEE_DEV_KEY        the development key: 32 to 128 letters, digits, _ and - (made once, kept)
  PERIGEE_ADMIN_TOKEN    the admin token, of the same form (made once, kept)
  PERIGEE_CONSTELLATION  which nodes fly: starlink-filed (the default, 41,914 nodes),
                         orbital-data-centre-filed (998,400), a shell file of your own
                         (docs/constellations.md), or a file of OMM JSON, OMM CSV or TLE, which is
                         read again when it changes
  PERIGEE_CLOCK          the mesh clock: real (the default) or <instant>[@<rate>],
                         such as 2026-03-20T12:00:00Z@60
  PERIGEE_PROFILE        the hardware of every node, as JSON: what differs from the default,
                         such as {"npu_tops":50,"battery_wh":2000}; see docs/node.md. The shells of a
                         shell file may name others
  PERIGEE_RADIO          what the radio costs beside light: light (the default: nothing), starlink, or a
                         profile of your own as JSON; see docs/reference/radio.md
  PERIGEE_CORS_ORIGINS   whose pages may ask from a browser (localhost, on any port): origins such as
                         https://app.example, and the word localhost; "" for none
  PERIGEE_HEDGE_SHARE    of the realtime asks, how many may be hedged where a node is late: 0 (none)
                         to 1 (0.1); see docs/explanation/hedging.md
  PERIGEE_ENGINES        language models and the engines that answer for them, as JSON; see
                         docs/how-to/language-models.md. Their keys are variables of their own:
                         ENGINE_KEY_...
  PERIGEE_DATA           the data folder (.perigee), of one mesh at a time; delete it to begin anew
  PERIGEE_LEDGER_URL     the ledger is this libSQL server (libsql://, https:// or http://), rather
                         than a file in the data folder
  PERIGEE_LEDGER_TOKEN   what that server asks for, if anything
  PERIGEE_OTLP_URL       a collector of traces, such as http://localhost:4318/v1/traces; none unless
                         given (docs/how-to/telemetry.md)
  PERIGEE_OTLP_HEADERS   what it asks for: name=value pairs with commas between them
  PERIGEE_TRACE_RATIO    the share of traces that are recorded, from 0 to 1 (1)

Ctrl-C ends it; what was answered is kept.`;

const SECRET = /^[A-Za-z0-9_-]{32,128}$/;

/**
 * Reads what was set, with a default for what was not.
 * @param env reads a variable of the environment
 * @param now_ms since 1970, real clock: what a clock that is set is anchored to
 * @throws RangeError that names the variable and what it must be, without the value of a secret
 */
export function readSettings(
  env: (name: string) => string | undefined,
  now_ms: number,
): EmulatorSettings {
  const port = Number(env("PORT") || 8787);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new RangeError(`PORT must be a number from 0 to 65535, not "${env("PORT")}"`);
  }
  const constellation = env("PERIGEE_CONSTELLATION") || FILED.name;
  const engines = env("PERIGEE_ENGINES") ?? "";
  return {
    port,
    data: env("PERIGEE_DATA") || ".perigee",
    ledger: ledgerServer(env),
    constellation,
    clock: clockOf(env("PERIGEE_CLOCK") ?? "real", now_ms),
    profile: checkedText("PERIGEE_PROFILE", env("PERIGEE_PROFILE") ?? "", parseProfile),
    radio: checkedText("PERIGEE_RADIO", env("PERIGEE_RADIO") ?? "", parseRadio),
    cors_origins: checkedText(
      "PERIGEE_CORS_ORIGINS",
      env("PERIGEE_CORS_ORIGINS") ?? LOCALHOST,
      parseCorsOrigins,
    ),
    hedge_share: shareOf(env("PERIGEE_HEDGE_SHARE")),
    engines,
    engine_keys: engineKeys(engines, env),
    dev_key: secretOf("PERIGEE_DEV_KEY", env),
    admin_token: secretOf("PERIGEE_ADMIN_TOKEN", env),
    traces: tracesOf(env),
  };
}

function secretOf(
  name: "PERIGEE_DEV_KEY" | "PERIGEE_ADMIN_TOKEN",
  env: (name: string) => string | undefined,
): string | undefined {
  const value = env(name);
  if (value === undefined) return undefined;
  if (!SECRET.test(value)) {
    throw new RangeError(`${name} must be 32 to 128 letters, digits, _ and -`);
  }
  // The mesh refuses one with a wrong checksum, or of the other kind, before it asks whose it is.
  if (isMistyped(value)) {
    throw new RangeError(`${name} must be typed as it was made: its checksum is wrong`);
  }
  if (name === "PERIGEE_DEV_KEY" && value.startsWith(ADMIN_KEY_PREFIX)) {
    throw new RangeError(`${name} must be a tenant's key: ${ADMIN_KEY_PREFIX} is an admin's`);
  }
  if (value.startsWith(BOARD_KEY_PREFIX)) {
    throw new RangeError(`${name} must not be a board's key, as ${BOARD_KEY_PREFIX} is`);
  }
  return value;
}

/** The settings of traces that are set, checked as the worker checks them. */
function tracesOf(env: (name: string) => string | undefined): Record<string, string> {
  const checks = {
    PERIGEE_OTLP_URL: otlpUrl,
    PERIGEE_OTLP_HEADERS: otlpHeaders,
    PERIGEE_TRACE_RATIO: traceRatio,
  };
  const set: Record<string, string> = {};
  for (const [name, check] of Object.entries(checks)) {
    const text = env(name);
    if (text === undefined) continue;
    try {
      check(text);
    } catch (error) {
      throw new RangeError(`${name} is not usable: ${(error as Error).message}`);
    }
    set[name] = text;
  }
  return set;
}

/** A setting as it was written, once the worker's own check has passed it. */
function checkedText(name: string, text: string, check: (text: string) => unknown): string {
  try {
    check(text);
    return text;
  } catch (error) {
    throw new RangeError(`${name} is not usable: ${(error as Error).message}`);
  }
}

function shareOf(text: string | undefined): string | undefined {
  if (text === undefined || /^(0(\.\d+)?|1)$/.test(text)) return text;
  throw new RangeError(`PERIGEE_HEDGE_SHARE must be a number from 0 to 1, not "${text}"`);
}

/** The keys that the engines need, by the names of their secrets. */
function engineKeys(
  text: string,
  env: (name: string) => string | undefined,
): Record<string, string> {
  try {
    return Object.fromEntries(
      engineSecrets(parseEngines(text)).map((name) => {
        const key = env(name);
        if (!key) throw new RangeError(`it names the secret ${name}, which is not set`);
        return [name, key];
      }),
    );
  } catch (error) {
    throw new RangeError(`PERIGEE_ENGINES is not usable: ${(error as Error).message}`);
  }
}

function clockOf(text: string, now_ms: number): string {
  try {
    return formatClock(parseClock(text, now_ms));
  } catch (error) {
    throw new RangeError(`PERIGEE_CLOCK is not usable: ${(error as Error).message}`);
  }
}

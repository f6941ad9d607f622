/**
 * What `deno task dev` can be told, read from the environment and checked before anything starts.
 * @module
 */
import { parseProfile } from "../contract/profile.ts";
import { formatClock, parseClock } from "../mesh/clock.ts";

export interface EmulatorSettings {
  port: number;
  /** Folder of the ledger, the objects and the keys. */
  data: string;
  /** `starlink-filed`, or the path of a catalogue file. */
  constellation: string;
  /** With its anchor, so that every isolate and every restart of workerd tells the same time. */
  clock: string;
  /** The hardware of every node as JSON; empty is the default. */
  profile: string;
  /** Made and kept in the data folder unless given. */
  dev_key?: string;
  admin_token?: string;
}

export const HELP = `Perigee on this machine: the ledger, workerd, and 41,914 orbital nodes.

Usage: npx deno task dev [--help]

Environment:
  PORT                   where to serve on localhost (8787)
  PERIGEE_DEV_KEY        the development key: 32 to 128 letters, digits, _ and - (made once, kept)
  PERIGEE_ADMIN_TOKEN    the admin token, of the same form (made once, kept)
  PERIGEE_CONSTELLATION  which nodes fly: starlink-filed (the default), or a file of OMM JSON,
                         OMM CSV or TLE; it is read again when it changes
  PERIGEE_CLOCK          the mesh clock: real (the default) or <instant>[@<rate>],
                         such as 2026-03-20T12:00:00Z@60
  PERIGEE_PROFILE        the hardware of every node, as JSON: what differs from the default,
                         such as {"npu_tops":50,"battery_wh":2000}; see docs/node.md
  PERIGEE_DATA           the data folder (.perigee); delete it to begin anew

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
  for (const name of ["PERIGEE_DEV_KEY", "PERIGEE_ADMIN_TOKEN"]) {
    const value = env(name);
    if (value !== undefined && !SECRET.test(value)) {
      throw new RangeError(`${name} must be 32 to 128 letters, digits, _ and -`);
    }
  }
  const constellation = env("PERIGEE_CONSTELLATION") || "starlink-filed";
  return {
    port,
    data: env("PERIGEE_DATA") || ".perigee",
    constellation,
    clock: clockOf(env("PERIGEE_CLOCK") ?? "real", now_ms),
    profile: profileOf(env("PERIGEE_PROFILE") ?? ""),
    dev_key: env("PERIGEE_DEV_KEY"),
    admin_token: env("PERIGEE_ADMIN_TOKEN"),
  };
}

function profileOf(text: string): string {
  try {
    parseProfile(text);
    return text;
  } catch (error) {
    throw new RangeError(`PERIGEE_PROFILE is not usable: ${(error as Error).message}`);
  }
}

function clockOf(text: string, now_ms: number): string {
  try {
    return formatClock(parseClock(text, now_ms));
  } catch (error) {
    throw new RangeError(`PERIGEE_CLOCK is not usable: ${(error as Error).message}`);
  }
}

/**
 * A shell file: a constellation as somebody designed it, as JSON. docs/constellations.md tells how to
 * write one, docs/examples/constellations/ has some.
 * @module
 */
import { z } from "zod";
import { DEFAULT_PROFILE, type HardwareProfile } from "../mesh/node/profile.ts";
import { ShellProfiles } from "../mesh/node/shell-profiles.ts";
import { type Constellation, generatedConstellation } from "../mesh/orbit/constellation.ts";
import type { Shell } from "../mesh/orbit/shells.ts";
import { sha256, toHex } from "../mesh/sha256.ts";
import { faultOf, profileOver, ProfileSetting } from "./profile.ts";

/** So many nodes at most: with more, catalogue numbers, and tables of shells of one node a plane, run out. */
export const NODES_MAX = 2_000_000;
/** So many shells at most: an isolate holds 45 kB of each, 12 MB in all. */
export const SHELLS_MAX = 256;
/** So many planes at most, and slots in each: an id has five digits for either, and a look is bounded. */
const PLANES_MAX = 10_000;
// From 225 minutes a revolution on, SGP4 moves each node by Moon and Sun, and a shell is no longer one curve.
const ALTITUDE_MAX_KM = 5_800;
// Lower ones come down within days.
const ALTITUDE_MIN_KM = 150;

const ShellRow = z.strictObject({
  code: z.string().regex(/^[A-Z0-9]{1,8}$/, "must be 1 to 8 of A-Z and 0-9"),
  altitude_km: z.number().min(ALTITUDE_MIN_KM).max(ALTITUDE_MAX_KM),
  inclination_deg: z.number().min(0).max(180),
  planes: z.int().min(1).max(PLANES_MAX),
  per_plane: z.int().min(1).max(PLANES_MAX),
  phasing: z.int().min(0).max(PLANES_MAX - 1).default(0),
  raan_span_deg: z.number().min(1).max(360).default(360),
  profile: z.string().optional(),
});

const PROFILE_NAME = /^[a-z0-9-]{1,40}$/;

/** What a shell file holds. */
export const ShellFile = z.strictObject({
  name: z.string().regex(
    /^[a-z0-9]([a-z0-9.-]{0,38}[a-z0-9])?$/,
    'must be 1 to 40 of a-z, 0-9, "." and "-", with a letter or digit at both ends',
  ),
  source: z.string().max(2_000).optional(),
  profiles: z.record(z.string(), ProfileSetting).default({}),
  shells: z.array(ShellRow).min(1).max(SHELLS_MAX),
}).superRefine(({ profiles, shells }, refine) => {
  const named = Object.keys(profiles);
  const refuseProfiles = (message: string) =>
    refine.addIssue({ code: "custom", path: ["profiles"], message });
  if (named.length > SHELLS_MAX) refuseProfiles(`must be ${SHELLS_MAX} at most`);
  const wrong = named.find((name) => !PROFILE_NAME.test(name));
  if (wrong !== undefined) {
    refuseProfiles(`"${wrong.slice(0, 80)}" must be 1 to 40 of a-z, 0-9 and "-"`);
  }
  const codes = new Set<string>();
  let nodes = 0;
  shells.forEach(({ code, planes, per_plane, phasing, profile }, s) => {
    const refuse = (field: string, message: string) =>
      refine.addIssue({ code: "custom", path: ["shells", s, field], message });
    if (codes.has(code)) refuse("code", `"${code}" is the code of an earlier shell`);
    codes.add(code);
    if (phasing >= planes) refuse("phasing", `must be below the number of planes, ${planes}`);
    if (profile !== undefined && !named.includes(profile)) {
      refuse("profile", `must be one of "profiles": ${named.join(", ").slice(0, 400) || "none"}`);
    }
    nodes += planes * per_plane;
    if (nodes > NODES_MAX) {
      refuse("per_plane", `makes ${nodes} nodes so far: all shells have ${NODES_MAX} at most`);
    }
  });
});
export type ShellFile = z.infer<typeof ShellFile>;

// 64 of the digest's 256 bits: two of a thousand files share a name once in 10^13.
const DIGEST_HEX = 16;

/** A constellation, and what its nodes are made of. */
export interface Designed {
  constellation: Constellation;
  profiles: ShellProfiles;
}

/** The one that was read last: objects of an isolate read the same setting, each for itself. */
let last: { text: string; otherwise: HardwareProfile; designed: Designed } | undefined;

/**
 * Reads a shell file.
 * @param text JSON
 * @param otherwise the hardware of shells that name no profile, and what a profile leaves out
 * @returns a constellation named `<the file's name>-<digest of its shells>`, so that two of one name
 *   place every node alike; other hardware does not make it another one
 * @throws RangeError that names the first wrong field, such as `shells[2].planes`, and says how
 */
export function parseShellFile(
  text: string,
  otherwise: HardwareProfile = DEFAULT_PROFILE,
): Designed {
  if (last?.text === text && last.otherwise === otherwise) return last.designed;
  const parsed = ShellFile.safeParse(jsonOf(text));
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    throw new RangeError(path.length > 0 ? `"${pathOf(path)}": ${message}` : message);
  }
  const { name, shells } = parsed.data;
  // Each field in its place, whatever order the file has them in.
  const rows: Shell[] = shells.map((
    { code, altitude_km, inclination_deg, planes, per_plane, phasing, raan_span_deg },
  ) => ({ code, altitude_km, inclination_deg, planes, per_plane, phasing, raan_span_deg }));
  const digest = toHex(sha256(new TextEncoder().encode(JSON.stringify(rows))));
  const constellation = generatedConstellation(`${name}-${digest.slice(0, DIGEST_HEX)}`, rows);
  const designed = { constellation, profiles: profilesOf(parsed.data, otherwise) };
  last = { text, otherwise, designed };
  return designed;
}

/** @throws RangeError that names a figure which does not go with the others */
function profilesOf({ profiles, shells }: ShellFile, otherwise: HardwareProfile): ShellProfiles {
  const named = new Map(
    Object.entries(profiles).map(([name, set]) => {
      const profile = profileOver(otherwise, set);
      const fault = faultOf(profile);
      if (fault) throw new RangeError(`"profiles.${name}.${fault.field}": ${fault.message}`);
      return [name, profile];
    }),
  );
  return new ShellProfiles(
    otherwise,
    shells.map(({ profile }) => profile === undefined ? otherwise : named.get(profile)!),
  );
}

/**
 * Whether a text may be a shell file: a JSON object.
 * @param text of a setting or a file
 * @returns false for every name of a constellation, and for a catalogue of many records
 */
export const isShellFile = (text: string): boolean => /^\s*\{/.test(text);

const pathOf = (path: readonly PropertyKey[]): string =>
  path.map((key, i) => typeof key === "number" ? `[${key}]` : `${i > 0 ? "." : ""}${String(key)}`)
    .join("");

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RangeError(`must be JSON: ${(error as Error).message}`);
  }
}

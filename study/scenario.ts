/**
 * A scenario as a file: which demand meets which constellations, on what hardware, by which rules, and what
 * fails. Docs: docs/reference/scenarios.md.
 * Not its job: drawing asks (demand/), running them (engine/).
 * @module
 */
import { z } from "zod";
import { parseProfile, ProfileSetting } from "../contract/profile.ts";
import { parseRadio } from "../contract/radio.ts";
import { isShellFile, parseShellFile } from "../contract/shell-file.ts";
import { ShellProfiles } from "../mesh/node/shell-profiles.ts";
import type { Constellation } from "../mesh/orbit/constellation.ts";
import { FILED_CONSTELLATIONS } from "../mesh/orbit/filed.ts";
import { LIGHT } from "../mesh/radio/profile.ts";
import { DEFAULT_RATES } from "../mesh/placement/links.ts";
import { degrees, type EpochMs, epochMs, MS_PER_HOUR } from "../mesh/units.ts";
import { checkShapes, MODELS } from "../models/catalogue.ts";
import { elementBytes } from "../contract/tensor.ts";
import { DemandShape } from "./demand/demand-shape.ts";
import { type AskKind, type Fault, PLACEMENT_RULES, type Run } from "./run.ts";

const Class = z.enum(["realtime", "interactive", "batch"]);
const Name = z.string().min(1).max(80);
const bytes = z.number().min(0).max(1e12);

/** Where the asks of a kind come from. */
const OriginRule = z.union([
  z.literal("people"),
  z.literal("orbit"),
  z.strictObject({ lat: z.number().min(-90).max(90), lon: z.number().min(-180).max(180) }),
]);

const KindRow = z.strictObject({
  name: Name,
  share: z.number().positive().max(1e9).default(1),
  model: z.string().optional(),
  shape: z.array(z.int().min(1)).max(8).optional(),
  operations: z.number().min(0).max(1e18).optional(),
  memory_mb: z.number().min(0).max(1e9).default(0),
  bytes_up: bytes.optional(),
  bytes_down: bytes.optional(),
  class: Class.default("interactive"),
  deadline_ms: z.number().positive().max(3_600_000).nullable().default(null),
  from: OriginRule.default("people"),
});

const FaultRow = z.strictObject({
  at_hours: z.number().min(0).max(168),
  until_hours: z.number().min(0).max(168).nullable().default(null),
  planes: z.array(z.string()).max(10_000).optional(),
  nodes: z.array(z.string()).max(100_000).optional(),
});

const RunRow = z.strictObject({
  name: Name,
  constellation: z.union([z.string(), z.looseObject({})]).default("starlink-filed"),
  profile: ProfileSetting.default({}),
  radio: z.union([z.string(), z.looseObject({})]).default("light"),
  placement: z.enum(PLACEMENT_RULES).default("nearest_available"),
  elevation_mask_deg: z.number().min(0).max(89).default(25),
  faults: z.array(FaultRow).max(1_000).default([]),
});

const ScenarioFile = z.strictObject({
  title: z.string().min(1).max(200),
  question: z.string().max(2_000).default(""),
  conclusion: z.string().max(5_000).default(""),
  seed: z.int().min(0).max(2 ** 32 - 1).default(1),
  from: z.iso.datetime().default("2026-03-20T00:00:00Z"),
  hours: z.number().positive().max(168).default(24),
  asks: z.int().min(1).max(100_000_000),
  stands_for: z.number().min(1).max(1e12).default(1),
  people_min: z.int().min(0).max(50_000_000).default(100_000),
  around_km: z.number().min(0).max(500).default(20),
  by_local_hour: z.array(z.number().min(0).max(1e6)).length(24).optional(),
  kinds: z.array(KindRow).min(1).max(100),
  runs: z.array(RunRow).min(1).max(50),
});

/** A scenario file, checked, its defaults filled in. */
export type ScenarioFile = z.infer<typeof ScenarioFile>;

/** One run of a scenario, by its name. */
export interface NamedRun {
  name: string;
  run: Run;
  /** Sentences that say what it is, for who reads the report. */
  facts: readonly string[];
}

/** A scenario, ready to be run. */
export interface Scenario {
  file: ScenarioFile;
  from: EpochMs;
  until: EpochMs;
  demand: DemandShape;
  runs: readonly NamedRun[];
}

// People ask by day: the shape of an exchange point's traffic, least at four in the morning and most in the
// evening, three to one. A round assumption, and a parameter.
const DAY = [
  9,
  7,
  6,
  5,
  5,
  6,
  8,
  10,
  11,
  12,
  13,
  13,
  13,
  13,
  13,
  13,
  14,
  14,
  15,
  15,
  15,
  15,
  13,
  11,
];

/**
 * Reads a scenario.
 * @param text JSON
 * @param readFile for constellations that are shell files beside it
 * @throws RangeError that names the first wrong field, such as `runs[0].profile.battery_wh`, and says how
 */
export function parseScenario(text: string, readFile: (path: string) => string): Scenario {
  const parsed = ScenarioFile.safeParse(jsonOf(text));
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    throw new RangeError(path.length > 0 ? `"${pathOf(path)}": ${message}` : message);
  }
  const file = parsed.data;
  const kinds = file.kinds.map(kindOf);
  const from = epochMs(Date.parse(file.from));
  const until = epochMs(from + file.hours * MS_PER_HOUR);
  const names = new Set(file.runs.map(({ name }) => name));
  if (names.size < file.runs.length) throw new RangeError('"runs": two of them have one name');
  const demand = new DemandShape({
    seed: file.seed,
    from,
    until,
    asks: file.asks,
    people_min: file.people_min,
    around_km: file.around_km,
    by_local_hour: file.by_local_hour ?? DAY,
    kinds: file.kinds.map(({ share, from }) => ({ share, from })),
  });
  const runs = file.runs.map((row, r): NamedRun => {
    const at = `runs[${r}]`;
    const { constellation, profiles, name } = skyOf(row, at, readFile);
    const radio = within(
      `${at}.radio`,
      () => parseRadio(typeof row.radio === "string" ? row.radio : JSON.stringify(row.radio)),
    );
    const faults = row.faults.map((fault, f) =>
      faultOf(fault, { constellation, from, at: `${at}.faults[${f}]` })
    );
    return {
      name: row.name,
      facts: factsOf(row, name, constellation),
      run: {
        constellation,
        profiles,
        rates: DEFAULT_RATES,
        ...(radio.name !== LIGHT.name && { radio }),
        kinds,
        placement: row.placement,
        faults,
        from,
        until,
        elevation_mask: degrees(row.elevation_mask_deg),
      },
    };
  });
  return { file, from, until, demand, runs };
}

/** What a kind of asks wants: of a model of the mesh by its shape, or by numbers alone. */
function kindOf(
  { name, model, shape, operations, memory_mb, bytes_up, bytes_down, ...row }:
    ScenarioFile["kinds"][number],
  k: number,
): AskKind {
  const at = `"kinds[${k}]`;
  const common = { name, class: row.class, deadline_ms: row.deadline_ms };
  if (model === undefined) {
    if (operations === undefined) throw new RangeError(`${at}": must have a model or operations`);
    const memory_bytes = memory_mb * 1e6;
    return {
      ...common,
      model: name,
      operations,
      memory_bytes,
      load_bytes: memory_bytes,
      bytes_up: bytes_up ?? 0,
      bytes_down: bytes_down ?? 0,
    };
  }
  const spec = MODELS.get(model);
  if (!spec) {
    throw new RangeError(`${at}.model": must be one of ${[...MODELS.keys()].join(", ")}`);
  }
  const wrong = checkShapes(spec, [shape ?? []]);
  if (wrong) throw new RangeError(`${at}.shape": ${wrong}`);
  const sizes = (shapes: readonly number[][], tensors: typeof spec.inputs) =>
    shapes.reduce(
      (sum, dims, i) =>
        sum + dims.reduce((a, b) => a * b, 1) * (elementBytes(tensors[i].datatype) ?? 1),
      0,
    );
  return {
    ...common,
    model,
    operations: operations ?? spec.operations([shape!]),
    memory_bytes: spec.memory_bytes,
    load_bytes: spec.file_bytes,
    bytes_up: bytes_up ?? sizes([shape!], spec.inputs),
    bytes_down: bytes_down ?? sizes(spec.outputShapes([shape!]), spec.outputs),
    joins: spec.batch !== null,
  };
}

function skyOf(
  { constellation: named, profile: set }: ScenarioFile["runs"][number],
  at: string,
  readFile: (path: string) => string,
): { constellation: Constellation; profiles: ShellProfiles; name: string } {
  const profile = within(`${at}.profile`, () => parseProfile(JSON.stringify(set)));
  const filed = FILED_CONSTELLATIONS.find(({ name }) => name === named);
  if (filed) {
    return { constellation: filed, profiles: new ShellProfiles(profile), name: filed.name };
  }
  const text = typeof named === "string"
    ? within(`${at}.constellation`, () => readFile(named))
    : JSON
      .stringify(named);
  if (!isShellFile(text)) {
    const names = FILED_CONSTELLATIONS.map(({ name }) => name).join(", ");
    throw new RangeError(`"${at}.constellation": must be ${names}, or a shell file or its path`);
  }
  const designed = within(`${at}.constellation`, () => parseShellFile(text, profile));
  return { ...designed, name: designed.constellation.name };
}

function faultOf(
  { at_hours, until_hours, planes = [], nodes = [] }: z.infer<typeof FaultRow>,
  { constellation, from, at }: { constellation: Constellation; from: EpochMs; at: string },
): Fault {
  if (until_hours !== null && until_hours <= at_hours) {
    throw new RangeError(`"${at}.until_hours": must be after at_hours`);
  }
  const indices = nodes.map((id, n) => {
    const index = constellation.indexOf(id);
    if (index < 0) throw new RangeError(`"${at}.nodes[${n}]": there is no node ${id}`);
    return index;
  });
  for (const [p, plane] of planes.entries()) {
    const first = constellation.indexOf(`${plane}-000`);
    const shell = first < 0 ? undefined : constellation.shells?.[constellation.group(first)];
    if (!shell) throw new RangeError(`"${at}.planes[${p}]": there is no plane ${plane}`);
    for (let slot = 0; slot < shell.per_plane; slot++) indices.push(first + slot);
  }
  if (indices.length === 0) throw new RangeError(`"${at}": must name planes or nodes`);
  return {
    at: epochMs(from + at_hours * MS_PER_HOUR),
    until: until_hours === null ? null : epochMs(from + until_hours * MS_PER_HOUR),
    nodes: [...new Set(indices)].sort((a, b) => a - b),
  };
}

const RULES: Readonly<Record<Run["placement"], string>> = {
  nearest: "each ask goes to the nearest node that its place sees, whatever becomes of it there",
  nearest_available: "each ask goes to the node that answers first of those that serve it",
  sunlit_first: "each ask goes to the quickest node in sunlight, else to the quickest in shadow",
  least_battery_wear:
    "each ask goes to a node whose run takes nothing from its battery, else the fullest",
  ground_only: "no node thinks: asks go down to the nearest gateway and its cloud region",
};

function factsOf(
  { profile, radio, placement, elevation_mask_deg, faults }: ScenarioFile["runs"][number],
  name: string,
  { count, shells }: Constellation,
): string[] {
  const changed = Object.entries(profile).map(([field, value]) => `${field} ${value}`);
  return [
    `${name}: ${count.toLocaleString("en")} nodes${shells ? ` in ${shells.length} shells` : ""}, ` +
    `seen from ${elevation_mask_deg}° above the horizon up`,
    RULES[placement],
    changed.length > 0
      ? `hardware of docs/node.md, but ${changed.join(", ")}`
      : "hardware of docs/node.md",
    `radio: ${typeof radio === "string" ? `the profile ${radio}` : JSON.stringify(radio)}`,
    ...(faults.length > 0 ? [`${faults.length} faults`] : []),
  ];
}

function within<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new RangeError(`"${path}": ${(error as Error).message}`);
  }
}

const pathOf = (path: readonly PropertyKey[]): string =>
  path.map((part, i) =>
    typeof part === "number" ? `[${part}]` : `${i > 0 ? "." : ""}${String(part)}`
  )
    .join("");

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RangeError(`It is not JSON: ${(error as Error).message}`);
  }
}

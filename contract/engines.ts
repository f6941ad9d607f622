/**
 * `PERIGEE_ENGINES`: which language models the mesh answers for, by which engine, and what a token of
 * each is to a node and to a bill. JSON; docs/how-to/language-models.md explains every field.
 * @module
 */
import { z } from "zod";
import { ModelName } from "./model-registry.ts";

/** What a model can be asked: `chat` stands for chat completions and for responses. */
const EngineApiName = z.enum(["chat", "completions", "embeddings"]);
/** One thing that a model can be asked. */
export type EngineApi = z.infer<typeof EngineApiName>;

const COUNT_MAX = 1e9;

const Shared = {
  /** As the engine names the model. */
  model: z.string().min(1).max(256),
  apis: z.array(EngineApiName).min(1).default(["chat"]),
  /** What a node is booked for, for each token of prompt and answer. */
  operations_per_token: z.number().positive().max(1e13),
  /** What the model takes of a node's (modelled) memory. */
  memory_bytes: z.int().min(0).max(1e12),
  /** What comes over the link to a node that does not hold the model; 0: every node was launched with it. */
  file_bytes: z.int().min(0).max(1e12).default(0),
  /** The most that one ask may have answered, and what it has if it names nothing. */
  max_tokens: z.int().min(1).max(1e6).default(1_024),
  /** Micro-credits for each million tokens; the default is one micro-credit a token. */
  per_mega_prompt_token: z.int().min(0).max(COUNT_MAX).default(1e6),
  per_mega_completion_token: z.int().min(0).max(COUNT_MAX).default(1e6),
  /** How long the engine may be silent: before its first byte, and between two. */
  silence_ms_max: z.int().min(100).max(300_000).default(30_000),
};

const OpenAiModel = z.strictObject({
  kind: z.literal("openai"),
  /** Up to what stands before `/chat/completions`. */
  base_url: z.url({ protocol: /^https?$/ }).max(512),
  // A setting must not be able to send another secret of the deployment to an engine.
  key_secret: z.string().regex(
    /^ENGINE_KEY_[A-Z0-9_]{1,64}$/,
    "must be ENGINE_KEY_ and then capitals, digits or _",
  ).optional(),
  /** The field by which the engine takes a limit of tokens; OpenAI's newer models take the second. */
  limit_field: z.enum(["max_tokens", "max_completion_tokens"]).default("max_tokens"),
  /** Whether the engine, as vLLM, can tell the usage so far with each chunk. */
  running_usage: z.boolean().default(false),
  ...Shared,
});

const WorkersAiModel = z.strictObject({ kind: z.literal("workers-ai"), ...Shared });

const EnginesSetting = z.strictObject({
  /** Hosts, with their ports where they are not the scheme's, to which asks may be sent. */
  hosts: z.array(z.string().min(1).max(253)).default([]),
  models: z.record(ModelName, z.discriminatedUnion("kind", [OpenAiModel, WorkersAiModel])),
});

/** A model behind an OpenAI-compatible API. */
export type OpenAiEngine = z.infer<typeof OpenAiModel> & { name: string };
/** A model behind the Workers AI binding. */
export type WorkersAiEngine = z.infer<typeof WorkersAiModel> & { name: string };
/** A language model, and the engine that answers for it; `name` is what callers call it. */
export type EngineModel = OpenAiEngine | WorkersAiEngine;

/** Configured language models by their names. */
export type Engines = ReadonlyMap<string, EngineModel>;

/**
 * Reads the setting.
 * @param text JSON; empty: no language models
 * @throws RangeError that says which field is wrong, and how
 */
export function parseEngines(text: string): Engines {
  if (text.trim() === "") return new Map();
  const parsed = EnginesSetting.safeParse(jsonOf(text));
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    throw new RangeError(`${path.length > 0 ? `"${path.join(".")}": ` : ""}${message}`);
  }
  const { hosts, models } = parsed.data;
  const engines = new Map<string, EngineModel>();
  for (const [name, model] of Object.entries(models)) {
    if (model.kind === "openai") checkUrl(name, model.base_url, hosts);
    engines.set(name, { ...model, name });
  }
  return engines;
}

/**
 * The secrets that the setting names: for who starts a mesh and has to hand them over.
 * @returns names, each once
 */
export const engineSecrets = (engines: Engines): string[] => [
  ...new Set(
    [...engines.values()].flatMap((engine) =>
      engine.kind === "openai" && engine.key_secret ? [engine.key_secret] : []
    ),
  ),
];

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])$/;

function checkUrl(name: string, base_url: string, hosts: readonly string[]): void {
  const { protocol, host, hostname, username, search, hash } = new URL(base_url);
  const field = `"models.${name}.base_url"`;
  if (!hosts.includes(host)) {
    throw new RangeError(`${field}: the host ${host} is not among "hosts" (${hosts.join(", ")})`);
  }
  // A key and a prompt go there: in the clear they may go to this machine only.
  if (protocol === "http:" && !LOOPBACK.test(hostname)) {
    throw new RangeError(`${field}: must be https, as ${hostname} is not this machine`);
  }
  if (username !== "" || search !== "" || hash !== "") {
    throw new RangeError(`${field}: must have no user, query or fragment`);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RangeError('must be a JSON object, such as {"hosts":[...],"models":{...}}');
  }
}

/**
 * The engine of a language model, as the settings have it, with its key and what it reaches.
 * @module
 */
import { settingsOf } from "../../../contract/settings.ts";
import type { TraceHeaders } from "../../../contract/trace.ts";
import { OpenAiUpstream } from "../../../inference/upstream/openai-upstream.ts";
import { type Upstream, UpstreamFailure } from "../../../inference/upstream/upstream.ts";
import { type AiBinding, WorkersAiUpstream } from "../../../inference/upstream/workers-ai.ts";

/**
 * Finds the engine of a model.
 * @param env the object's bindings: settings, the engines' keys and, if the deployment has it, `AI`
 * @param name of the model, as callers call it
 * @param trace the ask's, which goes on at the engine; the binding `AI` takes none
 * @returns one that fails, and says why, where the settings do not have the model (any more) or its key
 */
export function upstreamOf(env: object, name: string, trace?: TraceHeaders): Upstream {
  const engine = settingsOf(env).engines.get(name);
  if (!engine) return failing(`The node knows no engine of the model "${name}"`);
  const bound = env as { AI?: AiBinding } & Record<string, unknown>;
  if (engine.kind === "workers-ai") return new WorkersAiUpstream(engine, bound.AI);
  const key = engine.key_secret === undefined ? undefined : bound[engine.key_secret];
  if (engine.key_secret !== undefined && typeof key !== "string") {
    return failing(`The engine's key is not set: it is the secret ${engine.key_secret}`);
  }
  return new OpenAiUpstream(engine, {
    fetch: (url, init) => fetch(url, init),
    key: key as string | undefined,
    trace,
    wait: (ms) => scheduler.wait(ms),
  });
}

const failing = (why: string): Upstream => ({
  stops: false,
  ask: () => Promise.reject(new UpstreamFailure("engine_unavailable", why, Infinity)),
});

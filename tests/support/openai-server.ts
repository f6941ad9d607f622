/**
 * A small engine that speaks OpenAI's API over real HTTP, deterministic: the answer follows from the
 * prompt. A word is a token. What it is told to get wrong, it gets wrong as engines do.
 * @module
 */

/** What the server has seen and done. */
export interface EngineServer extends AsyncDisposable {
  /** Up to what stands before `/chat/completions`. */
  base_url: string;
  /** Its host and port. */
  host: string;
  /** Bodies as they came, in order. */
  // deno-lint-ignore no-explicit-any -- whatever came
  asked: any[];
  /** The keys that were shown. */
  keys: (string | null)[];
  /** The traces that came with them. */
  traces: (string | null)[];
  /** The sessions that they were of. */
  sessions: (string | null)[];
  /** Streams that were cancelled before their end. */
  cancelled: number;
  /** Tokens that were written into streams and bodies. */
  written: number;
  /** The next requests get these statuses, each once. */
  fail: { status: number; headers?: Record<string, string> }[];
}

export interface EngineOptions {
  /** Waits before each token of a stream, ms. */
  pace_ms?: number;
}

/** The words of a text: its tokens, as this engine counts them. */
export const wordsOf = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "");

/** The answer to a prompt: its words, over and over, until the limit. */
export function answerTo(prompt: string, max_tokens: number): string[] {
  const words = wordsOf(prompt);
  const told = /^say (\d+)\b/.exec(prompt);
  const length = Math.min(max_tokens, told ? Number(told[1]) : words.length);
  return Array.from({ length }, (_, i) => `${words[i % words.length]} `);
}

/** The vector of a text. */
export const vectorOf = (text: string): number[] =>
  Array.from({ length: 8 }, (_, i) => Math.fround((text.charCodeAt(i % text.length) - 96) / 32));

/** Starts the server on a port of its own, on loopback. */
export function startEngineServer({ pace_ms = 0 }: EngineOptions = {}): EngineServer {
  const state = {
    asked: [] as EngineServer["asked"],
    keys: [] as (string | null)[],
    traces: [] as (string | null)[],
    sessions: [] as (string | null)[],
    fail: [] as EngineServer["fail"],
    cancelled: 0,
    written: 0,
  };
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const body = await request.json();
      state.keys.push(request.headers.get("Authorization"));
      state.traces.push(request.headers.get("traceparent"));
      state.sessions.push(request.headers.get("x-session-affinity"));
      state.asked.push(body);
      const failure = state.fail.shift();
      if (failure) {
        const { status, headers } = failure;
        return Response.json({ error: { message: `told to say ${status}` } }, { status, headers });
      }
      const { pathname } = new URL(request.url);
      if (pathname === "/v1/embeddings") return embeddings(body);
      if (pathname === "/v1/completions") {
        const { prompt, ...rest } = body;
        return completion({ ...rest, messages: [{ content: prompt }] }, false, pace_ms, state);
      }
      if (pathname !== "/v1/chat/completions") return Response.json({}, { status: 404 });
      return completion(body, true, pace_ms, state);
    },
  );
  const { port } = server.addr;
  return Object.assign(state, {
    base_url: `http://127.0.0.1:${port}/v1`,
    host: `127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  });
}

/**
 * The setting PERIGEE_ENGINES for models that a server answers for.
 * @param models what each has besides, or otherwise
 */
export function enginesSetting(
  { base_url, host }: Pick<EngineServer, "base_url" | "host">,
  models: Record<string, object>,
): string {
  const shared = {
    kind: "openai",
    base_url,
    model: "upstream-name",
    operations_per_token: 1e9,
    memory_bytes: 1e9,
  };
  const settings = Object.entries(models).map(([name, own]) => [name, { ...shared, ...own }]);
  return JSON.stringify({ hosts: [host], models: Object.fromEntries(settings) });
}

interface ChatBody {
  model: string;
  messages: { content: string | { text: string }[] | null; role?: string }[];
  tools?: { function: { name: string } }[];
  max_tokens: number;
  stream?: boolean;
  stream_options?: { include_usage?: boolean; continuous_usage_stats?: boolean };
}

function completion(
  { model, messages, tools, max_tokens, stream, stream_options }: ChatBody,
  isChat: boolean,
  pace_ms: number,
  state: { cancelled: number; written: number },
): Response {
  const texts = messages.map(({ content }) =>
    typeof content === "string" ? content : (content ?? []).map(({ text }) => text).join("")
  );
  const prompt = texts.at(-1)!;
  const tokens = answerTo(prompt, max_tokens);
  const prompt_tokens = wordsOf(texts.join(" ")).length;
  const usage = (completion_tokens: number) => ({
    prompt_tokens,
    completion_tokens,
    total_tokens: prompt_tokens + completion_tokens,
  });
  // Calls all that it may, once it is told to.
  const calls = prompt.startsWith("call ") ? tools ?? [] : [];
  const args = JSON.stringify({ about: prompt.slice(5) });
  const finish_reason = calls.length > 0
    ? "tool_calls"
    : prompt.startsWith("filter ")
    ? "content_filter"
    : tokens.length === max_tokens
    ? "length"
    : "stop";
  const head = { id: "up-1", created: 1, model };
  if (!stream) {
    state.written += tokens.length;
    return Response.json({
      ...head,
      object: isChat ? "chat.completion" : "text_completion",
      choices: [{
        index: 0,
        ...(isChat
          ? { message: { role: "assistant", content: tokens.join("") } }
          : { text: tokens.join("") }),
        finish_reason,
      }],
      usage: usage(tokens.length),
    });
  }
  const running = stream_options?.continuous_usage_stats;
  const chunk = (
    delta: { content?: string; tool_calls?: object[] },
    reason: string | null,
    sent: number,
  ) => ({
    ...head,
    object: isChat ? "chat.completion.chunk" : "text_completion",
    choices: [{
      index: 0,
      ...(isChat ? { delta } : { text: delta.content ?? "" }),
      finish_reason: reason,
    }],
    ...(running && { usage: usage(sent) }),
  });
  const breaks = /\bbreak-at-(\d+)\b/.exec(prompt);
  const encoder = new TextEncoder();
  const event = (data: unknown) => encoder.encode(`data: ${JSON.stringify(data)}\n\n`);
  let sent = 0;
  const body = new ReadableStream({
    async pull(controller) {
      if (pace_ms > 0) await new Promise((resolve) => setTimeout(resolve, pace_ms));
      if (breaks && sent === Number(breaks[1])) return controller.error(new Error("broken off"));
      if (sent === 0) {
        controller.enqueue(encoder.encode(": warming up\n\n"));
        const first = { ...(isChat && { role: "assistant" }), content: "" };
        controller.enqueue(event(chunk(first, null, 0)));
      }
      for (const [index, call] of sent === 0 ? calls.entries() : []) {
        const { name } = call.function;
        const said = (one: object) => event(chunk({ tool_calls: [{ index, ...one }] }, null, sent));
        const begun = { id: `call-${index}`, type: "function", function: { name, arguments: "" } };
        controller.enqueue(said(begun));
        for (const half of [args.slice(0, 5), args.slice(5)]) {
          controller.enqueue(said({ function: { arguments: half } }));
        }
      }
      if (sent < tokens.length && calls.length === 0) {
        state.written++;
        const token = tokens[sent++];
        return controller.enqueue(event(chunk({ content: token }, null, sent)));
      }
      controller.enqueue(event(chunk({}, finish_reason, sent)));
      if (stream_options?.include_usage) {
        controller.enqueue(event({ ...head, choices: [], usage: usage(sent) }));
      }
      controller.enqueue(encoder.encode("data: [DONE]\n\n"));
      controller.close();
    },
    cancel() {
      state.cancelled++;
    },
  }, { highWaterMark: 0 });
  return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
}

function embeddings({ model, input }: { model: string; input: string | string[] }): Response {
  const texts = [input].flat();
  const tokens = texts.reduce((sum, text) => sum + wordsOf(text).length, 0);
  return Response.json({
    object: "list",
    model,
    data: texts.map((text, index) => ({ object: "embedding", index, embedding: vectorOf(text) })),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  });
}

/**
 * Answers a request of completions, of messages or of text: with a body, or with events.
 * @module
 */
import { objectOf } from "../../inference/upstream/upstream.ts";
import { answerHeaders } from "../infer/answer.ts";
import { ranObject, usageObject } from "./answer-object.ts";
import { CompletionForm } from "./chat-form.ts";
import { eventBody, eventHeaders } from "./event-stream.ts";
import type { Services } from "../services.ts";
import type { TokensAnswer } from "./think-upstream.ts";

/** What a response is made of. */
interface ResponseParts {
  body: string | ReadableStream<Uint8Array>;
  headers: Record<string, string>;
}

/**
 * Makes the body and the headers of the response.
 * @param as what the caller named and asked for
 */
export function completionAnswer(
  services: Services,
  answer: TokensAnswer,
  as: { model: string; object: "chat.completion" | "text_completion"; include_usage: boolean },
): ResponseParts {
  const isChat = as.object === "chat.completion";
  if (answer.is === "stream") {
    const { stream } = answer;
    const form = new CompletionForm({
      model: as.model,
      object: isChat ? "chat.completion.chunk" : "text_completion",
      include_usage: as.include_usage,
      now_ms: Date.now(),
      planned: stream.planned,
    });
    return { body: eventBody(services, stream, form), headers: eventHeaders(stream) };
  }
  const { body, execution } = answer;
  const whole = {
    ...body,
    id: `${isChat ? "chatcmpl" : "cmpl"}-${execution.receipt.id}`,
    object: as.object,
    created: Math.floor(Date.now() / 1e3),
    model: as.model,
    usage: usageObject(execution, objectOf(body.usage)),
    perigee: ranObject(execution),
  };
  return {
    body: JSON.stringify(whole),
    headers: { "Content-Type": "application/json", ...answerHeaders({ execution }) },
  };
}

/**
 * What a language model answered, and what its tokens cost.
 * @module
 */
import type { EngineModelJson } from "../../contract/model-registry.ts";
import type { ChatCompletion } from "../../contract/openai/chat.ts";

/** The result. */
export function ChatResult(
  { answer: { choices } }: { answer: ChatCompletion },
) {
  return (
    <>
      {choices.map(({ index, message: { content } }) => <p key={index} class="said">{content}</p>)}
    </>
  );
}

/** What a million of them cost. */
export const TokenPrice = ({ perigee }: Pick<EngineModelJson, "perigee">) => (
  <p class="faint">
    A million tokens cost {credits(perigee.per_mega_prompt_token)} credits read, and{" "}
    {credits(perigee.per_mega_completion_token)} written.
  </p>
);

const credits = (micro: number): string => String(micro / 1e6);

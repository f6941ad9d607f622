/**
 * What a tool is: a request to the mesh that a language model fills in.
 * @module
 */
import type { z } from "zod";
import type { MeshRequest } from "./mesh-client.ts";

interface Definition<Input extends z.ZodObject> {
  name: string;
  title: string;
  /** For a language model, which decides by it whether to call the tool. */
  description: string;
  input: Input;
  /** What the mesh answers with. */
  output: z.ZodType;
  /** Whether it runs something and is charged. */
  runs?: boolean;
  request(input: z.output<Input>): MeshRequest;
}

export interface Tool extends Omit<Definition<z.ZodObject>, "request"> {
  /** @returns the request, or what is wrong with the arguments, one line each */
  read(args: unknown): { ok: true; request: MeshRequest } | { ok: false; faults: string[] };
}

export function tool<Input extends z.ZodObject>(
  { request, ...definition }: Definition<Input>,
): Tool {
  return {
    ...definition,
    read(args) {
      const { success, data, error } = definition.input.safeParse(args);
      if (success) return { ok: true, request: request(data) };
      const faults = error.issues.map(({ path, message }) =>
        `#/${path.map(String).join("/")}: ${message}`
      );
      return { ok: false, faults };
    },
  };
}

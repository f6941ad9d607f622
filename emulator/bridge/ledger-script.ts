/**
 * What ledger-thread.ts's thread runs: it owns the file, and runs one pipeline after the other.
 * @module
 */

import { decodePipeline } from "./decode.ts";
import { ProtocolError } from "./hrana.ts";
import { LedgerFile } from "./ledger-file.ts";
import type { Command, Reply } from "./ledger-thread.ts";
import { runPipeline } from "./pipeline.ts";

type Outcome = Reply extends infer R ? R extends unknown ? Omit<R, "number"> : never : never;

const NOTHING = new Uint8Array();

// Within a worker `self` is its own scope, which the types of a window do not know.
const scope = self as unknown as {
  onmessage: (event: MessageEvent<Command>) => void;
  postMessage(reply: Reply, handOver: Transferable[]): void;
};

let file: LedgerFile | undefined;

scope.onmessage = ({ data }) => {
  const outcome = outcomeOf(data);
  const handOver = "answer" in outcome ? [outcome.answer.buffer] : [];
  scope.postMessage({ ...outcome, number: data.number } as Reply, handOver);
};

function outcomeOf(command: Command): Outcome {
  try {
    return { answer: answerTo(command) };
  } catch (error) {
    if (error instanceof ProtocolError) {
      return { wrong: { message: error.message, code: error.code } };
    }
    return { failed: (error as Error).stack ?? String(error) };
  }
}

function answerTo(command: Command): Uint8Array<ArrayBuffer> {
  if ("open" in command) {
    file = new LedgerFile(command.open);
  } else if (file === undefined) {
    throw new Error("The ledger is not open");
  } else if ("close" in command) {
    file.close();
  } else {
    const answer = runPipeline(file, decodePipeline(parseJson(command.pipeline)));
    return new TextEncoder().encode(JSON.stringify(answer));
  }
  return NOTHING.slice();
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new ProtocolError("The body is not JSON in UTF-8");
  }
}

/**
 * What ledger-thread.ts's thread runs: it owns the file, and runs one pipeline after the other.
 * @module
 */

import { decodePipeline } from "./decode.ts";
import { ProtocolError } from "./hrana.ts";
import { LedgerFile } from "./ledger-file.ts";
import type { Bytes, Command, Reply } from "./ledger-thread.ts";
import { runPipeline } from "./pipeline.ts";

// Within a worker `self` is its own scope, which the types of a window do not know.
const scope = self as unknown as {
  onmessage: (event: MessageEvent<Command>) => void;
  postMessage(reply: Reply, handOver: Transferable[]): void;
};

let file: LedgerFile | undefined;

scope.onmessage = ({ data }) => {
  const reply = replyTo(data);
  scope.postMessage(reply, "answer" in reply ? [reply.answer.buffer] : []);
};

function replyTo(command: Command): Reply {
  try {
    return { answer: answerTo(command) };
  } catch (error) {
    const { message, stack } = error as Error;
    return error instanceof ProtocolError
      ? { wrong: { message, code: error.code } }
      : { failed: { message, stack } };
  }
}

function answerTo(command: Command): Bytes {
  if ("open" in command) {
    file = new LedgerFile(command.open);
    return new Uint8Array();
  }
  // The driver aborts the process where a closed file is used.
  if (file === undefined) throw new Error("The ledger is not open");
  if ("close" in command) {
    const closing = file;
    file = undefined;
    closing.close();
    return new Uint8Array();
  }
  const answer = runPipeline(file, decodePipeline(parseJson(command.pipeline)));
  return new TextEncoder().encode(JSON.stringify(answer));
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new ProtocolError("The body is not JSON in UTF-8");
  }
}

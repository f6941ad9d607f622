/**
 * Recurrent layers: RNN, GRU, LSTM.
 * @module
 */

import type { Infer } from "./call.ts";
import { shaped } from "./tensor.ts";

const GATES: Readonly<Record<string, number>> = { RNN: 1, GRU: 3, LSTM: 4 };

const recurrent: Infer = (call) => {
  const [x, w, r] = [call.input(0).dims, call.input(1).dims, call.input(2).dims];
  const gates = GATES[call.node.type];
  const hidden = call.int("hidden_size", r.at(-1));
  const directions = call.text("direction", "forward") === "bidirectional" ? 2 : 1;
  const isBatchFirst = call.int("layout", 0) === 1;
  if (x.length !== 3) call.fail(`[${x}] must have 3 dimensions`);
  const wants = [[directions, gates * hidden, x[2]], [directions, gates * hidden, hidden]];
  for (const [i, want] of wants.entries()) {
    const got = [w, r][i];
    if (`${got}` !== `${want}`) call.fail(`its weights are [${got}] and must be [${want}]`);
  }
  const [length, batch] = isBatchFirst ? [x[1], x[0]] : [x[0], x[1]];
  const all = isBatchFirst
    ? [batch, length, directions, hidden]
    : [length, directions, batch, hidden];
  const last = isBatchFirst ? [batch, directions, hidden] : [directions, batch, hidden];
  return [shaped(all), shaped(last), shaped(last)].slice(0, call.node.type === "LSTM" ? 3 : 2);
};

export const RECURRENT = { GRU: recurrent, LSTM: recurrent, RNN: recurrent } satisfies Record<
  string,
  Infer
>;

/**
 * The digest of a sequence of outcomes: each block of them is hashed together with the digest of all before
 * it, so that a checkpoint holds 32 bytes and a part of a block.
 * @module
 */
import { REFUSALS } from "../../mesh/node/admit.ts";
import { sha256, toHex } from "../../mesh/sha256.ts";
import type { Outcome, StudyRefusal } from "../outcome.ts";

const RECORD = 104;
const RECORDS = 512;
const HEAD = 32;

const CODES = new Map<StudyRefusal | null, number>(
  ([null, ...REFUSALS, "excluded", "no_node"] as const).map((refusal, code) => [refusal, code]),
);

/** A digest under way, as a checkpoint has it. */
export interface SavedDigest {
  /** 64 hexadecimal digits: of the blocks that are full. */
  chain: string;
  /** Of the block that is not, in hexadecimal digits. */
  rest: string;
}

/** Takes outcomes in, one after the other. */
export class OutcomeDigest {
  /** The chain's digest, then records. */
  readonly #block = new Uint8Array(HEAD + RECORDS * RECORD);
  readonly #view = new DataView(this.#block.buffer);
  #end = HEAD;

  /** @param saved of a checkpoint; missing: nothing has been taken in */
  constructor(saved?: SavedDigest) {
    if (!saved) return;
    this.#block.set(Uint8Array.fromHex(saved.chain));
    const rest = Uint8Array.fromHex(saved.rest);
    this.#block.set(rest, HEAD);
    this.#end = HEAD + rest.length;
  }

  /** Takes an outcome in: every figure of it, to the last bit. */
  take(outcome: Outcome): void {
    if (this.#end === this.#block.length) this.#close();
    const view = this.#view;
    const { asked: { at, kind }, timing } = outcome;
    let o = this.#end;
    const int = (n: number) => {
      view.setInt32(o, n);
      o += 4;
    };
    const double = (n: number) => {
      view.setFloat64(o, n);
      o += 8;
    };
    int(outcome.ask);
    int(outcome.node);
    int(outcome.gateway);
    int(kind << 16 | CODES.get(outcome.refusal)! << 8 | outcome.attempts);
    int(outcome.hops << 1 | Number(outcome.sunlit));
    int(0);
    double(at);
    double(outcome.starts);
    double(outcome.length_km);
    double(outcome.latency_s);
    double(timing?.wait ?? 0);
    double(outcome.npu_s);
    double(outcome.energy_j);
    double(outcome.battery_j);
    double(outcome.state_of_charge);
    double(outcome.npu_temperature_k);
    this.#end = o;
  }

  /** Of all that was taken in; more may follow. @returns 64 hexadecimal digits */
  value(): string {
    return toHex(sha256(this.#block.subarray(0, this.#end)));
  }

  /** As a checkpoint has it. */
  save(): SavedDigest {
    return {
      chain: this.#block.subarray(0, HEAD).toHex(),
      rest: this.#block.subarray(HEAD, this.#end).toHex(),
    };
  }

  #close(): void {
    const words = sha256(this.#block);
    words.forEach((word, i) => this.#view.setUint32(4 * i, word));
    this.#end = HEAD;
  }
}

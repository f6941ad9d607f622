/**
 * Reads an ONNX file as it arrives and keeps its skeleton: the same message, without the elements of
 * tensors that are too large to carry a shape, without documentation, and bounded. A model of 95 MB is
 * so checked without ever being in memory.
 *
 * ```ts
 * const reader = new SkeletonReader();
 * for await (const chunk of body) reader.push(chunk);
 * const skeleton = reader.finish();
 * ```
 * What it has dropped it counts, so that a tensor which promises more than the file holds is still found.
 * @module
 */

import { ModelError } from "../operations/model-error.ts";
import { ByteWriter } from "./byte-writer.ts";
import { DEPTH_MAX } from "../operations/model-file.ts";
import { DROPPED } from "../operations/tensor-proto.ts";
import { ELEMENT_WIRES, type Elements, GRAMMAR, type MessageKind } from "./grammar.ts";
import {
  FIELDS_MAX,
  FILE_BYTES_MAX,
  KEPT_BYTES_MAX,
  NODES_MAX,
  SKELETON_BYTES_MAX,
} from "./limits.ts";

const FIELD_MAX = 2 ** 29 - 1;
const VARINT_BYTES_MAX = 10;
/** The file itself has no end that is known beforehand. */
const OPEN = Infinity;
/** Of TensorProto.data_location. */
const LOCATION_FIELD = 14;

/** A message that has begun and not ended. */
interface Frame {
  kind: MessageKind;
  /** In the file, where it ends. */
  end: number;
  /** In the skeleton, where its content begins. */
  from: number;
  /** Elements as they came, until they are too many. */
  held: ByteWriter | null;
  /** Bytes or elements of each field of elements. */
  counts: Map<number, number>;
  isDropping: boolean;
  /** Fields that may come once, and have. */
  seen: number[];
}

/** What the bytes of the field that is being read are for. */
type Sink = { to: "skeleton" | "held" | "nothing"; count: Elements | null; left: number };

/** Reads one file; after an error it is of no more use. */
export class SkeletonReader {
  readonly #out = new ByteWriter(
    SKELETON_BYTES_MAX,
    `The file holds more than ${SKELETON_BYTES_MAX} bytes beside its weights`,
  );
  readonly #stack: Frame[] = [frame(GRAMMAR.Model, OPEN, 0)];
  #graphs = 0;
  #nodes = 0;
  #fields = 0;
  /** Bytes of the file that have been read. */
  #at = 0;
  /** The varint that is being read. */
  #varint = 0;
  #varintBytes = 0;
  /** What the varint is: a tag, a length, or a value that is a field's content. */
  #expects: "tag" | "length" | "value" = "tag";
  #tag = 0;
  #sink: Sink | null = null;

  /**
   * Reads on.
   * @param chunk the next bytes of the file, of any number; not kept
   * @throws ModelError as soon as the bytes can be no file that is accepted
   */
  push(chunk: Uint8Array): void {
    if (this.#at + chunk.length > FILE_BYTES_MAX) {
      throw new ModelError(`The file is larger than ${FILE_BYTES_MAX} bytes`);
    }
    let i = 0;
    while (i < chunk.length) i += this.#sink ? this.#take(chunk, i) : this.#byte(chunk[i]);
  }

  /**
   * Ends the file.
   * @returns the skeleton: bytes of a ModelProto, for inspectModel() and uploadedSpec()
   * @throws ModelError where the file ends within something
   */
  finish(): Uint8Array<ArrayBuffer> {
    const isWhole = this.#stack.length === 1 && !this.#sink && this.#varintBytes === 0 &&
      this.#expects === "tag";
    if (!isWhole) broken(this.#top, "it ends too early");
    return this.#out.bytes();
  }

  /** How many fields have been read: what a file of many takes is in proportion to them. */
  get fields(): number {
    return this.#fields;
  }

  get #top(): Frame {
    return this.#stack[this.#stack.length - 1];
  }

  /** One byte of a tag, a length or a number. @returns 1 */
  #byte(byte: number): 1 {
    this.#at++;
    if (this.#at > this.#top.end) broken(this.#top, "a field goes on behind its end");
    // Beyond 2^53 it is rounded, and then far more than any length or field number may be.
    this.#varint += (byte & 127) * 2 ** (7 * this.#varintBytes);
    if (++this.#varintBytes > VARINT_BYTES_MAX) broken(this.#top, "a number has too many bytes");
    if (byte > 127) return 1;
    const value = this.#varint;
    this.#varint = this.#varintBytes = 0;
    if (this.#expects === "tag") this.#begin(value);
    else this.#enter(value);
    return 1;
  }

  #begin(tag: number): void {
    if (++this.#fields > FIELDS_MAX) {
      throw new ModelError(`The file has more than ${FIELDS_MAX} fields: keep weights in raw_data`);
    }
    const [field, wire] = [Math.floor(tag / 8), tag % 8];
    const top = this.#top;
    if (field < 1 || field > FIELD_MAX) broken(top, `field ${field} cannot be`);
    if (field > DROPPED && field < 2 * DROPPED) broken(top, `field ${field} is none of ONNX`);
    const refused = top.kind.refuse?.[field];
    if (refused) throw new ModelError(`The model has ${refused}`);
    checkField(top, field, wire);
    this.#tag = tag;
    switch (wire) {
      case 0:
        this.#open(field, null);
        break;
      case 1:
        this.#open(field, 8);
        break;
      case 2:
        this.#expects = "length";
        break;
      case 5:
        this.#open(field, 4);
        break;
      default:
        broken(top, `wire type ${wire} is none that ONNX uses`);
    }
  }

  /** A length has been read. */
  #enter(length: number): void {
    this.#expects = "tag";
    const top = this.#top;
    const field = Math.floor(this.#tag / 8);
    if (length > FILE_BYTES_MAX) {
      throw new ModelError(`The file is larger than ${FILE_BYTES_MAX} bytes, or broken`);
    }
    if (length > top.end - this.#at) {
      broken(top, `${length} bytes are promised where there are fewer`);
    }
    const inside = top.kind.inside?.[field];
    if (!inside) return this.#open(field, length);
    if (inside === "Node" && ++this.#nodes > NODES_MAX) {
      throw new ModelError(`The model has more than ${NODES_MAX} nodes`);
    }
    if (inside === "Graph" && ++this.#graphs > DEPTH_MAX) {
      throw new ModelError(`Graphs stand within graphs, more than ${DEPTH_MAX} deep`);
    }
    this.#out.varint(this.#tag);
    this.#stack.push(frame(GRAMMAR[inside], this.#at + length, this.#out.reserve()));
    this.#leave();
  }

  /** The content of a field that is no message of the grammar. @param length null: a varint */
  #open(field: number, length: number | null): void {
    const top = this.#top;
    const { keep, elements } = top.kind;
    const count = elements?.[field] ?? null;
    const to = count ? "held" : keep[field] ? "skeleton" : "nothing";
    if (count && !top.isDropping) this.#hold(top, this.#tag, length);
    if (to === "skeleton") {
      this.#out.varint(this.#tag);
      if (this.#tag % 8 === 2) this.#out.varint(length!);
    }
    // A number that stands alone is one element; a packed list is counted as it passes.
    if (count === "texts") add(top.counts, field, 1);
    this.#sink = { to, count, left: length ?? VARINT_BYTES_MAX };
    if (length === 0) this.#closeSink();
  }

  #hold(top: Frame, tag: number, length: number | null): void {
    top.held ??= new ByteWriter(Infinity, "");
    top.held.varint(tag);
    if (tag % 8 === 2) top.held.varint(length!);
    if (top.held.length + (length ?? 0) > KEPT_BYTES_MAX) drop(top);
  }

  /** As much of a field's content as this chunk has. @returns how much it was */
  #take(chunk: Uint8Array, from: number): number {
    const sink = this.#sink!;
    const top = this.#top;
    let until = Math.min(chunk.length, from + sink.left);
    let ended = until - from === sink.left;
    if (this.#tag % 8 === 0) {
      let at = from;
      while (at < until && chunk[at] > 127) at++;
      if (at === until && ended) broken(top, "a number has too many bytes");
      ended = at < until;
      if (ended) until = at + 1;
    }
    const piece = chunk.subarray(from, until);
    this.#at += piece.length;
    if (this.#at > top.end) broken(top, "a field goes on behind its end");
    sink.left -= piece.length;
    if (sink.to === "skeleton") this.#out.append(piece);
    if (sink.count) this.#count(top, sink.count, piece);
    if (sink.to === "held" && !top.isDropping) top.held!.append(piece);
    if (this.#tag === LOCATION_FIELD * 8 && top.kind === GRAMMAR.Tensor && piece.some(Boolean)) {
      throw new ModelError("The model has external data: put the weights into the file");
    }
    if (ended) this.#closeSink();
    return piece.length;
  }

  #count(top: Frame, count: Elements, piece: Uint8Array): void {
    if (count === "texts") return;
    const field = Math.floor(this.#tag / 8);
    if (count !== "varint") return add(top.counts, field, piece.length);
    let ends = 0;
    for (let i = 0; i < piece.length; i++) if (piece[i] < 128) ends++;
    add(top.counts, field, ends);
  }

  #closeSink(): void {
    this.#sink = null;
    this.#leave();
  }

  /** Ends all messages that end here. */
  #leave(): void {
    while (this.#stack.length > 1 && this.#at === this.#top.end) {
      const top = this.#stack.pop()!;
      if (top.kind === GRAMMAR.Graph) this.#graphs--;
      if (top.isDropping) {
        for (const [field, count] of top.counts) {
          this.#out.varint((DROPPED + field) * 8);
          this.#out.varint(count);
        }
      } else if (top.held) this.#out.append(top.held.bytes());
      this.#out.close(top.from);
    }
  }
}

/** The skeleton of a file that is in memory. @throws ModelError as SkeletonReader does */
export function skeletonOf(file: Uint8Array): Uint8Array<ArrayBuffer> {
  const reader = new SkeletonReader();
  reader.push(file);
  return reader.finish();
}

const frame = (kind: MessageKind, end: number, from: number): Frame => ({
  kind,
  end,
  from,
  held: null,
  counts: new Map(),
  isDropping: false,
  seen: [],
});

/** What protobuf would skip or merge, and we would not, makes two models of one file. */
function checkField(top: Frame, field: number, wire: number): void {
  const { inside, once, keep, elements } = top.kind;
  const element = elements?.[field];
  const wires = inside?.[field] ? [2] : element ? ELEMENT_WIRES[element] : keep[field];
  if (wires && !wires.includes(wire)) broken(top, `field ${field} has another type`);
  if (!once?.includes(field)) return;
  if (top.seen.includes(field)) broken(top, `field ${field} comes twice`);
  top.seen.push(field);
}

function drop(top: Frame): void {
  top.isDropping = true;
  top.held = null;
}

const add = (counts: Map<number, number>, field: number, more: number): void => {
  counts.set(field, (counts.get(field) ?? 0) + more);
};

function broken({ kind }: Frame, why: string): never {
  throw new ModelError(`Not an ONNX file, or a broken one: in a ${kind.what} ${why}`);
}

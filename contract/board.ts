/**
 * What an attached board and its node's object say to each other over one WebSocket: JSON in text
 * frames, tensors in binary frames (board-frames.ts). Each side checks what the other sends against
 * these schemas. Fields that are not here are dropped: nothing that a board says can name a price, a
 * tenant or another node. docs/reference/board-protocol.md says it in words.
 * @module
 */
import { z } from "zod";
import { DATATYPES } from "./tensor.ts";

/** The version of the protocol that this release speaks. */
export const BOARD_PROTOCOL = 1;

/** The board sends PING as text; the platform answers PONG without waking the object. */
export const PING = "ping";
/** The answer to PING. */
export const PONG = "pong";
/** How often a board pings. */
export const PING_MS = 15_000;
/** A board that has not pinged for this long counts as gone: three of its pings are missing. */
export const SILENT_MS = 3 * PING_MS;
/** How often a board reports, which renews what the mesh knows of it. */
export const REPORT_MS = 60_000;

/** A message longer than this is no message of this protocol, and is not parsed. */
export const TEXT_CHARS_MAX = 65_536;
/** How many runs one board may have at once: more of them would only wait on it. */
export const IN_FLIGHT_MAX = 16;
/** What all runs of one board may hold in the object's memory, of 128 MB, inputs and outputs. */
export const IN_FLIGHT_BYTES_MAX = 48 * 2 ** 20;

/** Why the mesh closes a board's socket, as WebSocket codes. */
export const CLOSE = {
  /** Another connection of this node's board took the place of this one. */
  replaced: 4_000,
  /** Another region's object serves the node: attach again, at once. */
  moved: 4_001,
  /** The board said what this protocol does not have; the reason tells what. */
  protocol: 4_002,
  /** The credential was revoked or has expired. */
  revoked: 4_003,
  /** The board has been silent for longer than SILENT_MS. */
  silent: 4_004,
} as const;

const TensorHeader = z.object({
  name: z.string().max(256),
  datatype: z.enum(DATATYPES),
  shape: z.array(z.int().min(0)).max(16),
  bytes: z.int().min(0),
});
/** A tensor whose data follows in binary frames: its name, datatype, shape and bytes. */
export type TensorHeader = z.infer<typeof TensorHeader>;

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const BoardModel = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("built-in"), name: z.string().max(64), version: z.string().max(64) }),
  z.object({ kind: z.literal("uploaded"), sha256: Sha256, file_bytes: z.int().min(1) }),
]);
/** Which model a run is of: one that every board has, or one that it fetches by digest. */
export type BoardModel = z.infer<typeof BoardModel>;

const kelvin = z.number().min(0).max(1_000).nullable();

/** What a board has measured of one run. Nothing in it is modelled, and nothing in it is billed. */
export const Measured = z.object({
  wall_ms: z.number().min(0).max(3_600_000),
  energy_j: z.number().min(0).max(1e6).nullable(),
  energy_source: z.enum(["rapl", "declared"]).nullable(),
  temperature_k: kelvin,
});
/** What a board has measured of one run; null: it cannot. */
export type Measured = z.infer<typeof Measured>;

const RunId = z.uuid();

/** Everything that a board may say. */
export const FromBoard = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("hello"),
    protocol: z.int().min(1),
    runtime: z.string().min(1).max(64),
    in_flight_max: z.int().min(1).max(IN_FLIGHT_MAX),
    energy_source: z.enum(["rapl", "declared"]).nullable(),
    declared_w: z.number().min(0).max(10_000).nullable(),
  }),
  z.object({
    type: z.literal("result"),
    run: RunId,
    outputs: z.array(TensorHeader).max(64),
    measured: Measured,
  }),
  z.object({
    type: z.literal("failed"),
    run: RunId,
    detail: z.string().max(256),
  }),
  z.object({ type: z.literal("report"), temperature_k: kelvin }),
]);
/** A message of a board. */
export type FromBoard = z.infer<typeof FromBoard>;
/** The first message of a board: what it runs on. */
export type Hello = Extract<FromBoard, { type: "hello" }>;

/** Everything that the mesh may say to a board. */
export const ToBoard = z.discriminatedUnion("type", [
  z.object({ type: z.literal("welcome"), protocol: z.int(), node: z.string() }),
  z.object({
    type: z.literal("run"),
    run: RunId,
    model: BoardModel,
    inputs: z.array(TensorHeader).max(64),
    outputs: z.array(z.object({ name: z.string(), datatype: z.enum(DATATYPES) })).max(64),
    within_ms: z.number().positive(),
  }),
  z.object({ type: z.literal("cancel"), run: RunId }),
  z.object({ type: z.literal("moved") }),
]);
/** A message of the mesh to a board. */
export type ToBoard = z.infer<typeof ToBoard>;

/**
 * Reads a text frame.
 * @param text as it came
 * @returns null if it is too long, no JSON, or no message of the schema
 */
export function readMessage<S extends z.ZodType>(schema: S, text: string): z.infer<S> | null {
  if (text.length > TEXT_CHARS_MAX) return null;
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

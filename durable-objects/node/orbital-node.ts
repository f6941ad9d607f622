/**
 * One orbital node in one region: holds its battery, heat and queue while the node is above that
 * region, runs models, accounts for them.
 * A thin shell: mesh/node decides what happens to the state, custody.ts who holds it.
 * @module
 */
import { DurableObject } from "cloudflare:workers";
import { logger } from "../../contract/log.ts";
import { freeTensors, type Tensor } from "../../contract/tensor.ts";
import type { Execution } from "../../ledger/execution.ts";
import type { NodeState } from "../../mesh/node/state.ts";
import type { HandedOver, HandOver, Push } from "../custody/custody-record.ts";
import type { ServiceStatus } from "../registrar/register.ts";
import { migrateObject } from "../shared/migrate.ts";
import type { NodeAddress } from "../shared/node-address.ts";
import type { SentTensors } from "../shared/sent-tensors.ts";
import { receiveTensors, sendTensors, travelAsStream } from "../shared/tensor-stream.ts";
import { isReadable, UNREAD, type Unread, type Versioned } from "../shared/version.ts";
import type { BoardAttachment } from "./board/board-attachment.ts";
import { boardOf } from "./board/board-of.ts";
import { type BoardRefusal, readBoardRequest } from "./board/board-request.ts";
import { HeldNode } from "./held-node.ts";
import { builtInModels, isolateEngine } from "./isolate-engine.ts";
import { type Job, type JobResult, readJob, type StreamedResult, type TextResult } from "./job.ts";
import { NODE_MIGRATIONS } from "./migrations.ts";
import { Receipts } from "./receipts.ts";
import type { Slowness } from "./slow-fault.ts";
import { TensorAsks } from "./tensor-asks.ts";
import type { UpstreamAsk, UpstreamResult } from "./upstream/upstream-job.ts";
import { UpstreamAsks } from "./upstream/upstream-asks.ts";

// An alarm that throws is repeated six times, within 150 s, and then dropped: a rollback
// may last longer than that.
const ALARM_AGAIN_MS = 30_000;

const log = logger();

/** The object of one node in one region; callers get it from nodeObject(). */
export class OrbitalNode extends DurableObject<Env> {
  readonly #receipts: Receipts;
  readonly #board: BoardAttachment;
  readonly #node: HeldNode;
  readonly #asks: TensorAsks;
  readonly #upstreamAsks: UpstreamAsks;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const isNew = migrateObject(ctx.storage, NODE_MIGRATIONS);
    const address = () => this.#node.address;
    this.#receipts = new Receipts(ctx, env, { address, isNew });
    this.#board = boardOf(ctx, env, address);
    this.#node = new HeldNode(ctx, env, {
      board: this.#board,
      engine: isolateEngine(env),
      receiptsDue: () => this.#receipts.due_at,
      isNew,
    });
    const after = (work: Promise<unknown>) => ctx.waitUntil(work);
    const ports = { env, node: this.#node, receipts: this.#receipts, after };
    this.#asks = new TensorAsks(ports);
    this.#upstreamAsks = new UpstreamAsks(ports);
  }

  /**
   * Admits and runs one ask, or refuses it. The answer leaves once state and receipt are durable.
   * Rejects with what an engine throws that is no failure of the model.
   * @param inputs the model's inputs, checked against its specification
   * @throws RangeError for a built-in model that the catalogue does not have: a bug of the caller
   */
  think(job: Job, inputs: Tensor[]): Promise<JobResult> {
    return this.#asks.think(job, inputs);
  }

  /**
   * Does as think() for a job as text, and tells the execution as text: for a third of the work of an object
   * of as many fields, on either side.
   * @param job as jobText() wrote it
   */
  async thinkText(job: string, inputs: Tensor[]): Promise<TextResult> {
    const result = await this.think(readJob(job), inputs);
    return result.ok ? { ...result, execution: JSON.stringify(result.execution) } : result;
  }

  /**
   * Lets an ask go that has not begun to run: another node has answered it. One that runs or ran is left
   * alone; whether its receipt counts is the Collector's to say.
   * @param id the execution's
   */
  withdraw(id: string): void {
    this.#asks.withdraw(id);
  }

  /** Makes the node slow for a while, as an operator's rehearsal of a fault. */
  slow(slowness: Slowness): void {
    this.#asks.slow(slowness);
  }

  /**
   * Does as think() for large inputs, whose bytes come as a stream; so do the outputs of a run. A method of
   * its own, as a release without it would take the stream for tensors.
   * @param inputs the model's inputs, checked against its specification
   * @throws as think() does, and Error if the inputs do not arrive whole
   */
  async thinkStreamed(job: Job, inputs: SentTensors): Promise<StreamedResult> {
    const received = await receiveTensors(inputs);
    const result = await this.think(job, received);
    freeTensors(received);
    if (!("outputs" in result) || !travelAsStream(result.outputs)) return result;
    const { sent, written } = sendTensors(result.outputs);
    this.ctx.waitUntil(written.then(() => freeTensors(result.outputs)));
    return { ...result, outputs: sent };
  }

  /**
   * Admits one ask of a language model by the most that it may take, has its engine answer it, and bills
   * what was sent; or refuses it. Where the answer is a stream, settleUpstream() ends it.
   */
  thinkUpstream(job: Job, ask: UpstreamAsk): Promise<UpstreamResult> {
    return this.#upstreamAsks.think(job, ask);
  }

  /**
   * Ends an ask of thinkUpstream(): a stream of which the caller takes no more, or one that is none and whose
   * caller has gone.
   * @param id of its execution
   * @param chunks how many of a stream's the caller got
   * @returns the run as it is billed; null: nothing was made, or it was billed already: a stream for what the
   *   isolate had been handed
   */
  settleUpstream(id: string, chunks: number): Promise<Execution | null> {
    return this.#upstreamAsks.settle(id, chunks);
  }

  /**
   * Loads the models into this object's isolate and has the engine compiled, for which first inferences
   * then need not wait. Changes nothing of the node: it is a matter of software, not of its memory or power.
   */
  async warm(): Promise<void> {
    await builtInModels.warm();
  }

  /**
   * Takes a board's WebSocket, from boardRequest(), if this object has custody of the node.
   * @returns 101 with the board's end of the socket, or 409 with a BoardRefusal
   */
  override async fetch(request: Request): Promise<Response> {
    const arrival = readBoardRequest(request);
    if (!arrival) return new Response(null, { status: 404 });
    const custody = this.#node.custodyOf(arrival.address);
    const hold = await custody.hold(this.#node.now, () => {
      const { 0: theirs, 1: ours } = new WebSocketPair();
      this.ctx.acceptWebSocket(ours);
      this.#board.accept(ours, arrival.credential);
      return theirs;
    });
    // Its alarm tells when the node crosses a border, and the board must go on.
    this.#node.arm();
    if (hold.held) return new Response(null, { status: 101, webSocket: hold.value });
    const refusal: BoardRefusal = { moved: "moved" in hold ? hold.moved : null };
    return Response.json(refusal, { status: 409 });
  }

  /**
   * Cuts a board off whose key was revoked.
   * @param key_id of the key, as the ledger has it
   */
  revokeBoard(address: NodeAddress, key_id: string): void {
    this.#node.serveAs(address);
    this.#board.revoke(key_id);
  }

  /**
   * Where the file of a model lies, for a board that has a run of it under way.
   * @param key_id of the key that the board shows
   * @returns a key of the bucket of models; null if the board has no such run
   */
  boardModel(
    address: NodeAddress,
    { key_id, sha256 }: { key_id: string; sha256: string },
  ): string | null {
    this.#node.serveAs(address);
    return this.#board.objectOf(key_id, sha256);
  }

  /**
   * Takes a frame of a board's socket, after hibernation too.
   * @param frame text, or bytes of a tensor
   */
  override webSocketMessage(socket: WebSocket, frame: string | ArrayBuffer): void {
    if (this.#node.recall()) this.#board.message(socket, frame);
  }

  /** Hears that a board's socket is being closed. */
  override webSocketClose(socket: WebSocket): void {
    if (this.#node.recall()) this.#board.closed(socket);
    try {
      // The other half of the closing handshake, for which the board waits.
      socket.close(1_000, "Heard");
    } catch {
      // It was closed from here.
    }
  }

  /** Hears that a board's socket has broken. */
  override webSocketError(socket: WebSocket): void {
    if (this.#node.recall()) this.#board.closed(socket);
  }

  /** Custody.handOver() for the object of another region. */
  handOver(
    address: NodeAddress,
    request: HandOver & Versioned,
  ): HandedOver<NodeState> | Unread {
    if (!isReadable("custody", request)) return UNREAD;
    const custody = this.#node.custodyOf(address);
    const handed = custody.handOver(request);
    this.#node.boardFollows();
    return handed;
  }

  /**
   * Custody.receive() for the object of another region.
   * @returns false too for a push of a newer release: its sender keeps the state and sends it again
   */
  async receive(address: NodeAddress, push: Push<NodeState> & Versioned): Promise<boolean> {
    // Its sender keeps it and sends it again: by then this object may run the newer release, too.
    if (!isReadable("custody", push)) return false;
    const custody = this.#node.custodyOf(address);
    const received = await custody.receive(push);
    this.#node.boardFollows();
    this.#node.arm();
    return received;
  }

  /**
   * Takes up what an admin has made of the node: up, drained or failed. A failed node lets its
   * queue go.
   */
  serve(address: NodeAddress, service: ServiceStatus): void {
    this.#node.custodyOf(address).noteService(service);
    if (service.state === "failed") this.#node.dismiss();
  }

  /**
   * Delivers receipts and sees to custody. Never throws: what a newer release has written, and this
   * one cannot read, is looked at again until that release is back or an ask comes.
   */
  override async alarm(): Promise<void> {
    this.#node.woke();
    let address: NodeAddress | null = null;
    try {
      address = this.#node.recall();
      if (!address) return;
      // Before custody is opened: receipts need the address alone, not a state that can be read.
      await this.#receipts.alarm();
      await this.#node.custodyOf(address).alarm(this.#node.now);
      this.#node.boardFollows();
      this.#node.arm();
    } catch (error) {
      const object = this.ctx.id.toString();
      log.error("A node's alarm failed and is set again", { node: address?.node, object, error });
      this.#node.wakeAt(Date.now() + ALARM_AGAIN_MS);
    }
  }
}

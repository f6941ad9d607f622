/**
 * One orbital node in one region: holds its battery, heat and queue while the node is above that
 * region, runs models, accounts for them.
 * A thin shell: mesh/node decides what happens to the state, custody.ts who holds it.
 * @module
 */
import { DurableObject } from "cloudflare:workers";
import { type Log, logger } from "../../contract/log.ts";
import { PING, PONG } from "../../contract/board.ts";
import { settingsOf } from "../../contract/settings.ts";
import { freeTensors, type Tensor } from "../../contract/tensor.ts";
import {
  builtIn,
  type Engine,
  ModelFailure,
  type RunnableModel,
  uploadedRun,
} from "../../inference/engine.ts";
import { OnnxEngine } from "../../inference/onnx.ts";
import { type Loader, SandboxEngine } from "../../inference/sandbox/sandbox-engine.ts";
import { SANDBOX_PARTS } from "../../inference/sandbox/sandbox-parts.ts";
import type { Execution } from "../../ledger/execution.ts";
import { meshNow, realDelay } from "../../mesh/clock.ts";
import type { Refusal } from "../../mesh/node/admit.ts";
import { type Digest, digestOf } from "../../mesh/node/digest.ts";
import { isAtRest } from "../../mesh/node/at-rest.ts";
import type { HardwareProfile } from "../../mesh/node/profile.ts";
import { refitted } from "../../mesh/node/refitted.ts";
import { type NodeState, untouched } from "../../mesh/node/state.ts";
import type { Elements } from "../../mesh/orbit/elements.ts";
import { remembered } from "../../mesh/orbit/remembered-sunlight.ts";
import { type Sunlight, sunlightOf } from "../../mesh/orbit/sunlight.ts";
import { type EphemerisAt, ephemerisOf } from "../../mesh/orbit/ephemeris.ts";
import type { Resident } from "../../mesh/node/residency.ts";
import { type Tenure, tenuresOf } from "../../mesh/tenure.ts";
import { type EpochMs, epochMs } from "../../mesh/units.ts";
import { MODELS } from "../../models/catalogue.ts";
import { launchedModels } from "../../models/launched.ts";
import type { TokenUse } from "../../mesh/billing/tokens.ts";
import { account, accountTokens } from "./account.ts";
import { UnfinishedRuns } from "./upstream/unfinished-runs.ts";
import type { UpstreamAsk, UpstreamResult } from "./upstream/upstream-job.ts";
import { upstreamOf } from "./upstream/upstream-of.ts";
import type { Sent, UpstreamRunPorts } from "./upstream/upstream-run.ts";
import { UpstreamRuns } from "./upstream/upstream-runs.ts";
import { BoardAttachment } from "./board/board-attachment.ts";
import { BoardEngine, BoardGone, measuredOf } from "./board/board-engine.ts";
import { type BoardRefusal, readBoardRequest } from "./board/board-request.ts";
import { Custody } from "../custody/custody.ts";
import type { HandedOver, HandOver, Held, Push } from "../custody/custody-record.ts";
import { CustodyStore } from "../custody/custody-store.ts";
import { type Job, type JobResult, readJob, type StreamedResult, type TextResult } from "./job.ts";
import { JobSpan } from "./job-span.ts";
import { collectAt } from "./collect-at.ts";
import { collectorObject, registrarObject } from "../names.ts";
import { peersOf } from "../custody/peers.ts";
import { type Hardware, type HeldTurn, Npu, type NpuAdmission } from "./npu.ts";
import type { SentTensors } from "../shared/sent-tensors.ts";
import { receiveTensors, sendTensors, travelAsStream } from "../shared/tensor-stream.ts";
import { Outbox } from "./outbox.ts";
import { SlowFault, type Slowness, type Stage } from "./slow-fault.ts";
import { IdentityStore } from "./identity-store.ts";
import { NODE_MIGRATIONS } from "./migrations.ts";
import { migrateObject } from "../shared/migrate.ts";
import type { NodeAddress } from "../shared/node-address.ts";
import { isReadable, UNREAD, type Unread, type Versioned } from "../shared/version.ts";
import type { ServiceStatus } from "../registrar/register.ts";

// If the node changes hands while an ask waits, the ask is tried again under the new holder, this
// often.
const TRIES_MAX = 3;
// An alarm that throws is repeated six times, within 150 s, and then dropped: a rollback
// may last longer than that.
const ALARM_AGAIN_MS = 30_000;

const builtInModels = new OnnxEngine();
const log = logger();

/** How the node flies, by the elements of the last caller. */
interface Flight {
  elements: Elements;
  sunlight: Sunlight;
  tenureAt: (at: EpochMs) => Tenure;
  ephemerisAt: EphemerisAt;
}

/** The object of one node in one region; callers get it from nodeObject(). */
export class OrbitalNode extends DurableObject<Env> {
  readonly #identity: IdentityStore;
  readonly #outbox: Outbox;
  readonly #unfinished: UnfinishedRuns;
  readonly #upstreamRuns = new UpstreamRuns();
  readonly #board: BoardAttachment;
  readonly #hardware: Hardware;
  #address: NodeAddress | undefined;
  /** Of the shell of the node that this object serves. */
  #profile: HardwareProfile | undefined;
  #flight: Flight | undefined;
  #custody: Custody<NodeState> | undefined;
  /** In memory only while this object has custody under this epoch. */
  #npu: { epoch: number; npu: Npu } | null = null;
  #alarm_at = Infinity;
  readonly #slow = new SlowFault();
  /** Ids of asks under way that their isolate has withdrawn. */
  readonly #withdrawn = new Set<string>();
  readonly #asks = new Set<string>();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrateObject(ctx.storage, NODE_MIGRATIONS);
    this.#identity = new IdentityStore(ctx.storage.sql);
    this.#outbox = new Outbox({
      sql: ctx.storage.sql,
      collect: (executions) => collectAt(collectorObject(env, this.#address!), executions),
      warn: (what, fields) => log.warn(what, { node: this.#address!.node, ...fields }),
      wait: (ms) => scheduler.wait(ms),
    }, Date.now());
    this.#unfinished = new UnfinishedRuns(ctx.storage.sql);
    // What an object that died had under way is billed as far as it was written ahead.
    for (const execution of this.#unfinished.takeLeft()) this.#outbox.keep(execution, Date.now());
    this.#board = new BoardAttachment({
      sockets: () => ctx.getWebSockets(),
      pingedAt: (socket) =>
        ctx.getWebSocketAutoResponseTimestamp(socket as WebSocket)?.getTime() ?? null,
      address: () => this.#address!,
      attach: (board) => registrarObject(env, board.node).attach(board),
      detach: (session) =>
        registrarObject(env, this.#address!.node).detach(this.#address!.node, session),
      warn: (what, fields) => log.warn(what, { node: this.#address!.node, ...fields }),
    });
    // Pings are answered without waking the object.
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
    const sunlight: Sunlight = (from, until) => this.#flight!.sunlight(from, until);
    const profile = () => this.#profile!;
    const board = this.#board;
    this.#hardware = {
      clock: settingsOf(env).clock,
      // By which node this is: no caller says it.
      get profile() {
        return profile();
      },
      sunlight,
      engine: new BoardEngine(engineOf(env), board),
      get attached() {
        return board.isAttached;
      },
    };
  }

  /**
   * Admits and runs one ask, or refuses it. The answer leaves once state and receipt are durable.
   * Rejects with what an engine throws that is no failure of the model.
   * @param inputs the model's inputs, checked against its specification
   * @throws RangeError for a built-in model that the catalogue does not have: a bug of the caller
   */
  async think(job: Job, inputs: Tensor[]): Promise<JobResult> {
    if (!isReadable("job", job)) return { ok: false, refusal: "gone", digest: null };
    const { address: { node }, request_id } = job;
    const log = logger({ node, request_id });
    const custody = this.#custodyOf(job.address);
    // By this job's elements: another may bring newer ones while it waits.
    const { ephemerisAt } = this.#flight!;
    const span = JobSpan.of(this.env, job);
    this.#asks.add(job.id);
    try {
      if (this.#slow.isSet) await this.#delay("arrival");
      let result: JobResult | null = null;
      for (let tries = 0; tries < TRIES_MAX && !result; tries++) {
        if (this.#withdrawn.has(job.id)) break;
        result = await this.#thinkOnce({ custody, ephemerisAt, log, span }, job, inputs);
      }
      if (result && this.#slow.isSet) await this.#delay("answer");
      result ??= { ok: false, refusal: "gone", digest: null };
      span?.result(result);
      return result;
    } finally {
      this.#asks.delete(job.id);
      this.#withdrawn.delete(job.id);
      this.#arm(custody);
      span?.end(this.env, (work) => this.ctx.waitUntil(work));
    }
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
    if (!this.#asks.has(id)) return;
    this.#withdrawn.add(id);
    this.#npu?.npu.withdraw(id);
  }

  /** Makes the node slow for a while, as an operator's rehearsal of a fault. */
  slow(slowness: Slowness): void {
    this.#slow.set(slowness, Date.now());
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
  async thinkUpstream(job: Job, ask: UpstreamAsk): Promise<UpstreamResult> {
    if (!isReadable("job", job)) return { ok: false, refusal: "gone", digest: null };
    const custody = this.#custodyOf(job.address);
    const { ephemerisAt } = this.#flight!;
    try {
      for (let tries = 0; tries < TRIES_MAX; tries++) {
        const result = await this.#thinkUpstreamOnce({ custody, ephemerisAt }, job, ask);
        if (result) return result;
      }
      return { ok: false, refusal: "gone", digest: null };
    } finally {
      this.#arm(custody);
    }
  }

  /**
   * Ends a stream of thinkUpstream().
   * @param id of its execution
   * @param chunks how many of them the caller got
   * @returns the run as it is billed; null: it was billed already, for what the isolate had been handed
   */
  settleUpstream(id: string, chunks: number): Execution | null {
    return this.#upstreamRuns.settle(id, chunks);
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
    const custody = this.#custodyOf(arrival.address);
    const hold = await custody.hold(this.#now(), () => {
      const { 0: theirs, 1: ours } = new WebSocketPair();
      this.ctx.acceptWebSocket(ours);
      this.#board.accept(ours, arrival.credential);
      return theirs;
    });
    // Its alarm tells when the node crosses a border, and the board must go on.
    this.#arm(custody);
    if (hold.held) return new Response(null, { status: 101, webSocket: hold.value });
    const refusal: BoardRefusal = { moved: "moved" in hold ? hold.moved : null };
    return Response.json(refusal, { status: 409 });
  }

  /**
   * Cuts a board off whose key was revoked.
   * @param key_id of the key, as the ledger has it
   */
  revokeBoard(address: NodeAddress, key_id: string): void {
    this.#serveAs(address);
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
    this.#serveAs(address);
    return this.#board.objectOf(key_id, sha256);
  }

  /**
   * Takes a frame of a board's socket, after hibernation too.
   * @param frame text, or bytes of a tensor
   */
  override webSocketMessage(socket: WebSocket, frame: string | ArrayBuffer): void {
    if (this.#isKnown()) this.#board.message(socket, frame);
  }

  /** Hears that a board's socket is being closed. */
  override webSocketClose(socket: WebSocket): void {
    if (this.#isKnown()) this.#board.closed(socket);
    try {
      // The other half of the closing handshake, for which the board waits.
      socket.close(1_000, "Heard");
    } catch {
      // It was closed from here.
    }
  }

  /** Hears that a board's socket has broken. */
  override webSocketError(socket: WebSocket): void {
    if (this.#isKnown()) this.#board.closed(socket);
  }

  /** Custody.handOver() for the object of another region. */
  handOver(
    address: NodeAddress,
    request: HandOver & Versioned,
  ): HandedOver<NodeState> | Unread {
    if (!isReadable("custody", request)) return UNREAD;
    const custody = this.#custodyOf(address);
    const handed = custody.handOver(request);
    this.#boardFollows(custody);
    return handed;
  }

  /**
   * Custody.receive() for the object of another region.
   * @returns false too for a push of a newer release: its sender keeps the state and sends it again
   */
  async receive(address: NodeAddress, push: Push<NodeState> & Versioned): Promise<boolean> {
    // Its sender keeps it and sends it again: by then this object may run the newer release, too.
    if (!isReadable("custody", push)) return false;
    const custody = this.#custodyOf(address);
    const received = await custody.receive(push);
    this.#boardFollows(custody);
    this.#arm(custody);
    return received;
  }

  /**
   * Takes up what an admin has made of the node: up, drained or failed. A failed node lets its
   * queue go.
   */
  serve(address: NodeAddress, service: ServiceStatus): void {
    this.#custodyOf(address).noteService(service);
    if (service.state === "failed") this.#npu?.npu.dismiss();
  }

  /**
   * Delivers receipts and sees to custody. Never throws: what a newer release has written, and this
   * one cannot read, is looked at again until that release is back or an ask comes.
   */
  override async alarm(): Promise<void> {
    this.#alarm_at = Infinity;
    let address: NodeAddress | null = null;
    try {
      address = this.#address ?? this.#identity.address();
      if (!address) return;
      this.#serveAs(address);
      // Before custody is opened: receipts need the address alone, not a state that can be read.
      await this.#outbox.deliver(() => Date.now());
      this.#unfinished.goOn(Date.now());
      const custody = this.#custodyOf(address);
      await custody.alarm(this.#now());
      this.#boardFollows(custody);
      this.#arm(custody);
    } catch (error) {
      const object = this.ctx.id.toString();
      log.error("A node's alarm failed and is set again", { node: address?.node, object, error });
      this.#wakeAt(Date.now() + ALARM_AGAIN_MS);
    }
  }

  /**
   * Tries an ask once.
   * @returns null if custody went elsewhere while the ask waited for its turn
   */
  async #thinkOnce(
    { custody, ephemerisAt, log, span }: {
      custody: Custody<NodeState>;
      ephemerisAt: EphemerisAt;
      log: Log;
      span: JobSpan | null;
    },
    job: Job,
    inputs: Tensor[],
  ): Promise<JobResult | null> {
    const hold = await custody.hold(
      this.#now(),
      (held) => this.#take(held, (npu) => npu.take(job.demand, runnableOf(job), inputs)),
    );
    if (!hold.held) {
      if ("moved" in hold) {
        this.#board.leave();
        return { ok: false, moved: hold.moved };
      }
      log.warn("The node has no custody of itself", { error: hold.unavailable });
      return { ok: false, refusal: "gone", digest: null };
    }
    const { taken, epoch, npu } = hold.value;
    if (!taken.ok) return this.#refuse(job, npu, taken.refusal);
    span?.queued();
    const turn = await taken.turn;
    span?.called(turn);
    if (!turn) return null;
    const ran = await turn.outputs.catch(failureOf);
    span?.ran(performance.now() - turn.asked_ms, ran);
    if (ran instanceof BoardGone) {
      log.warn("A run that needs a board got no answer of it", { error: ran.message });
      // The NPU was booked all the same; nothing is billed, and the next node has the same id.
      custody.keep(epoch, npu.state());
      return this.#refuse(job, npu, "no_hardware");
    }
    const engine_ms = performance.now() - turn.asked_ms;
    // A model that fails has had its time all the same.
    const billed = !(ran instanceof ModelFailure) || ran.failure === "model_failed";
    const outputs = ran instanceof ModelFailure ? [] : ran;
    // State and receipt in one storage turn: nothing from here on awaits.
    const state = npu.state();
    const { arrived } = taken;
    const execution: Execution = {
      ...account(job, turn, { arrived, outputs, ephemerisAt }),
      ...(span && { trace: span.headers() }),
    };
    // If custody has ended meanwhile, the state that was handed over has this run in it.
    custody.keep(epoch, state);
    if (billed && !job.tentative) {
      this.#outbox.keep(execution, Date.now());
      this.ctx.waitUntil(this.#outbox.deliver(() => Date.now()));
    }
    const digest = this.#digest(job, { npu, state });
    if (ran instanceof ModelFailure) {
      const { failure, message } = ran;
      const failed = { failure, message };
      return { ok: false, failed, billed, ...(billed && { execution }), digest };
    }
    const board = measuredOf(outputs) ?? undefined;
    return { ok: true, outputs, execution, digest, engine_ms, board, ends: turn.ends };
  }

  /** Tries an ask of a language model once. @returns null as #thinkOnce() does */
  async #thinkUpstreamOnce(
    { custody, ephemerisAt }: { custody: Custody<NodeState>; ephemerisAt: EphemerisAt },
    job: Job,
    ask: UpstreamAsk,
  ): Promise<UpstreamResult | null> {
    const hold = await custody.hold(
      this.#now(),
      (held) =>
        this.#take(
          held,
          (npu): NpuAdmission<HeldTurn> =>
            this.#upstreamRuns.isFull ? { ok: false, refusal: "busy" } : npu.hold(job.demand),
        ),
    );
    if (!hold.held) {
      return "moved" in hold
        ? { ok: false, moved: hold.moved }
        : { ok: false, refusal: "gone", digest: null };
    }
    const { taken, epoch, npu } = hold.value;
    if (!taken.ok) {
      const { refusal } = taken;
      const state = npu.state();
      return { ok: false, refusal, digest: this.#digest(job, { npu, state }, refusal) };
    }
    const { arrived } = taken;
    const turn = await taken.turn;
    if (!turn) return null;
    const ports = this.#upstreamPorts({
      job,
      ask,
      turn,
      arrived,
      epoch,
      npu,
      custody,
      ephemerisAt,
    });
    const begun = await this.#upstreamRuns.begin(job.id, ask, ports);
    const digest = this.#digest(job, { npu, state: npu.state() });
    switch (begun.is) {
      case "whole":
        return { ok: true, body: begun.body, execution: begun.execution, digest };
      case "stream": {
        const execution = ports.execution({ tokens: ask.reserved, bytes_down: 0 });
        return { ok: true, lines: begun.lines, execution, digest };
      }
      case "failed":
        return { ok: false, failed: begun.failed, digest };
    }
  }

  /** How a run of a language model reaches its engine, its node's state, the disk and its receipt. */
  #upstreamPorts(
    { job, ask, turn, arrived, epoch, npu, custody, ephemerisAt }: {
      job: Job;
      ask: UpstreamAsk;
      turn: HeldTurn;
      arrived: EpochMs;
      epoch: number;
      npu: Npu;
      custody: Custody<NodeState>;
      ephemerisAt: EphemerisAt;
    },
  ): UpstreamRunPorts & { after(work: Promise<unknown>): void } {
    const { prices, operations_per_token } = ask;
    const operationsOf = ({ prompt_tokens, completion_tokens }: TokenUse) =>
      (prompt_tokens + completion_tokens) * operations_per_token;
    const executionOf = ({ tokens, bytes_down }: Sent, ran: HeldTurn) => {
      const used = { tokens, prices, operations: operationsOf(tokens), bytes_down };
      return accountTokens(job, ran, { arrived, used, ephemerisAt });
    };
    return {
      upstream: upstreamOf(this.env, job.model, job.trace),
      pipe: () => new IdentityTransformStream(),
      execution: (sent) => executionOf(sent, turn),
      cover: (execution) => {
        this.#unfinished.cover(execution, Date.now());
        this.#arm(custody);
        return this.ctx.storage.sync();
      },
      finish: (sent) => {
        const settled = turn.settle(operationsOf(sent.tokens));
        const execution = executionOf(sent, { ...turn, ...settled, run: settled.npu });
        // If custody has ended meanwhile, the state that was handed over has what was booked in it.
        custody.keep(epoch, npu.state());
        this.#unfinished.remove(job.id);
        this.#outbox.keep(execution, Date.now());
        this.ctx.waitUntil(this.#outbox.deliver(() => Date.now()));
        this.#arm(custody);
        return execution;
      },
      release: () => {
        turn.settle(0);
        this.#unfinished.remove(job.id);
        custody.keep(epoch, npu.state());
      },
      after: (work) => this.ctx.waitUntil(work),
    };
  }

  #take<Turn>(
    { epoch, state, service }: Held<NodeState>,
    take: (npu: Npu) => NpuAdmission<Turn>,
  ): { taken: NpuAdmission<Turn> | { ok: false; refusal: Refusal }; epoch: number; npu: Npu } {
    if (this.#npu?.epoch !== epoch) {
      const { profile, sunlight } = this.#hardware;
      const from = state
        ? refitted(state, profile)
        : untouched(this.#now(), profile, sunlight, this.#launched());
      this.#npu = { epoch, npu: new Npu(from, this.#hardware) };
    }
    const { npu } = this.#npu;
    if (service !== "up") return { taken: { ok: false, refusal: "gone" }, epoch, npu };
    return { taken: take(npu), epoch, npu };
  }

  /** Of a node that an operator has made slow. */
  async #delay(stage: Stage): Promise<void> {
    const ms = this.#slow.delayAt(stage, Date.now());
    if (ms !== null) await scheduler.wait(ms);
  }

  #refuse(job: Job, npu: Npu, refusal: Refusal): JobResult {
    const state = npu.state();
    return { ok: false, refusal, digest: this.#digest(job, { npu, state }, refusal) };
  }

  /** What the node says of itself: modelled, and beside it what its board has measured. */
  #digest({ address }: Job, at: { npu: Npu; state: NodeState }, refused?: Refusal): Digest {
    const digest = digestOf(address.node, at.state, at.npu.waiting, this.#hardware, refused);
    const { figures } = this.#board;
    return figures ? { ...digest, board: figures } : digest;
  }

  /** Notes, on disk too, which node this object serves; elements may be renewed later. */
  #serveAs(address: NodeAddress): void {
    const { elements } = address;
    if (!this.#flight || !sameElements(this.#flight.elements, elements)) {
      this.#flight = {
        elements,
        sunlight: remembered(sunlightOf(elements)),
        tenureAt: tenuresOf(elements).tenureAt,
        ephemerisAt: ephemerisOf(elements),
      };
    }
    if (!this.#profile) {
      const { constellation, profiles } = settingsOf(this.env);
      this.#profile = profiles.ofId(constellation, address.node);
    }
    if (this.#address?.elements !== this.#flight.elements) {
      this.#address = { ...address, elements: this.#flight.elements };
      this.#identity.keep(this.#address);
    }
  }

  /**
   * Made when the object first hears which node it serves.
   * @throws Error if a newer release has written the state
   */
  #custodyOf(address: NodeAddress): Custody<NodeState> {
    this.#serveAs(address);
    return this.#custody ??= new Custody({
      records: new CustodyStore(this.ctx.storage.sql),
      peers: peersOf(this.env, () => this.#address!),
      custodian: {
        region: address.region,
        tenureAt: (at) => this.#flight!.tenureAt(at),
        snapshot: (epoch) => this.#snapshot(epoch),
        isAtRest: (state, now) => isAtRest(state, now, this.#hardware, this.#launched()),
      },
    });
  }

  /** The board attaches to the object that has custody, wherever that goes. */
  #boardFollows(custody: Custody<NodeState>): void {
    if (!custody.serves) this.#board.leave();
  }

  /** Whether the object knows which node it serves; after hibernation it reads that from disk. */
  #isKnown(): boolean {
    const address = this.#address ?? this.#identity.address();
    if (address) this.#serveAs(address);
    return address !== null;
  }

  #launched(): readonly Resident[] {
    return launchedModels(this.#hardware.profile);
  }

  /** The state as it stands, for handing over; asks that still wait are let go and follow it. */
  #snapshot(epoch: number): NodeState | null {
    if (this.#npu?.epoch !== epoch) return null;
    const { npu } = this.#npu;
    this.#npu = null;
    const state = npu.state();
    npu.dismiss();
    return state;
  }

  /** One alarm for deliveries and for custody, whichever is due first. */
  #arm(custody: Custody<NodeState>): void {
    const { clock } = this.#hardware;
    const now = this.#now();
    const wake = custody.nextAlarm(now);
    const custody_at = wake === null
      ? Infinity
      : Date.now() + ("at" in wake ? realDelay(clock, wake.at - now) : wake.after_ms);
    const unfinished_at = this.#unfinished.due_at ?? Infinity;
    this.#wakeAt(Math.min(this.#outbox.due_at ?? Infinity, unfinished_at, custody_at));
  }

  #wakeAt(due: number): void {
    if (due >= this.#alarm_at) return;
    this.#alarm_at = due;
    void this.ctx.storage.setAlarm(Math.ceil(due));
  }

  #now(): EpochMs {
    return epochMs(meshNow(settingsOf(this.env).clock, Date.now()));
  }
}

function engineOf({ LOADER, MODELS }: Partial<Env>): Engine {
  const uploadedModels = new SandboxEngine({
    loader: LOADER as Loader | undefined,
    files: MODELS,
    error: (what, fields) => log.error(what, fields),
  }, SANDBOX_PARTS);
  return {
    run: (model, inputs) =>
      model.uploaded ? uploadedModels.run(model, inputs) : builtInModels.run(model, inputs),
  };
}

/** @throws what is neither the model's failure nor its board's */
function failureOf(error: unknown): ModelFailure | BoardGone {
  if (error instanceof ModelFailure || error instanceof BoardGone) return error;
  throw error;
}

function runnableOf({ model, uploaded, onBoard }: Job): RunnableModel {
  if (uploaded) return uploadedRun(uploaded, onBoard);
  const spec = MODELS.get(model);
  if (!spec) throw new RangeError(`The catalogue has no model "${model}"`);
  return builtIn(spec);
}

/** Compared with each ask; `a` has every field that elements have. */
function sameElements(a: Elements, b: Elements): boolean {
  if (a === b) return true;
  for (const name in a) {
    if (!Object.is(a[name as keyof Elements], b[name as keyof Elements])) return false;
  }
  return true;
}

/**
 * A node's board: its connections, of which the newest is the one that gets runs, and what the board
 * has measured. A thin shell around board-session.ts: sockets, timers and the list of attached boards
 * are ports.
 *
 * The sockets outlive the object in memory (they hibernate), so what must be known of a connection is
 * attached to its socket. Runs do not outlive it: an object with a run under way does not hibernate.
 * @module
 */
import { CLOSE, type Hello, type Measured, REPORT_MS, SILENT_MS } from "../../../contract/board.ts";
import { framesOf } from "../../../contract/board-frames.ts";
import type { Log } from "../../../contract/log.ts";
import type { BoardFigures } from "../../../mesh/node/digest.ts";
import type { AttachedBoard } from "../../registrar/attached-boards.ts";
import type { NodeAddress } from "../../shared/node-address.ts";
import {
  type BoardEffect,
  type BoardOutcome,
  type BoardRun,
  BoardSession,
  bytesOf,
} from "./board-session.ts";

// A board that reports a little early must not be left out of the list until its next report.
const RENEW_MS = REPORT_MS / 2;
// The reason of a WebSocket's end has 123 bytes at most.
const REASON_CHARS_MAX = 120;

/** The key with which a board came, as the ledger has it. */
export interface BoardCredential {
  id: string;
  expires_at_ms: number | null;
}

/** The part of a WebSocket of workerd that is used here. */
export interface BoardSocket {
  send(data: string | Uint8Array): void;
  close(code: number, reason: string): void;
  serializeAttachment(value: unknown): void;
  deserializeAttachment(): unknown;
}

/** What the attachment needs of its object. */
export interface BoardPorts {
  /** All open sockets of the object. */
  sockets(): BoardSocket[];
  /** When the platform last answered a ping of the socket for us, real clock; null: never. */
  pingedAt(socket: BoardSocket): number | null;
  address(): NodeAddress;
  /** Tells the node's registrar of the board. */
  attach(board: AttachedBoard): Promise<unknown>;
  detach(session: string): Promise<unknown>;
  warn: Log["warn"];
}

/** What is attached to a socket. */
interface Attached {
  session: string;
  credential: BoardCredential;
  attached_at_ms: number;
  hello: Hello | null;
  /** When the registrar last took it into its list; null: not yet, so it gets no runs. */
  listed_at_ms: number | null;
  left: boolean;
  figures: BoardFigures | null;
}

interface Link {
  socket: BoardSocket;
  attached: Attached;
  session: BoardSession;
  /** Whether the registrar has been told that it is over. */
  isOver: boolean;
}

/** The board of one node's object. */
export class BoardAttachment {
  readonly #ports: BoardPorts;
  readonly #links = new Map<BoardSocket, Link>();
  readonly #waiting = new Map<string, (outcome: BoardOutcome) => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ports: BoardPorts) {
    this.#ports = ports;
  }

  /** Takes a new connection, which the platform has accepted. One before it is closed. */
  accept(socket: BoardSocket, credential: BoardCredential): void {
    const attached: Attached = {
      session: crypto.randomUUID(),
      credential,
      attached_at_ms: Date.now(),
      hello: null,
      listed_at_ms: null,
      left: false,
      figures: null,
    };
    for (const link of this.#all()) {
      if (link.socket === socket || link.attached.left) continue;
      this.#do(link, link.session.end("Another connection took its place", CLOSE.replaced));
    }
    socket.serializeAttachment(attached);
  }

  /** Takes a frame of a socket: text or bytes. */
  message(socket: BoardSocket, frame: string | ArrayBuffer): void {
    const link = this.#linkOf(socket);
    if (!link || this.#isOver(link)) return;
    const now = Date.now();
    this.#do(
      link,
      typeof frame === "string"
        ? link.session.text(frame, now)
        : link.session.binary(new Uint8Array(frame), now),
    );
  }

  /** Hears that a socket is closed or broken. */
  closed(socket: BoardSocket): void {
    const link = this.#linkOf(socket);
    if (!link) return;
    this.#do(link, link.session.end("The board has gone"));
    this.#unlist(link);
    this.#links.delete(socket);
  }

  /** Whether a board is there that runs what the node admits. */
  get isAttached(): boolean {
    return this.#current() !== null;
  }

  /** What the board that is attached has measured last; null: nothing, or there is none. */
  get figures(): BoardFigures | null {
    return this.#current()?.attached.figures ?? null;
  }

  /** Whether the board takes this run now: it is there, and has room. */
  takes(run: BoardRun): boolean {
    return this.#current()?.session.takes(bytesOf(run)) ?? false;
  }

  /**
   * Has the board run a model, for which takes() has been asked in this very turn.
   * @returns why there are no outputs, if the board goes, fails, is late, or answers wrongly
   */
  run(request: BoardRun): Promise<BoardOutcome> {
    const link = this.#current();
    if (!link) return Promise.resolve({ ok: false, why: "No board is attached" });
    const run = crypto.randomUUID();
    const outcome = new Promise<BoardOutcome>((settle) => this.#waiting.set(run, settle));
    this.#do(link, link.session.begin(run, request, Date.now()));
    return outcome;
  }

  /** Sends the board to the object that serves the node now; runs under way are finished here. */
  leave(): void {
    for (const link of this.#all()) {
      if (link.attached.left) continue;
      this.#keep(link, { left: true });
      this.#do(link, link.session.leave());
    }
  }

  /** Ends the connections of a key that was revoked. */
  revoke(key_id: string): void {
    for (const link of this.#all()) {
      if (link.attached.credential.id === key_id) this.#revoke(link);
    }
  }

  /**
   * Where the file of a model lies that a board has a run of.
   * @param key_id of the key that the board came with
   * @returns null if it has no such run
   */
  objectOf(key_id: string, sha256: string): string | null {
    const links = this.#all().filter(({ attached }) => attached.credential.id === key_id);
    return links.map(({ session }) => session.objectOf(sha256)).find((key) => key !== null) ?? null;
  }

  #all(): Link[] {
    return this.#ports.sockets().flatMap((socket) => this.#linkOf(socket) ?? []);
  }

  /** @returns null for a socket that was never accepted here */
  #linkOf(socket: BoardSocket): Link | null {
    const known = this.#links.get(socket);
    if (known) return known;
    const attached = socket.deserializeAttachment() as Attached | null;
    if (!attached) return null;
    const session = new BoardSession(this.#ports.address().node, attached.hello);
    if (attached.left) session.leave();
    const link = { socket, attached, session, isOver: attached.left };
    this.#links.set(socket, link);
    return link;
  }

  /** The newest connection, if it is live. */
  #current(): Link | null {
    const [newest] = this.#all()
      .filter(({ attached: { left, listed_at_ms } }) => !left && listed_at_ms !== null)
      .sort((a, b) => b.attached.attached_at_ms - a.attached.attached_at_ms);
    return newest && !this.#isOver(newest) ? newest : null;
  }

  /** Ends a connection whose key has expired or that has been silent for too long. */
  #isOver(link: Link): boolean {
    const { credential, attached_at_ms } = link.attached;
    const now = Date.now();
    if ((credential.expires_at_ms ?? Infinity) <= now) {
      this.#revoke(link);
      return true;
    }
    const heard = Math.max(attached_at_ms, this.#ports.pingedAt(link.socket) ?? 0);
    if (now - heard <= SILENT_MS) return false;
    this.#do(link, link.session.end("The board has been silent for too long", CLOSE.silent));
    return true;
  }

  #revoke(link: Link): void {
    this.#do(link, link.session.end("The board's key was revoked or has expired", CLOSE.revoked));
  }

  #do(link: Link, effects: readonly BoardEffect[]): void {
    for (const effect of effects) this.#doOne(link, effect);
    this.#watch();
  }

  #doOne(link: Link, effect: BoardEffect): void {
    switch (effect.kind) {
      case "say":
        return this.#send(link, [JSON.stringify(effect.message)]);
      case "send":
        return this.#send(link, framesOf(effect.run, effect.tensors));
      case "greeted":
        this.#keep(link, { hello: effect.hello });
        return this.#list(link);
      case "reported":
        this.#keep(link, { figures: withTemperature(link.attached.figures, effect.temperature_k) });
        if (Date.now() - (link.attached.listed_at_ms ?? 0) > RENEW_MS) this.#list(link);
        return;
      case "settled": {
        const { run, outcome } = effect;
        if (outcome.ok) this.#keep(link, { figures: figuresOf(outcome.measured) });
        else this.#ports.warn("A board did not run what it was asked", { error: outcome.why });
        this.#waiting.get(run)?.(outcome);
        this.#waiting.delete(run);
        return;
      }
      case "close":
        this.#unlist(link);
        try {
          link.socket.close(effect.code, effect.reason.slice(0, REASON_CHARS_MAX));
        } catch {
          // It has gone by itself.
        }
    }
  }

  #send(link: Link, frames: Iterable<string | Uint8Array>): void {
    try {
      for (const frame of frames) link.socket.send(frame);
    } catch (error) {
      // Its end will be heard as well, but who waits need not wait for that.
      this.#do(link, link.session.end(`The board has gone: ${(error as Error).message}`));
      this.#unlist(link);
    }
  }

  /** Has the registrar list the board; until it has, the board gets no runs. */
  #list(link: Link): void {
    const { session, attached_at_ms, hello } = link.attached;
    const { node, region } = this.#ports.address();
    const { runtime, energy_source, declared_w } = hello!;
    this.#ports.attach({
      node,
      session,
      region,
      attached_at_ms,
      runtime,
      energy_source,
      declared_w,
    }).then(
      () => this.#keep(link, { listed_at_ms: Date.now() }),
      (error) => this.#ports.warn("The registrar does not list the board yet", { error }),
    );
  }

  /** The connection is over, though its socket may still be closing. */
  #unlist(link: Link): void {
    if (link.isOver) return;
    link.isOver = true;
    this.#keep(link, { left: true });
    this.#ports.detach(link.attached.session)
      .catch((error) => this.#ports.warn("The registrar lists a board that has gone", { error }));
  }

  #keep(link: Link, change: Partial<Attached>): void {
    link.attached = { ...link.attached, ...change };
    try {
      link.socket.serializeAttachment(link.attached);
    } catch {
      // The socket has gone, and with it whoever would read this.
    }
  }

  /** One timer, for the run whose time is over first. */
  #watch(): void {
    clearTimeout(this.#timer);
    const due = Math.min(...[...this.#links.values()].map(({ session }) => session.due_ms));
    if (due === Infinity) return;
    this.#timer = setTimeout(() => {
      for (const link of [...this.#links.values()]) {
        this.#do(link, link.session.expire(Date.now()));
      }
    }, Math.max(0, due - Date.now()));
  }
}

const figuresOf = (measured: Measured): BoardFigures => ({ ...measured, at_ms: Date.now() });

function withTemperature(
  figures: BoardFigures | null,
  temperature_k: number | null,
): BoardFigures {
  const nothing = { wall_ms: null, energy_j: null, energy_source: null };
  return { ...(figures ?? nothing), temperature_k, at_ms: Date.now() };
}

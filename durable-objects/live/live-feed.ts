/**
 * Tells the pages of one tenant what its executions do. While a page is there, an alarm reads the newest
 * executions from the ledger and sends one message to all pages: what that costs grows neither with how much
 * the tenant asks nor, but for the sending, with how many pages look on. Without a page it sleeps.
 * A thin shell: feed.ts decides what is told.
 * @module
 */
import { DurableObject } from "cloudflare:workers";
import {
  LIVE_CLOSE,
  LIVE_EVERY_MS,
  LIVE_PING,
  LIVE_PONG,
  LIVE_SILENT_MS,
  type LiveMessage,
  SAMPLE_MAX,
} from "../../contract/live.ts";
import { logger } from "../../contract/log.ts";
import { settingsOf } from "../../contract/settings.ts";
import { openLedger } from "../../ledger/client.ts";
import { type NewestExecutions, readNewest } from "../../ledger/newest-executions.ts";
import { reasonOf } from "../../ledger/reason.ts";
import { ledgerCacheObject } from "../names.ts";
import { withDeadline } from "../../contract/deadline.ts";
import { advance, type FeedState, UNSEEN } from "./feed.ts";
import { type LiveArrival, type LiveCredential, readLiveRequest } from "./live-request.ts";

// More pages of one tenant than these would take the memory of the object, and its one thread to send.
const PAGES_MAX = 500;
// As an isolate asks again about a key (functions/middleware/auth.ts): a revoked one ends within 10 s.
const KEY_MS = 4_000;
// A ledger or a cache that hangs must not hold up the next look at the keys.
const ANSWER_MS_MAX = 3_000;

const STATE = "state";
const TENANT = "tenant_id";

const log = logger();

/** What is attached to a socket, so that it outlives the object in memory. */
interface Page extends Pick<LiveArrival, "credential" | "region"> {
  attached_at_ms: number;
  /** Whether the page was told welcome. */
  welcomed: boolean;
}

/** The feed of one tenant; the route gets it from liveFeedObject(). */
export class LiveFeed extends DurableObject<Env> {
  #alarm_at = -Infinity;
  #keys_at = -Infinity;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(LIVE_PING, LIVE_PONG));
  }

  /**
   * Takes a page's WebSocket, from liveRequest().
   * @returns 101 with the page's end of the socket, or 503 while there are as many pages as may be
   */
  override fetch(request: Request): Response {
    const arrival = readLiveRequest(request);
    if (!arrival) return new Response(null, { status: 400 });
    if (this.#sockets().length >= PAGES_MAX) return new Response(null, { status: 503 });
    const { tenant_id, credential, region } = arrival;
    const { 0: theirs, 1: ours } = new WebSocketPair();
    this.ctx.acceptWebSocket(ours);
    this.ctx.storage.kv.put(TENANT, tenant_id);
    keep(ours, { credential, region, attached_at_ms: Date.now(), welcomed: false });
    // Its welcome, which says from when on it misses nothing, comes with the next look at the ledger.
    this.#arm(this.#state().last === null ? 0 : LIVE_EVERY_MS);
    return new Response(null, { status: 101, webSocket: theirs });
  }

  /** Hears a page that says something: a page has nothing to say. */
  override webSocketMessage(socket: WebSocket): void {
    close(socket, LIVE_CLOSE.protocol, "A page says nothing but ping");
  }

  /**
   * Hears that a page's socket is being closed.
   * @param code as WebSocket has them
   */
  override webSocketClose(socket: WebSocket, code: number): void {
    // The other half of the closing handshake; 1005 and 1006 are for a close that named no code.
    close(socket, code === 1_005 || code === 1_006 ? 1_000 : code, "");
  }

  /** Looks at the keys and the ledger, and tells the pages. Never throws. */
  override async alarm(): Promise<void> {
    this.#alarm_at = -Infinity;
    try {
      const pages = this.#pages();
      if (pages.length === 0) {
        // The next page begins at its own time, not where the last one left.
        this.ctx.storage.kv.delete(STATE);
        return;
      }
      const before = this.#state();
      const [found] = await Promise.all([this.#look(before), this.#dropRevoked(pages)]);
      const { state, messages } = advance(before, found);
      if (state.last !== before.last || state.ledger !== before.ledger) {
        this.ctx.storage.kv.put(STATE, state);
      }
      this.#tell(messages, { type: "welcome", ledger: state.ledger, every_ms: LIVE_EVERY_MS });
    } catch (error) {
      log.warn("A live feed could not tell its pages", { error });
    } finally {
      if (this.#sockets().length > 0) this.#arm(LIVE_EVERY_MS);
    }
  }

  /** Sends all pages what there is; one that came since the last look is told welcome alone. */
  #tell(messages: readonly LiveMessage[], welcome: LiveMessage): void {
    const texts = messages.map((message) => JSON.stringify(message));
    const greeting = JSON.stringify(welcome);
    for (const { socket, page } of this.#pages()) {
      for (const text of page.welcomed ? texts : [greeting]) say(socket, text);
      if (!page.welcomed) keep(socket, { ...page, welcomed: true });
    }
  }

  /** @returns null if the ledger does not answer */
  async #look({ last, ledger: before }: FeedState): Promise<NewestExecutions | null> {
    const { url, token } = settingsOf(this.env).ledger;
    const tenant_id = this.ctx.storage.kv.get<string>(TENANT)!;
    const request = { tenant_id, after: last, sample_max: SAMPLE_MAX };
    try {
      const ledger = openLedger({ url, authToken: token });
      return await withDeadline(ANSWER_MS_MAX, readNewest(ledger, request));
    } catch (error) {
      // Once, not every other second of an outage.
      if (before === "here") {
        log.warn("A live feed got no answer of the ledger", { error: reasonOf(error) });
      }
      return null;
    }
  }

  /** Closes the sockets of pages whose credential is good no more; each is looked up once. */
  async #dropRevoked(pages: { socket: WebSocket; page: Page }[]): Promise<void> {
    if (Math.abs(Date.now() - this.#keys_at) < KEY_MS) return;
    this.#keys_at = Date.now();
    const byKey = Map.groupBy(pages, ({ page: { credential } }) => JSON.stringify(credential));
    await Promise.all([...byKey.values()].map(async (same) => {
      if (await this.#isLive(same[0].page)) return;
      for (const { socket } of same) {
        close(socket, LIVE_CLOSE.revoked, "The key was revoked, has expired or may not read");
      }
    }));
  }

  /** True, too, while no ledger cache can tell: the key was good when the page came. */
  async #isLive({ credential, region }: Pick<Page, "credential" | "region">): Promise<boolean> {
    if (credential.kind === "token") return true;
    try {
      return await withDeadline(ANSWER_MS_MAX, this.#find(credential, region));
    } catch (error) {
      log.warn("A live feed does not know whether a key is good", { error });
      return true;
    }
  }

  async #find(
    { kind, hash }: Exclude<LiveCredential, { kind: "token" }>,
    region: Page["region"],
  ): Promise<boolean> {
    const cache = ledgerCacheObject(this.env, { region, key_hash: hash });
    if (kind === "admin") return await cache.adminKey(hash) !== null;
    const key = await cache.key(hash);
    return key !== null && key.scopes.includes("read") &&
      key.tenant_id === this.ctx.storage.kv.get<string>(TENANT);
  }

  /** The pages that are there; one that has been silent for too long is closed. */
  #pages(): { socket: WebSocket; page: Page }[] {
    const now = Date.now();
    return this.#sockets().flatMap((socket) => {
      const page = socket.deserializeAttachment() as Page | null;
      if (!page) return [];
      const pinged = this.ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0;
      if (now - Math.max(page.attached_at_ms, pinged) <= LIVE_SILENT_MS) return { socket, page };
      close(socket, LIVE_CLOSE.silent, "The page has been silent for too long");
      return [];
    });
  }

  #sockets(): WebSocket[] {
    return this.ctx.getWebSockets().filter(({ readyState }) => readyState === WebSocket.OPEN);
  }

  #state(): FeedState {
    return this.ctx.storage.kv.get<FeedState>(STATE) ?? UNSEEN;
  }

  /**
   * Sets the alarm, unless one is set that comes sooner. An alarm further ahead than any wait was set before
   * the clock jumped back, and is set anew.
   */
  #arm(within_ms: number): void {
    const now = Date.now();
    const isSet = this.#alarm_at > now - LIVE_EVERY_MS && this.#alarm_at <= now + within_ms;
    if (isSet) return;
    this.#alarm_at = now + within_ms;
    void this.ctx.storage.setAlarm(this.#alarm_at);
  }
}

const keep = (socket: WebSocket, page: Page): void => socket.serializeAttachment(page);

function say(socket: WebSocket, text: string): void {
  try {
    socket.send(text);
  } catch {
    // It has gone, and its end will be heard.
  }
}

function close(socket: WebSocket, code: number, reason: string): void {
  try {
    socket.close(code, reason);
  } catch {
    // It has gone by itself.
  }
}

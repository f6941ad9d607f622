/**
 * Knows a share of the keys that are shown in its region, and the prices in force, so that a request
 * need not ask the ledger, and goes on while that is away.
 * A thin shell: what holds for how long is decided in stale-if-error.ts.
 * @module
 */
import { DurableObject } from "cloudflare:workers";
import { logger } from "../../contract/log.ts";
import { settingsOf } from "../../contract/settings.ts";
import { findLiveAdminKey, type LiveAdminKey } from "../../ledger/admin-keys.ts";
import { type Ledger, openLedger } from "../../ledger/client.ts";
import { findLiveKey, type LiveKey } from "../../ledger/keys.ts";
import { listPrices } from "../../ledger/prices.ts";
import { reasonOf } from "../../ledger/reason.ts";
import { hasWholeSchema } from "../../ledger/schema-probe.ts";
import type { PriceList } from "../../mesh/billing/receipt.ts";
import { migrate } from "../shared/migrate.ts";
import { LEDGER_CACHE_MIGRATIONS } from "./migrations.ts";
import { StaleIfError } from "./stale-if-error.ts";
import { UnknownKeys } from "./unknown-keys.ts";

const PRICES = "prices";
const SCHEMA = "schema";

/** Why the ledger failed, without the values that it was asked with. */
const tell = (error: unknown): never => {
  throw new Error(reasonOf(error));
};

export class LedgerCache extends DurableObject<Env> {
  readonly #known: StaleIfError;
  readonly #unknown = new UnknownKeys();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, LEDGER_CACHE_MIGRATIONS);
    this.#known = new StaleIfError({ sql: ctx.storage.sql, warn: logger().warn });
  }

  /** The key of this hash; null if it is unknown, revoked or expired. */
  async key(hash: string): Promise<LiveKey | null> {
    return await this.#live(`key:${hash}`, () => findLiveKey(this.#ledger(), hash, Date.now()));
  }

  /** The admin key of this hash; null if it is unknown, revoked or expired. */
  async adminKey(hash: string): Promise<LiveAdminKey | null> {
    return await this.#live(
      `admin:${hash}`,
      () => findLiveAdminKey(this.#ledger(), hash, Date.now()),
    );
  }

  /** A key of this hash was made: it opens at once, also while a flood of made-up ones is kept out. */
  announce(kind: "key" | "admin", hash: string): void {
    this.#unknown.announce(`${kind}:${hash}`);
  }

  async prices(): Promise<PriceList[]> {
    return await this.#known.of(PRICES, () => listPrices(this.#ledger()).catch(tell), Date.now) ??
      [];
  }

  /** Whether an inference finds here what it needs of the ledger, though that may be away by now. */
  async readiness(): Promise<"ready" | "unheard" | "behind"> {
    try {
      const ask = async () => await hasWholeSchema(this.#ledger()) ? { whole: true } : null;
      const schema = await this.#known.of(SCHEMA, () => ask().catch(tell), Date.now);
      if (!schema) return "behind";
      await this.prices();
      return "ready";
    } catch (error) {
      logger().warn("The ledger has not been heard of", { error });
      return "unheard";
    }
  }

  /** A key was revoked or rotated, or a tenant's limits changed: what is known of it is no longer so. */
  forget(field: "id" | "tenant_id", value: string): void {
    this.#known.forget(field, value);
  }

  /** There is a new price list. */
  async renewPrices(): Promise<void> {
    await this.#known.renew(PRICES, () => listPrices(this.#ledger()).catch(tell), Date.now);
  }

  async #live<K extends LiveKey | LiveAdminKey>(
    name: string,
    find: () => Promise<K | null>,
  ): Promise<K | null> {
    if (!this.#known.knows(name)) {
      if (this.#unknown.has(name, Date.now())) return null;
      // Thrown, as by a ledger that is away: whose key it is is not known just now.
      if (!this.#unknown.admits(name, Date.now())) {
        throw new Error("Too many unknown keys are shown");
      }
    }
    const key = await this.#known.of(name, () => find().catch(tell), Date.now);
    if (key === null) this.#unknown.note(name, Date.now());
    return (key?.expires_at_ms ?? Infinity) > Date.now() ? key : null;
  }

  #ledger(): Ledger {
    const { url, token } = settingsOf(this.env).ledger;
    return openLedger({ url, authToken: token });
  }
}

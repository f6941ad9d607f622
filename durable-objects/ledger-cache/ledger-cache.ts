/**
 * Knows a share of the keys that callers show in its region, and the prices in force, so that a
 * request need not ask the ledger, and is served while the ledger is away.
 * A thin shell: stale-if-error.ts decides how long an answer of the ledger holds.
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
import type { PriceList } from "../../mesh/billing/receipt.ts";
import { migrate } from "../shared/migrate.ts";
import { LEDGER_CACHE_MIGRATIONS } from "./migrations.ts";
import { StaleIfError } from "./stale-if-error.ts";

const PRICES = "prices";

/** Rethrows why the ledger failed, without the values that it was asked with. */
const tell = (error: unknown): never => {
  throw new Error(reasonOf(error));
};

/**
 * The object that caches keys and prices; callers get it from ledgerCacheObject() or
 * allLedgerCaches().
 */
export class LedgerCache extends DurableObject<Env> {
  readonly #known: StaleIfError;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, LEDGER_CACHE_MIGRATIONS);
    this.#known = new StaleIfError({ sql: ctx.storage.sql, warn: logger().warn });
  }

  /**
   * The API key of a hash. What the ledger said up to four seconds ago holds, and while it is away,
   * up to a day ago. Rejects if nothing of the last day is known and the ledger does not answer.
   * @param hash SHA-256 of the whole key, hexadecimal
   * @returns null if the key is unknown, revoked or expired
   */
  async key(hash: string): Promise<LiveKey | null> {
    const key = await this.#known.of(
      `key:${hash}`,
      () => findLiveKey(this.#ledger(), hash, Date.now()).catch(tell),
      Date.now,
    );
    return (key?.expires_at_ms ?? Infinity) > Date.now() ? key : null;
  }

  /**
   * The admin key of a hash; holds and rejects as key() does.
   * @param hash SHA-256 of the whole key, hexadecimal
   * @returns null if the key is unknown, revoked or expired
   */
  async adminKey(hash: string): Promise<LiveAdminKey | null> {
    const key = await this.#known.of(
      `admin:${hash}`,
      () => findLiveAdminKey(this.#ledger(), hash, Date.now()).catch(tell),
      Date.now,
    );
    return (key?.expires_at_ms ?? Infinity) > Date.now() ? key : null;
  }

  /**
   * All price lists, the oldest first; empty before the first list. Holds and rejects as key()
   * does.
   */
  async prices(): Promise<PriceList[]> {
    return await this.#known.of(PRICES, () => listPrices(this.#ledger()).catch(tell), Date.now) ??
      [];
  }

  /**
   * Forgets cached keys, since they have changed in the ledger: a key was revoked or rotated, or
   * its tenant's limits were set.
   * @param value the key's id, or the tenant's
   */
  forget(field: "id" | "tenant_id", value: string): void {
    this.#known.forget(field, value);
  }

  /**
   * Reads the price lists anew, since there is a new one. Rejects if the ledger does not answer:
   * then the cached lists hold.
   */
  async renewPrices(): Promise<void> {
    await this.#known.renew(PRICES, () => listPrices(this.#ledger()).catch(tell), Date.now);
  }

  #ledger(): Ledger {
    const { url, token } = settingsOf(this.env).ledger;
    return openLedger({ url, authToken: token });
  }
}

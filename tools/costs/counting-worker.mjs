/**
 * The mesh's worker with a counter around it: of calls of objects, alarms, rows, files of the bucket, and the
 * time in which objects are active. The mesh's own code stays as it is bundled. Text, for workerd alone.
 * @module
 */
// @ts-ignore: the bundle, which is beside it in workerd alone.
import * as mesh from "./worker.js";

/** Where the counts are read; no route of the mesh. */
const PATH = "/counts";

/** Sums since the worker began, by what is counted and of which class of objects. */
const counts = {};

function count(what, of, by = 1) {
  (counts[what] ??= {})[of] = (counts[what][of] ?? 0) + by;
}

/** The last cursor of each database: its rows are known once the next statement begins. */
const cursors = new Map();

function settle(sql) {
  const last = cursors.get(sql);
  if (!last) return;
  cursors.delete(sql);
  count("rows_read", last.of, last.cursor.rowsRead);
  count("rows_written", last.of, last.cursor.rowsWritten);
}

function replace(target, name, make) {
  const own = target[name].bind(target);
  Object.defineProperty(target, name, { value: make(own), configurable: true });
}

/** Wraps what an object's code asks of its storage. */
function watchStorage({ storage }, of) {
  const { sql } = storage;
  replace(sql, "exec", (exec) => (...args) => {
    settle(sql);
    const cursor = exec(...args);
    cursors.set(sql, { of, cursor });
    return cursor;
  });
  // Keys and values lie in a table that nobody sees.
  replace(storage.kv, "get", (get) => (...args) => {
    count("rows_read", of);
    return get(...args);
  });
  replace(storage.kv, "put", (put) => (...args) => {
    count("rows_written", of);
    return put(...args);
  });
  replace(storage, "setAlarm", (setAlarm) => (...args) => {
    count("rows_written", of);
    count("alarms_set", of);
    return setAlarm(...args);
  });
}

const watched = new WeakSet();

/** Wraps the bindings through which calls and files are asked for. */
function watchBindings(env) {
  if (watched.has(env)) return;
  watched.add(env);
  for (const [binding, value] of Object.entries(env)) {
    if (value === null || typeof value !== "object" || watched.has(value)) continue;
    watched.add(value);
    if ("getByName" in value) {
      replace(value, "getByName", (get) => (...args) => counted(get(...args), binding));
    } else if (binding === "MODELS") {
      for (const name of ["get", "head"]) watchFiles(value, name, "r2_class_b");
      for (const name of ["put", "list", "createMultipartUpload"]) {
        watchFiles(value, name, "r2_class_a");
      }
    } else if (binding === "LOADER") {
      replace(value, "get", (get) => (...args) => {
        count("sandbox_requests", binding);
        return get(...args);
      });
    }
  }
}

const watchFiles = (bucket, name, what) =>
  replace(bucket, name, (ask) => (...args) => {
    count(what, name);
    return ask(...args);
  });

/** A stub whose calls are counted. */
const counted = (stub, binding) =>
  new Proxy(stub, {
    get(target, name) {
      if (typeof name !== "string" || ["then", "id", "name"].includes(name)) return target[name];
      return (...args) => {
        count("calls", `${binding}.${name}`);
        return target[name](...args);
      };
    },
  });

/** The time in which an object has anything to do: calls, alarms, and what goes on behind an answer. */
class Activity {
  #of;
  #under_way = 0;
  #since = 0;

  constructor(of) {
    this.#of = of;
  }

  during(work) {
    if (this.#under_way++ === 0) this.#since = performance.now();
    const end = () => {
      if (--this.#under_way === 0) count("active_ms", this.#of, performance.now() - this.#since);
    };
    try {
      const result = work();
      if (typeof result?.then !== "function") {
        end();
        return result;
      }
      return Promise.resolve(result).finally(end);
    } catch (error) {
      end();
      throw error;
    }
  }
}

function counting(of, Class) {
  class Counting extends Class {
    constructor(ctx, env) {
      const activity = new Activity(of);
      watchBindings(env);
      watchStorage(ctx, of);
      replace(ctx, "waitUntil", (waitUntil) => (promise) => {
        waitUntil(promise);
        activity.during(() => Promise.resolve(promise).catch(() => {}));
      });
      super(ctx, env);
      count("objects_made", of);
      activities.set(this, activity);
    }
  }
  for (const name of Object.getOwnPropertyNames(Class.prototype)) {
    const { value: method } = Object.getOwnPropertyDescriptor(Class.prototype, name);
    if (name === "constructor" || typeof method !== "function") continue;
    Counting.prototype[name] = function (...args) {
      if (name === "alarm") count("alarms", of);
      return activities.get(this).during(() => method.apply(this, args));
    };
  }
  return Counting;
}

const activities = new WeakMap();

export const AlmanacKeeper = counting("AlmanacKeeper", mesh.AlmanacKeeper);
export const Collector = counting("Collector", mesh.Collector);
export const IdempotencyStore = counting("IdempotencyStore", mesh.IdempotencyStore);
export const LedgerCache = counting("LedgerCache", mesh.LedgerCache);
export const OrbitalNode = counting("OrbitalNode", mesh.OrbitalNode);
export const Registrar = counting("Registrar", mesh.Registrar);
export const Tenant = counting("Tenant", mesh.Tenant);

export default {
  fetch(request, env, ctx) {
    watchBindings(env);
    if (new URL(request.url).pathname === PATH) {
      for (const sql of [...cursors.keys()]) settle(sql);
      return Response.json(counts);
    }
    count("worker_requests", "fetch");
    return mesh.default.fetch(request, env, ctx);
  },
};

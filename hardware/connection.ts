/**
 * One WebSocket from a board to its node's object, from hello to its end. The board opens it; nothing
 * ever connects to the board.
 * @module
 */
import {
  BOARD_PROTOCOL,
  CLOSE,
  type FromBoard,
  PING,
  PING_MS,
  PONG,
  readMessage,
  REPORT_MS,
  ToBoard,
} from "../contract/board.ts";
import type { Runner } from "./runner.ts";
import { Runs } from "./runs.ts";
import type { Sensors } from "./sensors.ts";

// Runs are done one at a time: more of them only wait here.
const IN_FLIGHT = 4;

/** What a connection needs to be made. */
export interface ConnectionOptions {
  /** Of the node's board socket: ws: or wss:. */
  url: string;
  key: string;
  runner: Runner;
  sensors: Sensors;
  /** Called once the mesh has taken the board. */
  attached(): void;
  /** Called if another object serves the node: connect again, while this connection finishes its runs. */
  moved(): void;
}

/** How a connection ended: the code and the reason of the WebSocket; 1006 if it never came to be. */
export interface Ended {
  code: number;
  reason: string;
}

/**
 * Connects, and serves until the connection ends.
 * @param signal ends it from here
 */
export function connect(options: ConnectionOptions, signal: AbortSignal): Promise<Ended> {
  const { url, key, runner, sensors } = options;
  const socket = new WebSocket(url, { headers: { Authorization: `Bearer ${key}` } });
  socket.binaryType = "arraybuffer";
  const send = (frame: string | Uint8Array<ArrayBuffer>) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(frame);
  };
  const say = (message: FromBoard) => send(JSON.stringify(message));
  const runs = new Runs({
    runner,
    sensors,
    send: (frame) => send(frame as string | Uint8Array<ArrayBuffer>),
  });
  const timers = [
    setInterval(() => send(PING), PING_MS),
    setInterval(
      () => say({ type: "report", temperature_k: sensors.temperature() }),
      REPORT_MS,
    ),
  ];
  const close = () => socket.close(1_000, "The board is shut down");
  signal.addEventListener("abort", close);
  return new Promise((resolve) => {
    let problem = "";
    socket.onopen = () => {
      if (signal.aborted) return close();
      say({
        type: "hello",
        protocol: BOARD_PROTOCOL,
        runtime: runner.name.slice(0, 64),
        in_flight_max: IN_FLIGHT,
        energy_source: sensors.energy_source,
        declared_w: sensors.declared_w,
      });
    };
    socket.onmessage = ({ data }) => {
      if (typeof data !== "string") return runs.frame(new Uint8Array(data));
      if (data === PONG) return;
      const message = readMessage(ToBoard, data);
      if (!message) return socket.close(CLOSE.protocol, "The mesh said what the board cannot read");
      if (message.type === "welcome") return options.attached();
      if (message.type === "moved") return options.moved();
      if (message.type === "cancel") return runs.cancel(message.run);
      runs.take(message);
    };
    socket.onerror = (event) => {
      problem = (event as ErrorEvent).message ?? "";
    };
    socket.onclose = ({ code, reason }) => {
      for (const timer of timers) clearInterval(timer);
      signal.removeEventListener("abort", close);
      resolve({ code, reason: reason || problem });
    };
  });
}

/**
 * A page's live socket for tests: everything that it hears, and how it ended.
 * @module
 */
import {
  BEARER_PROTOCOL,
  LIVE_PROTOCOL,
  type LiveExecution,
  type LiveMessage,
  type LiveNews,
} from "../../contract/live.ts";
import { within } from "./within.ts";

export interface LivePage extends AsyncDisposable {
  socket: WebSocket;
  messages: LiveMessage[];
  /** The code of its end; null while it is open. */
  ended: number | null;
  news(): LiveNews[];
  /** Waits until a sample has told of an execution. */
  told(id: string): Promise<LiveExecution>;
}

/**
 * Opens the live socket as a browser does, and waits for its welcome.
 * @param mesh the URL of a mesh
 */
export async function openLive(mesh: string, key: string, query = ""): Promise<LivePage> {
  const url = `${mesh.replace(/^http/, "ws")}/v1/live${query}`;
  const socket = new WebSocket(url, [LIVE_PROTOCOL, `${BEARER_PROTOCOL}${key}`]);
  const messages: LiveMessage[] = [];
  const news = () => messages.flatMap((one) => one.type === "news" ? [one] : []);
  const page: LivePage = {
    socket,
    messages,
    ended: null,
    news,
    told: (id) =>
      within(
        20_000,
        `live news of ${id}`,
        () => news().flatMap(({ sample }) => sample).find((one) => one.id === id) ?? null,
      ),
    async [Symbol.asyncDispose]() {
      socket.close();
      await within(
        5_000,
        "the end of a live socket",
        () => socket.readyState === WebSocket.CLOSED || null,
      );
    },
  };
  socket.onmessage = ({ data }) => messages.push(JSON.parse(data));
  socket.onclose = ({ code }) => page.ended = code;
  await within(20_000, "its welcome", () => {
    if (page.ended !== null) throw new Error(`The live socket ended: ${page.ended}`);
    return messages.length > 0 || null;
  });
  return page;
}

import { createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A whole request as it came over the wire. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Which connection it came on: 0 is the first that was opened. */
  readonly connection: number;
}

/** What a test does with the connection that the measured request came on. */
export class Peer {
  readonly socket: Socket;
  readonly request: ReceivedRequest;

  constructor(socket: Socket, request: ReceivedRequest) {
    this.socket = socket;
    this.request = request;
  }

  get open(): boolean {
    return !this.socket.destroyed && this.socket.writable;
  }

  /** Bytes exactly as given; waits while the other side does not read. */
  async send(bytes: string | Uint8Array): Promise<void> {
    if (!this.open || this.socket.write(bytes)) return;
    await new Promise<void>((resolve) => {
      const free = (): void => {
        this.socket.off("drain", free).off("close", free);
        resolve();
      };
      this.socket.once("drain", free).once("close", free);
    });
  }

  head(status: number, headers: Readonly<Record<string, string>> = {}): Promise<void> {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return this.send(`HTTP/1.1 ${status} Status\r\n${lines.join("")}\r\n`);
  }

  /** The head of a proper stream; its body follows in chunks. */
  streamHead(headers: Readonly<Record<string, string>> = {}): Promise<void> {
    return this.head(200, {
      "content-type": "text/event-stream",
      "transfer-encoding": "chunked",
      ...headers,
    });
  }

  /** One HTTP chunk of the body. */
  chunk(data: string | Uint8Array): Promise<void> {
    const bytes = typeof data === "string" ? Buffer.from(data) : data;
    const size = Buffer.from(`${bytes.byteLength.toString(16)}\r\n`);
    return this.send(Buffer.concat([size, bytes, Buffer.from("\r\n")]));
  }

  /** The last chunk: the body is complete, the connection may be used again. */
  endChunks(): Promise<void> {
    return this.send("0\r\n\r\n");
  }

  /** A whole response with a length, as error bodies come. */
  async respond(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.head(status, {
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(body)),
      ...headers,
    });
    await this.send(body);
  }

  /** Closes the way a crash or a load balancer does: with a RST. */
  reset(): void {
    this.socket.resetAndDestroy();
  }
}

export type Misbehaviour = (peer: Peer) => void | Promise<void>;

export interface HostileServer {
  readonly baseUrl: string;
  /** Requests to anything but /chat/completions or /messages. */
  readonly warmups: ReceivedRequest[];
  readonly measured: ReceivedRequest[];
  /** How many connections were ever opened. */
  readonly connections: number;
  /** Resolves once the connection of the measured request is closed; rejects after `withinMs`. */
  freed(withinMs?: number): Promise<void>;
  stop(): Promise<void>;
}

const answerModels: Misbehaviour = (peer) => peer.respond(200, '{"object":"list","data":[]}');

/** A server on raw sockets that answers the warm-up properly and the measured request as the test says. */
export async function startHostileServer(
  misbehave: Misbehaviour,
  warmUp: Misbehaviour = answerModels,
): Promise<HostileServer> {
  const open = new Map<number, Socket>();
  const warmups: ReceivedRequest[] = [];
  const measured: ReceivedRequest[] = [];
  let connections = 0;

  const server = createServer({ noDelay: true }, (socket) => {
    const connection = connections++;
    open.set(connection, socket);
    socket.on("close", () => open.delete(connection));
    // A reset by the other side is what many of these tests expect.
    socket.on("error", () => undefined);
    let received = "";
    socket.setEncoding("latin1").on("data", (text) => {
      received += text;
      const request = takeRequest(received, connection);
      if (request === null) return;
      received = "";
      const isMeasured = /\/(chat\/completions|messages)$/.test(request.path);
      (isMeasured ? measured : warmups).push(request);
      const handle = isMeasured ? misbehave : warmUp;
      void Promise.resolve(handle(new Peer(socket, request))).catch((error: unknown) => {
        socket.destroy(error instanceof Error ? error : new Error(String(error)));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port");

  return {
    baseUrl: `http://127.0.0.1:${address.port}/v1`,
    warmups,
    measured,
    get connections() {
      return connections;
    },
    async freed(withinMs = 1_500) {
      const deadline = performance.now() + withinMs;
      while (measured.some(({ connection }) => open.has(connection))) {
        if (performance.now() > deadline) throw new Error("the measured connection is still open");
        await sleep(5);
      }
    },
    async stop() {
      for (const socket of open.values()) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The request once all of it is there. Bodies carry a length: the probe sends a string. */
function takeRequest(received: string, connection: number): ReceivedRequest | null {
  const end = received.indexOf("\r\n\r\n");
  if (end === -1) return null;
  const [start = "", ...lines] = received.slice(0, end).split("\r\n");
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(":");
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const body = received.slice(end + 4);
  if (body.length < Number(headers["content-length"] ?? 0)) return null;
  const [method = "", path = ""] = start.split(" ");
  return { method, path, headers, body: Buffer.from(body, "latin1").toString(), connection };
}

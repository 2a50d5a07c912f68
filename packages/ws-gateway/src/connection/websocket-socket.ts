import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { ConnectionSocket, SocketHandlers } from '../ports/socket.ts';

/** After a protocol error ws goes on reading until its close timeout: the socket is cut earlier. */
const ERROR_GRACE_MS = 200;

// The parts of ws 8.23's receiver that have no public door. The version is pinned, tests hold the names.
interface ReceiverInternals {
  _maxPayload: number;
  readonly _state: number;
  readonly _bufferedBytes: number;
  readonly _fragmented: number;
}

function receiverOf(socket: WebSocket): ReceiverInternals | undefined {
  // See ReceiverInternals.
  return (
    (socket as unknown as { readonly _receiver: ReceiverInternals | null })._receiver ?? undefined
  );
}

/** Copying this much is cheaper than a write of many chunks. */
const MAX_COPY_BYTES = 16_384;

function isSmall(frames: readonly Buffer[]): boolean {
  let bytes = 0;
  for (const frame of frames) bytes += frame.length;
  return bytes <= MAX_COPY_BYTES;
}

function writeCorked(stream: Duplex, frames: readonly Buffer[]): void {
  stream.cork();
  for (const frame of frames) stream.write(frame);
  stream.uncork();
}

class WebSocketSocket implements ConnectionSocket {
  readonly #webSocket: WebSocket;
  readonly #stream: Duplex;

  constructor(webSocket: WebSocket, stream: Duplex) {
    this.#webSocket = webSocket;
    this.#stream = stream;
  }

  bind(handlers: SocketHandlers): void {
    const webSocket = this.#webSocket;
    const onControlFrame = (): void => handlers.onControlFrame();
    // Once a full buffer is empty; a callback for each write costs a tenth of the write.
    this.#stream.on('drain', () => handlers.onDrain());
    webSocket.on('message', (data, isBinary) => {
      // binaryType is nodebuffer, so a message is one Buffer.
      handlers.onMessage(data as Buffer, isBinary);
    });
    webSocket.on('ping', onControlFrame);
    webSocket.on('pong', onControlFrame);
    webSocket.on('error', () => {
      setTimeout(() => webSocket.terminate(), ERROR_GRACE_MS).unref();
    });
    webSocket.on('close', (code) => handlers.onClosed(code));
  }

  write(frames: readonly Buffer[]): void {
    const stream = this.#stream;
    if (this.#webSocket.readyState !== OPEN || !stream.writable) return;
    const [first] = frames;
    if (first === undefined) return;
    // One chunk is the cheapest write.
    if (frames.length === 1) stream.write(first);
    else if (isSmall(frames)) stream.write(Buffer.concat(frames));
    else writeCorked(stream, frames);
  }

  get bufferedBytes(): number {
    return this.#stream.writableLength;
  }

  get midMessage(): boolean {
    const receiver = receiverOf(this.#webSocket);
    if (receiver === undefined) return false;
    return receiver._state !== 0 || receiver._bufferedBytes > 0 || receiver._fragmented !== 0;
  }

  setMaxFrameBytes(maxFrameBytes: number): void {
    const receiver = receiverOf(this.#webSocket);
    if (receiver !== undefined) receiver._maxPayload = maxFrameBytes;
  }

  close(code: number, reason: string): void {
    this.#webSocket.close(code, reason);
  }

  terminate(): void {
    this.#webSocket.terminate();
  }
}

/** WebSocket.OPEN. */
const OPEN = 1;

/** Binds an accepted WebSocket and the TCP or TLS stream under it. Ready frames go to the stream itself. */
export function createWebSocketSocket(webSocket: WebSocket, stream: Duplex): ConnectionSocket {
  return new WebSocketSocket(webSocket, stream);
}

import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { ConnectionSocket } from '../ports/socket.ts';

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

/** Binds an accepted WebSocket and the TCP or TLS stream under it. Ready frames go to the stream itself. */
export function createWebSocketSocket(webSocket: WebSocket, stream: Duplex): ConnectionSocket {
  let drainListener: (() => void) | undefined;

  return {
    bind(handlers) {
      // Once a full buffer is empty; a callback for each write costs a tenth of the write.
      stream.on('drain', () => drainListener?.());
      drainListener = handlers.onDrain;
      webSocket.on('message', (data, isBinary) => {
        // binaryType is nodebuffer, so a message is one Buffer.
        handlers.onMessage(data as Buffer, isBinary);
      });
      webSocket.on('ping', handlers.onControlFrame);
      webSocket.on('pong', handlers.onControlFrame);
      webSocket.on('error', () => {
        setTimeout(() => webSocket.terminate(), ERROR_GRACE_MS).unref();
      });
      webSocket.on('close', (code) => {
        drainListener = undefined;
        handlers.onClosed(code);
      });
    },
    write(frames) {
      if (webSocket.readyState !== webSocket.OPEN || !stream.writable) return;
      const [first] = frames;
      if (first === undefined) return;
      // One chunk is the cheapest write.
      if (frames.length === 1) stream.write(first);
      else if (isSmall(frames)) stream.write(Buffer.concat(frames));
      else writeCorked(stream, frames);
    },
    get bufferedBytes() {
      return stream.writableLength;
    },
    get midMessage() {
      const receiver = receiverOf(webSocket);
      if (receiver === undefined) return false;
      return receiver._state !== 0 || receiver._bufferedBytes > 0 || receiver._fragmented !== 0;
    },
    setMaxFrameBytes(maxFrameBytes) {
      const receiver = receiverOf(webSocket);
      if (receiver !== undefined) receiver._maxPayload = maxFrameBytes;
    },
    close: (code, reason) => webSocket.close(code, reason),
    terminate: () => webSocket.terminate(),
  };
}

import { WebSocket } from 'ws';
import type { OpenSocket } from './transport.ts';

const CLOSE_TIMEOUT_MS = 2_000;
const HANDSHAKE_TIMEOUT_MS = 10_000;
// Far above the 64 KiB of a frame, so that a batch of entries always fits.
const MAX_MESSAGE_BYTES = 8_388_608;

/** Opens a WebSocket of the `ws` library. */
export const openSocket: OpenSocket = (url, subprotocol, handlers) => {
  let socket: WebSocket | undefined;
  let ended = false;
  let fault = '';
  const end = (code: number, reason: string): void => {
    if (ended) return;
    ended = true;
    handlers.onClose(code, reason);
  };
  try {
    socket = new WebSocket(url, subprotocol, {
      perMessageDeflate: false,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      maxPayload: MAX_MESSAGE_BYTES,
    });
  } catch (error) {
    queueMicrotask(() => end(1006, error instanceof Error ? error.message : 'bad address'));
  }
  if (socket !== undefined) {
    socket.binaryType = 'nodebuffer';
    socket.on('open', () => {
      if (!ended) handlers.onOpen();
    });
    socket.on('message', (data, isBinary) => {
      // With 'nodebuffer' a message is one Buffer.
      if (!ended && isBinary) handlers.onMessage(data as Buffer);
    });
    socket.on('error', (error) => {
      fault = error.message;
    });
    socket.on('close', (code, reason) => end(code, reason.toString() || fault));
  }
  return {
    send(bytes) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(bytes);
    },
    close(code, reason) {
      const timer = setTimeout(() => socket?.terminate(), CLOSE_TIMEOUT_MS);
      timer.unref();
      socket?.once('close', () => clearTimeout(timer));
      socket?.close(code, reason);
    },
  };
};

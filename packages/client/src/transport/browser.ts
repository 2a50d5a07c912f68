import type { OpenSocket } from './transport.ts';

// A browser waits up to a minute for the peer's closing frame; a dead network never gives one.
const CLOSE_TIMEOUT_MS = 2_000;

/** Opens a WebSocket of the platform. */
export const openSocket: OpenSocket = (url, subprotocol, handlers) => {
  let socket: WebSocket | undefined;
  let ended = false;
  let closing: ReturnType<typeof setTimeout> | undefined;
  const end = (code: number, reason: string): void => {
    if (ended) return;
    ended = true;
    clearTimeout(closing);
    handlers.onClose(code, reason);
  };
  try {
    socket = new WebSocket(url, subprotocol);
  } catch (error) {
    queueMicrotask(() => end(1006, error instanceof Error ? error.message : 'bad address'));
  }
  if (socket !== undefined) {
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () => {
      if (!ended) handlers.onOpen();
    });
    socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (!ended && data instanceof ArrayBuffer) handlers.onMessage(new Uint8Array(data));
    });
    socket.addEventListener('close', (event) => end(event.code, event.reason));
  }
  return {
    send(bytes) {
      // The view is over memory of our own, never shared between threads.
      if (socket?.readyState === 1) socket.send(bytes as Uint8Array<ArrayBuffer>);
    },
    close(code, reason) {
      // A page may give 1000 and 3000-4999 only.
      socket?.close(code >= 3000 ? code : 1000, reason);
      if (!ended) closing ??= setTimeout(() => end(1006, 'not closed in time'), CLOSE_TIMEOUT_MS);
    },
  };
};

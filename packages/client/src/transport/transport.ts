/** What the holder of a socket hears: `onOpen` at most once and first, `onClose` exactly once and last. */
export interface SocketHandlers {
  onOpen(): void;
  /** One whole message. The bytes belong to the receiver. */
  onMessage(bytes: Uint8Array): void;
  /** The socket is gone, whoever closed it. 1006 = lost, or never opened. */
  onClose(code: number, reason: string): void;
}

/** One binary message socket. */
export interface Socket {
  /** Sends one message; nothing happens when the socket is not open. */
  send(bytes: Uint8Array): void;
  /** Starts to close; `onClose` follows, also when the peer is silent. */
  close(code: number, reason: string): void;
}

/** Opens a socket. Never throws: a bad address ends in `onClose`. No handler runs before it returns. */
export type OpenSocket = (url: string, subprotocol: string, handlers: SocketHandlers) => Socket;

/** What a connection hears from its socket. Calls come in wire order, none after `onClosed`. */
export interface SocketHandlers {
  /** One whole WebSocket message. The buffer belongs to the receiver. */
  onMessage(data: Buffer, isBinary: boolean): void;
  /** The peer's WebSocket ping or pong. */
  onControlFrame(): void;
  /** Bytes have left: `bufferedBytes` is small again. */
  onDrain(): void;
  /** The socket is gone, whoever closed it; last call. */
  onClosed(code: number): void;
}

/**
 * What a connection needs of a WebSocket. Reading is never paused: credits and
 * cancels must always get through.
 */
export interface ConnectionSocket {
  /** Takes the handlers; called once, before the first message is delivered. */
  bind(handlers: SocketHandlers): void;
  /** Writes ready WebSocket frames (headers included) in one go. The buffers may be shared and are never changed. */
  write(frames: readonly Buffer[]): void;
  /** Bytes accepted by `write` that have not left the process. */
  readonly bufferedBytes: number;
  /** True while the peer has begun a WebSocket message and not finished it. */
  readonly midMessage: boolean;
  /** Largest message that the peer may send from the next frame on. */
  setMaxFrameBytes(maxFrameBytes: number): void;
  /** Starts the closing handshake; ends in `onClosed` within the close timeout. */
  close(code: number, reason: string): void;
  /** Destroys the socket at once; `onClosed` follows. */
  terminate(): void;
}

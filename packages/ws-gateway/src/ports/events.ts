/** What the bridge reports for metrics. Labels are of low cardinality. */
export interface BridgeEvents {
  connectionOpened(): void;
  connectionClosed(code: number): void;
  frameReceived(bytes: number): void;
  framesWritten(frames: number, bytes: number): void;
  callStarted(method: string): void;
  callEnded(method: string, statusCode: number, fromGateway: boolean, durationMs: number): void;
  /** A frame was refused; `rule` is a name of a closed set. */
  frameRefused(rule: string): void;
}

/** Counts nothing. */
export const silentEvents: BridgeEvents = {
  connectionOpened: () => undefined,
  connectionClosed: () => undefined,
  frameReceived: () => undefined,
  framesWritten: () => undefined,
  callStarted: () => undefined,
  callEnded: () => undefined,
  frameRefused: () => undefined,
};

/** What a connection presents to open its session. */
export interface SessionRequest {
  /** Bearer token; empty = anonymous, then nothing is attached anywhere. */
  readonly token: string;
  /** `Hello.client`. */
  readonly client: string;
  readonly remoteAddress: string;
}

/** Where the credential of a session stands. */
export interface SessionState {
  /** Whose token it is; empty = anonymous. A refresh must not change it. */
  readonly principal: string;
  /** Name of the login, told in Welcome; empty = the connection makes one up. */
  readonly sessionId: string;
  /** What is left of the token's life; 0 = it does not expire. */
  readonly accessExpiresInMs: number;
}

/** One accepted session. Belongs to the connection, which closes it exactly once. */
export interface GateSession {
  readonly state: SessionState;
  /** Presents a newer token; rejects with SessionRefused. */
  refresh(token: string): Promise<SessionState>;
  /** The socket is gone. Graceful when the client said goodbye; else it was lost. */
  close(graceful: boolean): void;
}

/** Decides who may have a session. */
export interface SessionGate {
  /**
   * Checks the token; rejects with SessionRefused. `onClosed` may be called once,
   * later, when the session ends from the other side: the socket then closes with that code.
   */
  open(
    request: SessionRequest,
    onClosed: (closeCode: number, reason: string) => void,
  ): Promise<GateSession>;
}

/** A token was not accepted. The socket closes with the code. */
export class SessionRefused extends Error {
  readonly closeCode: number;

  constructor(closeCode: number, reason: string) {
    super(reason);
    this.name = 'SessionRefused';
    this.closeCode = closeCode;
  }
}

/** A session whose token the upstream alone judges: no attach, no expiry. */
export function forwardingSession(token: string): GateSession {
  const state = { principal: token === '' ? '' : 'bearer', sessionId: '', accessExpiresInMs: 0 };
  return { state, refresh: () => Promise.resolve(state), close: () => undefined };
}

/** The gate of a plain bridge: every token is forwarded unchecked. */
export const forwardingGate: SessionGate = {
  open: (request) => Promise.resolve(forwardingSession(request.token)),
};

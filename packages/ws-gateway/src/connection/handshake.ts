import { CloseCode, type bridge } from '@chat/protocol';
import { FrameFault, type InboundFrame } from '../codec/frame-codec.ts';
import type { Log } from '../ports/log.ts';
import { SessionRefused, type SessionState } from '../ports/session-gate.ts';
import type { Credential } from './credential.ts';
import { createHeldFrames, type HeldFrames } from './held-frames.ts';
import type { ConnectionLimits } from './limits.ts';

/** What the handshake needs of its connection. */
export interface HandshakeOwner {
  readonly id: string;
  readonly log: Log;
  readonly remoteAddress: string;
  readonly credential: Credential;
  readonly shared: { readonly limits: ConnectionLimits };
  /** The token of Hello was accepted; `held` came behind it, in order. */
  onAccepted(state: SessionState, held: readonly InboundFrame[]): void;
  /** A newer token was accepted. */
  onRenewed(state: SessionState): void;
  close(code: number, reason: string): void;
}

/** Hello and Auth: tokens are checked while the connection goes on. */
export interface Handshake {
  /** Presents the token of Hello. */
  begin(hello: bridge.Hello): void;
  /** Keeps a frame that came behind Hello; throws FrameFault when it is one too many. */
  hold(frame: InboundFrame): void;
  /** Presents a newer token; throws FrameFault when one is being checked. */
  renew(auth: bridge.Auth): void;
}

const MAX_CLIENT_NAME = 128;

class ConnectionHandshake implements Handshake {
  readonly #owner: HandshakeOwner;
  /** Only between Hello and Welcome. */
  #held: HeldFrames | undefined;
  #isRenewing = false;

  constructor(owner: HandshakeOwner) {
    this.#owner = owner;
  }

  begin(hello: bridge.Hello): void {
    const { credential, remoteAddress } = this.#owner;
    const client = hello.client.slice(0, MAX_CLIENT_NAME);
    credential.open({ token: hello.token, client, remoteAddress }).then(
      (state) => this.#accepted(state, client),
      (error: unknown) => this.#refused(error),
    );
  }

  hold(frame: InboundFrame): void {
    this.#held ??= createHeldFrames(this.#owner.shared.limits);
    if (!this.#held.hold(frame)) throw new FrameFault('PIPELINE_OVERFLOW');
  }

  renew({ token }: bridge.Auth): void {
    if (this.#isRenewing) throw new FrameFault('AUTH_PENDING');
    this.#isRenewing = true;
    void this.#owner.credential
      .refresh(token)
      .then(
        (state) => this.#owner.onRenewed(state),
        (error: unknown) => this.#refused(error),
      )
      .finally(() => (this.#isRenewing = false));
  }

  #accepted(state: SessionState, client: string): void {
    const { id: connectionId, log } = this.#owner;
    const { sessionId } = state;
    log.info({ connectionId, sessionId, client }, 'session open');
    const held = this.#held?.takeAll() ?? [];
    this.#held = undefined;
    this.#owner.onAccepted(state, held);
  }

  #refused(error: unknown): void {
    if (error instanceof SessionRefused) {
      this.#owner.close(error.closeCode, error.message);
      return;
    }
    const { id: connectionId, log } = this.#owner;
    log.error({ connectionId, cause: error }, 'the session gate failed');
    this.#owner.close(CloseCode.INTERNAL, 'INTERNAL');
  }
}

/** A handshake that has not begun. */
export function createHandshake(owner: HandshakeOwner): Handshake {
  return new ConnectionHandshake(owner);
}

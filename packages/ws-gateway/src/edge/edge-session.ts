import { CloseCode, ErrorCode, GrpcStatus, ProtocolError, type relay } from '@chat/protocol';
import type { CancelTimer, Clock } from '../ports/clock.ts';
import type { EdgeCall, EdgeCallHandlers } from '../ports/edge-call.ts';
import {
  type GateSession,
  SessionRefused,
  type SessionRequest,
  type SessionState,
} from '../ports/session-gate.ts';
import type { LaneLimits } from './chat-lane.ts';
import { EdgeChat, type SessionRecord } from './edge-chat.ts';
import type { RelayLink } from './relay-link.ts';
import type { RoomFanout } from './room-fanout.ts';

/** What a session shares with the others of its link. */
export interface SessionContext {
  readonly link: Pick<RelayLink, 'send'>;
  readonly rooms: RoomFanout;
  readonly clock: Clock;
  readonly laneLimits: LaneLimits;
  /** A room was given up for a slow stream. */
  readonly onLagging: () => void;
  /** The session is over: forget its handle. */
  readonly onGone: (session: EdgeSession) => void;
}

/** The server must answer an Attach within this time, a link that is down included; less than the wait for Welcome. */
export const ATTACH_TIMEOUT_MS = 4_000;

/**
 * `waiting`: the link is down or the Attach is unanswered. `attached`: the server knows the
 * session on this stream. `closed`: nothing more is sent or told.
 */
type Phase = 'waiting' | 'attached' | 'closed';

interface Waiter {
  readonly resolve: (state: SessionState) => void;
  readonly reject: (error: SessionRefused) => void;
  readonly cancel: CancelTimer;
}

/** One socket's login on the relay link, through every loss of the link. */
export class EdgeSession implements GateSession {
  readonly handle: number;
  #phase: Phase = 'waiting';
  #state: SessionState = { principal: '', sessionId: '', accessExpiresInMs: 0 };
  #token: string;
  #unanswered = 0;
  #waiters: Waiter[] = [];
  #chat: EdgeChat | undefined;
  readonly #request: SessionRequest;
  readonly #onClosed: (closeCode: number, reason: string) => void;
  readonly #context: SessionContext;

  constructor(
    handle: number,
    request: SessionRequest,
    onClosed: (closeCode: number, reason: string) => void,
    context: SessionContext,
  ) {
    this.handle = handle;
    this.#token = request.token;
    this.#request = request;
    this.#onClosed = onClosed;
    this.#context = context;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** The chat stream, while one is open. */
  get chat(): EdgeChat | undefined {
    return this.#chat;
  }

  /** Presents the token for the first time. Rejects with SessionRefused, after 4 s at the latest. */
  attach(): Promise<SessionState> {
    const answer = this.#waitForAttached();
    this.#sendToken('attach');
    return answer;
  }

  refresh(token: string): Promise<SessionState> {
    this.#token = token;
    const answer = this.#waitForAttached();
    if (this.#phase === 'attached') this.#sendToken('reattach');
    return answer; // else the Attach of the next link carries the newest token
  }

  close(graceful: boolean): void {
    if (this.#phase === 'closed') return;
    this.#send({ $case: 'detach', value: { graceful } });
    this.#finish();
  }

  /** Opens the chat stream of this socket; one at a time. */
  openChat(call: EdgeCall): EdgeCallHandlers {
    if (this.#chat !== undefined) {
      throw new ProtocolError(ErrorCode.LIMIT, { message: 'the chat stream is already open' });
    }
    const { rooms, laneLimits, onLagging } = this.#context;
    const chat = new EdgeChat(call, {
      handle: this.handle,
      rooms,
      laneLimits,
      onLagging,
      isAttached: () => this.#phase === 'attached',
      send: (record) => this.#send(record),
    });
    this.#chat = chat;
    return {
      onMessage: (message) => chat.command(message),
      onEnd: () => call.sendStatus({ code: GrpcStatus.OK, message: '' }),
      onCredit: () => chat.drain(),
      onWritable: () => chat.drain(),
      onClosed: (why) => {
        if (this.#chat !== chat) return;
        this.#closeChat();
        // CloseChat is a goodbye. Of a socket that is gone, Detach says whether there was one.
        if (why === 'ended' && this.#phase === 'attached') {
          this.#send({ $case: 'closeChat', value: {} });
        }
      },
    };
  }

  /** The link has a new stream: present the newest token there. */
  linkUp(): void {
    if (this.#phase === 'waiting') this.#sendToken('attach');
  }

  /** The link's stream is gone. The socket stays. */
  linkDown(): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'waiting';
    this.#unanswered = 0;
    this.#chat?.linkLost();
  }

  attached(answer: relay.Attached): void {
    if (this.#phase === 'closed') return;
    this.#state = {
      principal: answer.user?.userId ?? '',
      sessionId: answer.sessionId,
      accessExpiresInMs: answer.accessExpiresInMs,
    };
    const isNew = this.#phase === 'waiting';
    this.#phase = 'attached';
    this.#unanswered = Math.max(0, this.#unanswered - 1);
    const answered = this.#unanswered > 0 ? 1 : this.#waiters.length;
    for (const waiter of this.#waiters.splice(0, answered)) {
      waiter.cancel();
      waiter.resolve(this.#state);
    }
    if (isNew) this.#chat?.reopen();
  }

  /** The server ended the session or refused its token. */
  closedByServer(closeCode: number, reason: string): void {
    if (this.#phase === 'closed') return;
    const wasAccepted = this.#state.principal !== '';
    this.#finish(new SessionRefused(closeCode, reason));
    if (wasAccepted) this.#onClosed(closeCode, reason);
  }

  chatEnded(call: { readonly code: number; readonly message: string }): void {
    const chat = this.#chat;
    this.#closeChat();
    chat?.end(call.code, call.message);
  }

  #finish(error = new SessionRefused(CloseCode.OVERLOADED, ErrorCode.CANCELLED)): void {
    this.#phase = 'closed';
    this.#closeChat();
    for (const waiter of this.#waiters.splice(0)) {
      waiter.cancel();
      waiter.reject(error);
    }
    this.#context.onGone(this);
  }

  #closeChat(): void {
    this.#chat?.close();
    this.#chat = undefined;
  }

  #waitForAttached(): Promise<SessionState> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        resolve,
        reject,
        cancel: this.#context.clock.after(ATTACH_TIMEOUT_MS, () => {
          this.#waiters = this.#waiters.filter((other) => other !== waiter);
          if (this.#state.principal === '') this.close(false);
          reject(new SessionRefused(CloseCode.OVERLOADED, ErrorCode.UNAVAILABLE));
        }),
      };
      this.#waiters.push(waiter);
    });
  }

  #sendToken($case: 'attach' | 'reattach'): void {
    const { client, remoteAddress } = this.#request;
    if (this.#send({ $case, value: { token: this.#token, client, remoteAddress } })) {
      this.#unanswered += 1;
    }
  }

  #send(record: SessionRecord): boolean {
    return this.#context.link.send({ session: this.handle, record });
  }
}

import {
  CloseCode,
  ErrorCode,
  GrpcStatus,
  LIMITS,
  ProtocolError,
  type relay,
} from '@chat/protocol';
import type { CancelTimer, Clock } from '../ports/clock.ts';
import type { EdgeCall, EdgeCallHandlers } from '../ports/edge-call.ts';
import {
  type GateSession,
  SessionRefused,
  type SessionRequest,
  type SessionState,
} from '../ports/session-gate.ts';
import { ChatLane, type LaneLimits, type RoomCursor } from './chat-lane.ts';
import { encodeSubscribes, encodeUnsubscribe, peekEvent } from './peek-event.ts';
import type { RelayLink } from './relay-link.ts';
import type { RoomFanout } from './room-fanout.ts';

/** What a session shares with the others of its link. */
export interface SessionContext {
  readonly link: Pick<RelayLink, 'send' | 'up'>;
  readonly rooms: RoomFanout;
  readonly clock: Clock;
  readonly laneLimits: LaneLimits;
  /** A room was given up for a slow stream. */
  readonly onLagging: () => void;
  /** The session is over: forget its handle. */
  readonly onGone: (session: EdgeSession) => void;
}

/** The server must answer an Attach within this time, a link that is down included. */
export const ATTACH_TIMEOUT_MS = 4_000;

/**
 * `waiting`: the link is down or the Attach is unanswered. `attached`: the server knows the
 * session on this stream. `closed`: nothing more is sent or told.
 */
type Phase = 'waiting' | 'attached' | 'closed';

/**
 * `first`: Ready has not come yet, commands go up in order. `open`: Ready came. `again`: the
 * link was lost; commands are dropped until Ready comes again, because the client then sends
 * every unanswered one anew, in their order.
 */
type ChatPhase = 'first' | 'open' | 'again';

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
  #lane: ChatLane | undefined;
  #chatPhase: ChatPhase = 'first';
  #early: Uint8Array[] = [];
  #earlyBytes = 0;
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

  /** The chat stream's downward half, while one is open. */
  get lane(): ChatLane | undefined {
    return this.#lane;
  }

  /** Presents the token for the first time. Rejects with SessionRefused, after 5 s at the latest. */
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
    if (this.#lane !== undefined) {
      throw new ProtocolError(ErrorCode.LIMIT, { message: 'the chat stream is already open' });
    }
    const lane = new ChatLane(call, this.handle, this.#context.laneLimits, {
      roomLagging: (cursor) => {
        this.#context.rooms.leave(cursor);
        this.#context.onLagging();
        // A replay that goes on would be thrown away here; the client's Subscribe comes behind this.
        if (this.#phase === 'attached') {
          this.#send({ $case: 'command', value: encodeUnsubscribe(cursor.roomId) });
        }
      },
      overflowed: () =>
        call.sendStatus({ code: GrpcStatus.RESOURCE_EXHAUSTED, message: ErrorCode.SLOW_CONSUMER }),
    });
    this.#lane = lane;
    this.#chatPhase = 'first';
    if (this.#phase === 'attached') this.#send({ $case: 'openChat', value: {} });
    return {
      onMessage: (message) => this.#command(message, call),
      onEnd: () => call.sendStatus({ code: GrpcStatus.OK, message: '' }),
      onCredit: () => lane.drain(),
      onWritable: () => lane.drain(),
      onClosed: () => {
        if (this.#lane === lane) this.#closeChat(true);
      },
    };
  }

  /** The link has a new stream: present the newest token there. */
  linkUp(): void {
    if (this.#phase === 'waiting') this.#sendToken('attach');
  }

  /** The link's stream is gone. The socket stays; the rooms keep their positions. */
  linkDown(): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'waiting';
    this.#unanswered = 0;
    if (this.#lane !== undefined && this.#chatPhase === 'open') this.#chatPhase = 'again';
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
    if (isNew && this.#lane !== undefined) this.#reopenChat(this.#lane);
  }

  /** The server ended the session or refused its token. */
  closedByServer(closeCode: number, reason: string): void {
    if (this.#phase === 'closed') return;
    const wasAccepted = this.#state.principal !== '';
    const waiters = this.#waiters.splice(0);
    this.#finish();
    for (const waiter of waiters) {
      waiter.cancel();
      waiter.reject(new SessionRefused(closeCode, reason));
    }
    if (wasAccepted) this.#onClosed(closeCode, reason);
  }

  chatEnded(code: number, message: string): void {
    const call = this.#lane?.call;
    this.#closeChat(false);
    call?.sendStatus({ code, message });
  }

  /** An event for this session alone. */
  event(record: relay.SessionEvent): void {
    const lane = this.#lane;
    if (lane === undefined) return;
    if (record.ephemeral) {
      lane.sendEphemeral(record.event);
    } else if (record.roomId !== '') {
      const cursor = lane.cursors.get(record.roomId);
      const lastSeq = Number(record.lastSeq);
      // Without a cursor the room lags: the client pulls it from its own position.
      if (cursor === undefined || lastSeq <= cursor.seq) return;
      cursor.seq = lastSeq;
      lane.sendEvent(record.event, cursor);
    } else {
      this.#follow(lane, record.event);
      lane.sendEvent(record.event, undefined);
    }
  }

  join(roomId: string, afterSeq: number): void {
    const cursor = this.#lane?.cursors.get(roomId);
    if (cursor === undefined) return;
    this.#context.rooms.join(cursor, afterSeq);
  }

  leave(roomId: string): void {
    const cursor = this.#lane?.cursors.get(roomId);
    if (cursor !== undefined) this.#stop(cursor);
  }

  /** Asks the server to continue a room from where this session is. */
  reopenRoom(cursor: RoomCursor): void {
    cursor.state = 'opening';
    for (const value of encodeSubscribes([cursor])) this.#send({ $case: 'command', value });
  }

  #follow(lane: ChatLane, event: Uint8Array): void {
    const peek = peekEvent(event);
    if (peek.kind === 'ready') this.#chatPhase = 'open';
    if (peek.kind !== 'opened' && peek.kind !== 'stopped') return;
    const known = lane.cursors.get(peek.roomId);
    if (known !== undefined) this.#stop(known);
    if (peek.kind === 'opened') lane.openRoom(peek.roomId, peek.seq, peek.epoch);
  }

  #stop(cursor: RoomCursor): void {
    this.#context.rooms.leave(cursor);
    cursor.state = 'stopped';
    // What leave delivered may have made the room lag; then it is gone already.
    if (cursor.lane.cursors.get(cursor.roomId) === cursor)
      cursor.lane.cursors.delete(cursor.roomId);
  }

  #command(message: Uint8Array, call: EdgeCall): void {
    if (this.#chatPhase === 'again') return;
    if (this.#phase === 'attached') {
      if (!this.#send({ $case: 'command', value: message })) {
        call.sendStatus({ code: GrpcStatus.UNAVAILABLE, message: ErrorCode.OVERLOADED });
      }
      return;
    }
    this.#early.push(message);
    this.#earlyBytes += message.length;
    const isOver = this.#earlyBytes > LIMITS.maxPipelinedBytes;
    if (isOver || this.#early.length > LIMITS.maxPipelinedFrames) {
      call.sendStatus({ code: GrpcStatus.UNAVAILABLE, message: ErrorCode.UNAVAILABLE });
    }
  }

  #reopenChat(lane: ChatLane): void {
    this.#send({ $case: 'openChat', value: {} });
    for (const value of encodeSubscribes([...lane.cursors.values()])) {
      this.#send({ $case: 'command', value });
    }
    for (const value of this.#early.splice(0)) this.#send({ $case: 'command', value });
    this.#earlyBytes = 0;
  }

  #closeChat(tellServer: boolean): void {
    const lane = this.#lane;
    if (lane === undefined) return;
    this.#lane = undefined;
    this.#early = [];
    this.#earlyBytes = 0;
    for (const cursor of lane.cursors.values()) this.#context.rooms.leave(cursor);
    lane.end();
    if (tellServer && this.#phase === 'attached') this.#send({ $case: 'closeChat', value: {} });
  }

  #finish(): void {
    this.#phase = 'closed';
    this.#closeChat(false);
    for (const waiter of this.#waiters.splice(0)) {
      waiter.cancel();
      waiter.reject(new SessionRefused(CloseCode.OVERLOADED, ErrorCode.CANCELLED));
    }
    this.#context.onGone(this);
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

  #send(record: NonNullable<relay.GatewayRecord['record']>): boolean {
    return this.#context.link.send({ session: this.handle, record });
  }
}

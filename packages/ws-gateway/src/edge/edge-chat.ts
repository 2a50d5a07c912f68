import { ErrorCode, GrpcStatus, LIMITS, type relay } from '@chat/protocol';
import type { EdgeCall } from '../ports/edge-call.ts';
import { ChatLane, type LaneLimits, type RoomCursor } from './chat-lane.ts';
import { encodeSubscribes, encodeUnsubscribe, peekEvent } from './peek-event.ts';
import type { RoomFanout } from './room-fanout.ts';

/** One record of a session, without its number. */
export type SessionRecord = NonNullable<relay.GatewayRecord['record']>;

/** What a chat stream needs of its session. */
export interface EdgeChatOwner {
  readonly handle: number;
  readonly rooms: RoomFanout;
  readonly laneLimits: LaneLimits;
  /** True while the server knows the session on the link's present stream. */
  readonly isAttached: () => boolean;
  /** False when the record was not taken. */
  readonly send: (record: SessionRecord) => boolean;
  /** A room was given up for this slow stream. */
  readonly onLagging: () => void;
}

/**
 * `first`: Ready has not come yet, commands go up in order. `open`: Ready came. `again`: the
 * link was lost; commands are dropped until Ready comes again, because the client then sends
 * every unanswered one anew, in their order.
 */
type Phase = 'first' | 'open' | 'again';

/** One chat stream of a socket: commands up, events and rooms down, through every loss of the link. */
export class EdgeChat {
  readonly #call: EdgeCall;
  readonly #owner: EdgeChatOwner;
  readonly #lane: ChatLane;
  #phase: Phase = 'first';
  #early: Uint8Array[] = [];
  #earlyBytes = 0;
  #closed = false;

  constructor(call: EdgeCall, owner: EdgeChatOwner) {
    this.#call = call;
    this.#owner = owner;
    this.#lane = new ChatLane(call, owner.handle, owner.laneLimits, {
      roomLagging: (cursor) => this.#giveUp(cursor),
      overflowed: () => this.end(GrpcStatus.RESOURCE_EXHAUSTED, ErrorCode.SLOW_CONSUMER),
    });
    if (owner.isAttached()) owner.send({ $case: 'openChat', value: {} });
  }

  /** The client has room again. */
  drain(): void {
    this.#lane.drain();
  }

  /** A serialized ChatRequest of the client. */
  command(message: Uint8Array): void {
    if (this.#phase === 'again') return;
    if (this.#owner.isAttached()) {
      const isTaken = this.#owner.send({ $case: 'command', value: message });
      if (!isTaken) this.end(GrpcStatus.UNAVAILABLE, ErrorCode.OVERLOADED);
      return;
    }
    this.#early.push(message);
    this.#earlyBytes += message.length;
    const isOver = this.#earlyBytes > LIMITS.maxPipelinedBytes;
    if (isOver || this.#early.length > LIMITS.maxPipelinedFrames) {
      this.end(GrpcStatus.UNAVAILABLE, ErrorCode.UNAVAILABLE);
    }
  }

  /** The server knows the session on a new stream: open there, and continue every room. */
  reopen(): void {
    const { send } = this.#owner;
    send({ $case: 'openChat', value: {} });
    for (const value of encodeSubscribes([...this.#lane.cursors.values()])) {
      send({ $case: 'command', value });
    }
    for (const value of this.#early.splice(0)) send({ $case: 'command', value });
    this.#earlyBytes = 0;
  }

  /** The link's stream is gone; the rooms keep their positions. */
  linkLost(): void {
    if (this.#phase === 'open') this.#phase = 'again';
  }

  /** An event for this session alone. */
  event(record: relay.SessionEvent): void {
    if (record.ephemeral) {
      this.#lane.sendEphemeral(record.event);
    } else if (record.roomId !== '') {
      const cursor = this.#lane.cursors.get(record.roomId);
      const lastSeq = Number(record.lastSeq);
      // Without a cursor the room lags: the client pulls it from its own position.
      if (cursor === undefined || lastSeq <= cursor.seq) return;
      cursor.seq = lastSeq;
      this.#lane.sendEvent(record.event, cursor);
    } else {
      this.#follow(record.event);
      this.#lane.sendEvent(record.event, undefined);
    }
  }

  join(roomId: string, afterSeq: number): void {
    const cursor = this.#lane.cursors.get(roomId);
    if (cursor !== undefined) this.#owner.rooms.join(cursor, afterSeq);
  }

  leave(roomId: string): void {
    const cursor = this.#lane.cursors.get(roomId);
    if (cursor !== undefined) this.#stop(cursor);
  }

  /** Asks the server to continue a room from where this stream is. */
  reopenRoom(cursor: RoomCursor): void {
    cursor.state = 'opening';
    for (const value of encodeSubscribes([cursor])) this.#owner.send({ $case: 'command', value });
  }

  /** Ends the call with a status behind everything that was sent. */
  end(code: number, message: string): void {
    this.#call.sendStatus({ code, message });
  }

  /** Leaves all rooms. The call itself ends elsewhere. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#early = [];
    for (const cursor of this.#lane.cursors.values()) this.#owner.rooms.leave(cursor);
    this.#lane.end();
  }

  #follow(event: Uint8Array): void {
    const peek = peekEvent(event);
    if (peek.kind === 'ready') this.#phase = 'open';
    if (peek.kind !== 'opened' && peek.kind !== 'stopped') return;
    this.leave(peek.roomId);
    if (peek.kind === 'opened') this.#lane.openRoom(peek.roomId, peek.seq, peek.epoch);
  }

  #stop(cursor: RoomCursor): void {
    const { cursors } = this.#lane;
    this.#owner.rooms.leave(cursor);
    cursor.state = 'stopped';
    // What leave delivered may have made the room lag; then it is gone already.
    if (cursors.get(cursor.roomId) === cursor) cursors.delete(cursor.roomId);
  }

  #giveUp(cursor: RoomCursor): void {
    this.#owner.rooms.leave(cursor);
    this.#owner.onLagging();
    // A replay that goes on would be thrown away here; the client's Subscribe comes behind this.
    const value = encodeUnsubscribe(cursor.roomId);
    if (this.#owner.isAttached()) this.#owner.send({ $case: 'command', value });
  }
}

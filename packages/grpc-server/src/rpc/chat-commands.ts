import {
  ChatRequest,
  ERROR_TABLE,
  LIMITS,
  PresenceStatus,
  ProtocolError,
  type SendMessageRequest,
} from '@chat/protocol';
import { decodeStrict } from '@chat/protocol';
import type { Outcome } from '../domain/outcome.ts';
import { encodeEvent } from '../live/event-bytes.ts';
import type { Hub } from '../live/hub.ts';
import type { LiveSession } from '../live/live-session.ts';
import { DIRECT } from '../live/sink.ts';
import type { RoomCommand } from '../domain/room-command.ts';
import type { App, Caller } from '../usecases/app.ts';
import { markRead } from '../usecases/read-log.ts';
import { prepareMessage } from '../usecases/send-message.ts';
import { toUnreadCount } from '../wire/to-wire.ts';
import { unwrap } from './call.ts';
import { toSendResponse } from './message-handlers.ts';

/** Commands of one session that may be unanswered; a client that sends more gets OVERLOADED. */
const MAX_PENDING = 256;

/** Counts commands at work in the whole process, so that a drain can wait for their answers. */
export class CommandCounter {
  #inFlight = 0;
  #started = 0;
  #waiting: (() => void)[] = [];

  /** How much was ever begun. */
  get started(): number {
    return this.#started;
  }

  /** Counts a piece of work until it settles. */
  track<T>(work: Promise<T>): Promise<T> {
    this.#inFlight += 1;
    this.#started += 1;
    return work.finally(() => {
      this.#inFlight -= 1;
      if (this.#inFlight === 0) for (const resolve of this.#waiting.splice(0)) resolve();
    });
  }

  /** Resolves when nothing is at work. */
  idle(): Promise<void> {
    if (this.#inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/** What a runner of commands needs. */
export interface CommandDeps {
  readonly app: App;
  readonly hub: Hub;
  readonly counter: CommandCounter;
  readonly onError: (error: ProtocolError) => void;
}

/**
 * Runs the commands of one session. Messages reach the log in the order sent; subscriptions take their turn among
 * themselves; nothing else waits for anything.
 */
export class ChatCommands {
  readonly #deps: CommandDeps;
  readonly #session: LiveSession;
  /** The newest caller: a reattach brings a new one. */
  caller: Caller;
  #pending = 0;
  #sendTail: Promise<void> | undefined;
  #subscribeTail: Promise<unknown> = Promise.resolve();

  constructor(deps: CommandDeps, session: LiveSession, caller: Caller) {
    this.#deps = deps;
    this.#session = session;
    this.caller = caller;
  }

  /** Runs one serialized ChatRequest. Throws ProtocolError when it is unreadable: the chat stream is over then. */
  run(bytes: Uint8Array): void {
    const { requestId, command } = decodeStrict(ChatRequest, bytes);
    if (command === undefined) {
      throw new ProtocolError('BAD_FIELD', { field: 'command', message: 'a command is missing' });
    }
    const ephemeral = command.$case === 'setTyping' || command.$case === 'setPresence';
    if (this.#pending >= MAX_PENDING && !ephemeral) {
      this.#fail(requestId, new ProtocolError('OVERLOADED', { retryAfterMs: 1_000 }));
      return;
    }
    switch (command.$case) {
      case 'sendMessage':
        this.#send(requestId, command.value);
        return;
      case 'subscribe':
        this.#inTurn(requestId, () =>
          this.#deps.hub
            .subscribe(this.#session, command.value.rooms, requestId === 0)
            .then(unwrap),
        );
        return;
      case 'unsubscribe': {
        const roomIds = command.value.roomIds.slice(0, LIMITS.maxSubscribedRooms);
        // Now, to stop a replay, and in turn, to stop what was asked for before.
        this.#deps.hub.unsubscribe(this.#session, roomIds);
        this.#inTurn(requestId, () => {
          this.#deps.hub.unsubscribe(this.#session, roomIds);
          return Promise.resolve();
        });
        return;
      }
      case 'markRead':
        this.#answer(requestId, async () => {
          const unread = unwrap(await markRead(this.#deps.app, this.caller, command.value));
          const value = { unread: toUnreadCount(command.value.roomId, unread) };
          return { $case: 'markRead', value } as const;
        });
        return;
      case 'setTyping':
        this.#deps.hub.setTyping(this.#session, command.value.roomId, command.value.typing);
        this.#done(requestId, undefined);
        return;
      case 'setPresence': {
        const { status } = command.value;
        if (!SETTABLE.has(status)) {
          this.#fail(requestId, new ProtocolError('BAD_FIELD', { field: 'set_presence.status' }));
          return;
        }
        this.#deps.hub.setPresence(this.#session, status);
        this.#done(requestId, undefined);
        return;
      }
    }
  }

  #send(requestId: number, request: SendMessageRequest): void {
    const { app } = this.#deps;
    const prepared = prepareMessage(app, this.caller, request);
    const commit = (command: Outcome<RoomCommand>) =>
      this.#answer(requestId, async () => {
        const value = toSendResponse(
          app.store.epoch,
          unwrap(await app.store.log.append(unwrap(command))),
        );
        return { $case: 'sendMessage', value } as const;
      });
    if (this.#sendTail === undefined && !(prepared instanceof Promise)) {
      commit(prepared);
      return;
    }
    // A message that looks names up is still ahead: this one waits behind it.
    const ahead = this.#sendTail ?? Promise.resolve();
    this.#pending += 1;
    const tail = ahead
      .then(() => prepared)
      .then(commit, (thrown: unknown) => this.#fail(requestId, this.#report(thrown)))
      .then(() => {
        this.#pending -= 1;
        if (this.#sendTail === tail) this.#sendTail = undefined;
      });
    this.#sendTail = tail;
  }

  #inTurn(requestId: number, work: () => Promise<unknown>): void {
    this.#answer(requestId, () => {
      const turn = this.#subscribeTail.then(work);
      this.#subscribeTail = turn.catch(() => undefined); // its own answer tells of the failure
      return turn.then(() => undefined);
    });
  }

  #answer(requestId: number, work: () => Promise<DoneResult>): void {
    this.#pending += 1;
    void this.#deps.counter
      .track(work())
      .then(
        (result) => this.#done(requestId, result),
        (thrown: unknown) => this.#fail(requestId, this.#report(thrown)),
      )
      .finally(() => {
        this.#pending -= 1;
      });
  }

  #report(thrown: unknown): ProtocolError {
    const error = ProtocolError.from(thrown);
    this.#deps.onError(error);
    return error;
  }

  #done(requestId: number, result: DoneResult): void {
    if (requestId === 0) return;
    this.#reply(encodeEvent({ $case: 'done', value: { requestId, result } }));
  }

  #fail(requestId: number, error: ProtocolError): void {
    if (requestId === 0) return;
    const { code, message, field = '', retryAfterMs = 0 } = error;
    const { grpcStatus } = ERROR_TABLE[code];
    const value = { requestId, code: grpcStatus, reason: code, message, field, retryAfterMs };
    this.#reply(encodeEvent({ $case: 'failed', value }));
  }

  #reply(event: Uint8Array): void {
    if (!this.#session.chatOpen || this.#session.ended) return;
    this.#session.sink.sessionEvent(this.#session.number, event, DIRECT);
  }
}

type DoneResult = NonNullable<
  Parameters<typeof encodeEvent>[0] & { $case: 'done' }
>['value']['result'];

const SETTABLE: ReadonlySet<PresenceStatus> = new Set([
  PresenceStatus.ONLINE,
  PresenceStatus.AWAY,
  PresenceStatus.DO_NOT_DISTURB,
  PresenceStatus.OFFLINE,
]);

import { ERROR_TABLE, ProtocolError, type relay } from '@chat/protocol';
import type { LiveSession } from '../live/live-session.ts';
import type { Caller } from '../usecases/app.ts';
import { authenticate } from '../usecases/login.ts';
import { toWireUser } from '../wire/to-wire.ts';
import { type RpcDeps, unwrap } from './call.ts';
import { ChatCommands, type CommandDeps } from './chat-commands.ts';
import { closedRecord, type RelaySink } from './relay-sink.ts';
import { currentUser, monotonicExpiry, principalOf } from './session-caller.ts';

/** Records of a session that may wait for its token to be checked. */
const MAX_HELD_RECORDS = 256;
/** Sessions of one link: more than the sockets a gateway takes. */
const MAX_SESSIONS = 20_000;
/** Longest remote address that is kept. */
const MAX_ADDRESS_LENGTH = 64;

type SessionRecord = NonNullable<relay.GatewayRecord['record']>;

/** A session of the link: its token is being checked, or it is live. */
type LinkSession =
  | { readonly state: 'attaching'; readonly held: SessionRecord[] }
  | { readonly state: 'attached'; readonly live: LiveSession; readonly commands: ChatCommands };

/** One gateway's sessions. Decides nothing by itself: tokens are checked here, rights in the use cases. */
export class RelayLink {
  readonly #deps: RpcDeps & CommandDeps;
  readonly #sink: RelaySink;
  readonly #sessions: Map<number, LinkSession>;
  #closed = false;

  /** `sessions` is shared with the sink, which removes those that the hub ends. */
  constructor(deps: RpcDeps & CommandDeps, sink: RelaySink, sessions: Map<number, LinkSession>) {
    this.#deps = deps;
    this.#sink = sink;
    this.#sessions = sessions;
  }

  /** Takes the records of one message, in order. Throws BAD_FIELD for a gateway that breaks the rules. */
  take(records: readonly relay.GatewayRecord[]): void {
    for (const { session, record } of records) {
      if (record === undefined) continue; // of a newer gateway
      if (record.$case === 'attach') this.#attach(session, record.value);
      else this.#takeOne(session, record);
    }
  }

  /** The link is gone: its sessions are lost, not said goodbye to. */
  close(): void {
    this.#closed = true;
    for (const session of this.#sessions.values()) {
      if (session.state === 'attached') this.#deps.hub.closeSession(session.live, false);
    }
    this.#sessions.clear();
  }

  #takeOne(number: number, record: SessionRecord): void {
    const session = this.#sessions.get(number);
    if (session === undefined) return; // it was closed meanwhile
    if (session.state === 'attaching') {
      if (record.$case === 'detach') this.#sessions.delete(number);
      else if (session.held.length < MAX_HELD_RECORDS) session.held.push(record);
      else this.#refuse(number, 'OVERLOADED');
      return;
    }
    const { live, commands } = session;
    switch (record.$case) {
      case 'openChat':
        this.#deps.hub.openChat(live, toWireUser(currentUser(commands.caller, live)));
        return;
      case 'closeChat':
        this.#deps.hub.closeChat(live, true);
        return;
      case 'command':
        this.#command(session, record.value);
        return;
      case 'reattach':
        this.#reattach(number, session, record.value);
        return;
      case 'detach':
        this.#sessions.delete(number);
        this.#deps.hub.closeSession(live, record.value.graceful);
        return;
      case 'attach':
        throw new ProtocolError('BAD_FIELD', { message: 'attach of an attached session' });
    }
  }

  #command({ live, commands }: LinkSession & { state: 'attached' }, bytes: Uint8Array): void {
    if (!live.chatOpen) return; // sent before the end of the chat stream was known
    try {
      commands.run(bytes);
    } catch (thrown) {
      const { code, message } = ProtocolError.from(thrown);
      this.#deps.hub.closeChat(live, true);
      const value = { session: live.number, code: ERROR_TABLE[code].grpcStatus, message };
      this.#sink.send({ $case: 'chatEnded', value });
    }
  }

  #attach(number: number, attach: relay.Attach): void {
    if (number === 0 || this.#sessions.has(number)) {
      throw new ProtocolError('BAD_FIELD', { message: 'a session number was used twice' });
    }
    if (this.#sessions.size >= MAX_SESSIONS) {
      this.#refuse(number, 'OVERLOADED');
      return;
    }
    const attaching: LinkSession = { state: 'attaching', held: [] };
    this.#sessions.set(number, attaching);
    this.#check(attach.token, (caller) => {
      if (this.#closed || this.#sessions.get(number) !== attaching) return;
      if (caller instanceof ProtocolError) {
        this.#refuse(number, caller.code);
        return;
      }
      const live = this.#deps.hub.openSession(this.#sink, number, {
        principal: principalOf(caller),
        expiresAtMs: monotonicExpiry(this.#deps.app, caller),
        remoteAddress: attach.remoteAddress.slice(0, MAX_ADDRESS_LENGTH),
      });
      const commands = new ChatCommands(this.#deps, live, caller);
      this.#sessions.set(number, { state: 'attached', live, commands });
      this.#sendAttached(number, caller);
      for (const record of attaching.held) this.#takeOne(number, record);
    });
  }

  #reattach(
    number: number,
    session: LinkSession & { state: 'attached' },
    attach: relay.Attach,
  ): void {
    this.#check(attach.token, (caller) => {
      if (this.#closed || session.live.ended) return;
      const refused = caller instanceof ProtocolError;
      if (refused || caller.account.userId !== session.live.principal.userId) {
        this.#deps.hub.endSession(session.live, refused ? caller.code : 'FORBIDDEN');
        return;
      }
      session.commands.caller = caller;
      const expiresAtMs = monotonicExpiry(this.#deps.app, caller);
      this.#deps.hub.renew(session.live, principalOf(caller), expiresAtMs);
      this.#sendAttached(number, caller);
    });
  }

  #check(token: string, then: (caller: Caller | ProtocolError) => void): void {
    authenticate(this.#deps.app, token)
      .then(unwrap)
      .catch((thrown: unknown) => {
        const error = ProtocolError.from(thrown);
        this.#deps.onError(error);
        return error;
      })
      .then(then)
      .catch((thrown: unknown) => this.#deps.onError(ProtocolError.from(thrown)));
  }

  #refuse(number: number, code: ProtocolError['code']): void {
    this.#sessions.delete(number);
    this.#sink.send(closedRecord(number, code));
  }

  #sendAttached(session: number, caller: Caller): void {
    const { app } = this.#deps;
    this.#sink.send({
      $case: 'attached',
      value: {
        session,
        sessionId: caller.session.sessionId,
        user: toWireUser(caller.account),
        accessExpiresInMs: Math.max(0, Math.round(caller.accessExpiresMs - app.clock.nowMs())),
        epoch: app.store.epoch,
      },
    });
  }
}

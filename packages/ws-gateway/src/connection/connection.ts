import { randomUUID } from 'node:crypto';
import { type bridge, CloseCode, closeReason, LIMITS } from '@chat/protocol';
import type { SessionState } from '../ports/session-gate.ts';
import { isClientFault } from '../bridge/call-status.ts';
import type { CallFault } from '../bridge/bridged-call.ts';
import { FrameFault, type FrameCodec, type InboundFrame } from '../codec/frame-codec.ts';
import type { Log } from '../ports/log.ts';
import type { ConnectionSocket, SocketHandlers } from '../ports/socket.ts';
import { type CallTable, type CallTableOwner, createCallTable } from './call-table.ts';
import type { ConnectionOptions, ConnectionShared, DrainOptions } from './connection-options.ts';
import { createCredential, type Credential, type CredentialOwner } from './credential.ts';
import { createHandshake, type Handshake, type HandshakeOwner } from './handshake.ts';
import { createInbound, type Inbound, type InboundOwner } from './inbound.ts';
import { createOutbox, type Outbox, type OutboxOwner } from './outbox.ts';
import { nextPhase, type ConnectionEvent, type ConnectionPhase } from './phase.ts';
import { StrikeBucket } from './token-bucket.ts';
import { createUpkeep, type Upkeep, type UpkeepOwner } from './upkeep.ts';
import { createWatch, type Watch, type WatchOwner } from './watch.ts';
import { welcome } from './welcome.ts';

/** One WebSocket that speaks bridge.v1. It belongs to its socket and ends with it. */
export interface Connection {
  readonly id: string;
  readonly phase: ConnectionPhase;
  readonly openCalls: number;
  /** Bytes that wait in the outbox. */
  readonly queuedBytes: number;
  /** Sends GoAway, refuses new calls, and closes 1012 when the last call ends or the grace is over. */
  drain(options: DrainOptions): void;
  /** Closes with a code of the table. */
  close(code: number, reason: string): void;
  /** Settles when the socket is gone and everything is released. */
  readonly closed: Promise<void>;
}

/** A closing handshake that takes longer is cut. */
const CLOSE_GRACE_MS = 2_000;
/** The client closed by itself; 1001 is absent: a page that is loaded again says it too, and comes back. */
const GOODBYE: ReadonlySet<number> = new Set([1000, 1005]);

// A class, and its parts too: a gateway holds ten thousand of them, and a closure for each
// method of each would be more than half of what a silent connection costs.
class BridgeConnection
  implements
    Connection,
    SocketHandlers,
    OutboxOwner,
    CredentialOwner,
    CallTableOwner,
    WatchOwner,
    HandshakeOwner,
    InboundOwner,
    UpkeepOwner
{
  readonly id = randomUUID();
  readonly shared: ConnectionShared;
  readonly socket: ConnectionSocket;
  readonly codec: FrameCodec;
  readonly remoteAddress: string;
  readonly outbox: Outbox;
  readonly credential: Credential;
  phase: ConnectionPhase = 'awaitingHello';
  readonly closed: Promise<void>;
  readonly log: Log;
  readonly calls: CallTable;
  readonly handshake: Handshake;
  readonly watch: Watch;
  readonly #inbound: Inbound;
  readonly #upkeep: Upkeep;
  readonly #faultRate: StrikeBucket;
  readonly #removeFromWheel: () => void;
  #resolveClosed: () => void = () => undefined;
  #closeCode: number | undefined;

  constructor({ shared, socket, codec, log, remoteAddress }: ConnectionOptions) {
    const openedAtMs = shared.clock.nowMs();
    this.shared = shared;
    this.socket = socket;
    this.codec = codec;
    this.remoteAddress = remoteAddress;
    this.log = log;
    this.closed = new Promise((resolve) => (this.#resolveClosed = resolve));
    this.#faultRate = new StrikeBucket(shared.limits.clientFaults, openedAtMs);
    this.outbox = createOutbox(this);
    this.credential = createCredential(this);
    this.calls = createCallTable(this);
    this.handshake = createHandshake(this);
    this.watch = createWatch(this, openedAtMs);
    this.#inbound = createInbound(this, openedAtMs);
    this.#upkeep = createUpkeep(this);
    this.#removeFromWheel = shared.wheel.add(() => this.#guard(() => this.#upkeep.tick()));
    socket.bind(this);
  }

  get openCalls(): number {
    return this.calls.size;
  }

  get queuedBytes(): number {
    return this.outbox.queuedBytes;
  }

  drain({ graceMs, reconnectAfterMs, reason }: DrainOptions): void {
    if (!this.#enter('goAway')) {
      this.close(CloseCode.GOING_AWAY, reason);
      return;
    }
    const calls = this.calls;
    calls.refuseNew();
    this.watch.drainUntil(this.shared.clock.nowMs() + graceMs);
    const { lastCallId } = calls;
    this.send({ $case: 'goAway', value: { lastCallId, graceMs, reconnectAfterMs, reason } });
    if (calls.size === 0) this.#closeSoon(CloseCode.GOING_AWAY, 'drained');
  }

  close(code: number, reason: string): void {
    if (!this.#enter('close')) return;
    this.#closeCode = code;
    this.log.info({ connectionId: this.id, code, reason }, 'connection closes');
    // What was said before the close, a status for instance, still goes out if it can.
    this.outbox.flush();
    this.#release(false);
    this.socket.close(code, closeReason(reason));
    this.shared.clock.after(CLOSE_GRACE_MS, () => this.socket.terminate());
  }

  onMessage(data: Buffer, isBinary: boolean): void {
    this.shared.events.frameReceived(data.length);
    this.#guard(() => this.#inbound.onMessage(data, isBinary));
  }

  onControlFrame(): void {
    this.#guard(() => this.#inbound.onControlFrame());
  }

  onDrain(): void {
    this.#guard(this.outbox.flush);
  }

  onClosed(code: number): void {
    const wasOpen = this.#enter('close');
    if (wasOpen) this.#release(GOODBYE.has(code));
    const reported = this.#closeCode ?? code;
    this.shared.events.connectionClosed(reported);
    this.log.info({ connectionId: this.id, code: reported }, 'connection closed');
    this.#resolveClosed();
  }

  onOutboxWritable(): void {
    this.calls.onWritable();
  }

  onOutboxOverflow(): void {
    this.close(CloseCode.SLOW_CONSUMER, 'SLOW_CONSUMER');
  }

  onOutboxWritten(frames: number, bytes: number): void {
    this.shared.events.framesWritten(frames, bytes);
  }

  send(control: bridge.ServerFrame['control']): void {
    this.outbox.push(this.codec.encode({ callId: 0, control }));
  }

  onHello(hello: bridge.Hello): void {
    const { initialCredit } = hello;
    this.#enter('hello');
    this.calls.setDefaultCredit(initialCredit === 0 ? LIMITS.initialCredit : initialCredit);
    this.handshake.begin(hello);
  }

  onAccepted(state: SessionState, held: readonly InboundFrame[]): void {
    if (!this.#enter('accepted')) return;
    this.send(welcome(this.id, state, this.shared.limits));
    for (const frame of held) this.#guard(() => this.#inbound.dispatch(frame));
  }

  onRenewed({ accessExpiresInMs: expiresInMs }: SessionState): void {
    this.send({ $case: 'authState', value: { refresh: false, expiresInMs } });
  }

  onSessionClosed(code: number, reason: string): void {
    this.close(code, reason);
  }

  onCallFault(fault: CallFault): void {
    this.log.error({ connectionId: this.id, ...fault }, 'a call failed inside the gateway');
  }

  onFrameLimit(maxFrameBytes: number): void {
    this.socket.setMaxFrameBytes(maxFrameBytes);
  }

  onCallEnded(status: bridge.Status | undefined): void {
    if (
      status !== undefined &&
      isClientFault(status) &&
      !this.#faultRate.allows(this.shared.clock.nowMs())
    ) {
      this.#closeSoon(CloseCode.BAD_FRAME, 'ERROR_BUDGET');
    }
    if (this.phase === 'draining' && this.calls.size === 0) {
      this.#closeSoon(CloseCode.GOING_AWAY, 'drained');
    }
  }

  #enter(event: ConnectionEvent): boolean {
    const next = nextPhase(this.phase, event);
    if (next === undefined) return false;
    this.phase = next;
    return true;
  }

  /** For use inside a call that is just ending. */
  #closeSoon(code: number, reason: string): void {
    this.shared.soon(() => this.close(code, reason));
  }

  #release(graceful: boolean): void {
    this.#removeFromWheel();
    this.calls.onSocketLost();
    this.outbox.close();
    this.credential.close(graceful);
  }

  /** Runs what a frame of the peer sets off; whatever it throws ends this connection and no other. */
  #guard(task: () => void): void {
    if (this.phase === 'closed') return;
    try {
      task();
    } catch (error) {
      if (error instanceof FrameFault) {
        this.shared.events.frameRefused(error.rule);
        this.close(error.closeCode, error.rule);
        return;
      }
      this.log.error({ connectionId: this.id, cause: error }, 'a frame could not be handled');
      this.close(CloseCode.INTERNAL, 'INTERNAL');
    }
  }
}

/** Starts the protocol on an open WebSocket whose subprotocol chose the codec. */
export function createConnection(options: ConnectionOptions): Connection {
  const connection = new BridgeConnection(options);
  const { log, origin, codec, shared } = options;
  shared.events.connectionOpened();
  log.debug({ connectionId: connection.id, origin, codec: codec.name }, 'socket accepted');
  return connection;
}

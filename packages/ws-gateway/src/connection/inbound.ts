import { assertNever, type bridge, CloseCode } from '@chat/protocol';
import { FrameFault, type FrameCodec, type InboundFrame } from '../codec/frame-codec.ts';
import type { Clock } from '../ports/clock.ts';
import type { CallTable } from './call-table.ts';
import type { Handshake } from './handshake.ts';
import type { ConnectionLimits } from './limits.ts';
import type { ConnectionPhase } from './phase.ts';
import { StrikeBucket } from './token-bucket.ts';
import type { Watch } from './watch.ts';

/** What the inbound side needs of its connection. */
export interface InboundOwner {
  readonly phase: ConnectionPhase;
  readonly codec: FrameCodec;
  readonly handshake: Handshake;
  readonly calls: CallTable;
  readonly watch: Watch;
  readonly shared: { readonly limits: ConnectionLimits; readonly clock: Clock };
  /** The first frame, and it is the right one. */
  onHello(hello: bridge.Hello): void;
  send(control: bridge.ServerFrame['control']): void;
}

/** Frames of the peer on their way to the part they are for. Everything here throws FrameFault. */
export interface Inbound {
  /** Takes a WebSocket message. */
  onMessage(data: Buffer, isBinary: boolean): void;
  /** Takes note of a WebSocket ping or pong. */
  onControlFrame(): void;
  /** Hands a frame on once the session is open; also those that waited for it. */
  dispatch(frame: InboundFrame): void;
}

class ConnectionInbound implements Inbound {
  readonly #owner: InboundOwner;
  readonly #frameRate: StrikeBucket;
  readonly #controlRate: StrikeBucket;

  constructor(owner: InboundOwner, openedAtMs: number) {
    const { limits } = owner.shared;
    this.#owner = owner;
    this.#frameRate = new StrikeBucket(limits.frames, openedAtMs);
    this.#controlRate = new StrikeBucket(limits.controlFrames, openedAtMs);
  }

  onMessage(data: Buffer, isBinary: boolean): void {
    const { codec } = this.#owner;
    this.#hear(this.#frameRate);
    // RFC 6455: a type of data that this subprotocol does not have.
    if (isBinary !== codec.binary) throw new FrameFault('WRONG_FRAME_TYPE', 1003);
    this.#onFrame(codec.decode(data));
  }

  onControlFrame(): void {
    this.#hear(this.#controlRate);
  }

  dispatch(frame: InboundFrame): void {
    if (frame.control !== undefined) {
      this.#onControl(frame.control);
      return;
    }
    const { calls, shared } = this.#owner;
    calls.onFrame(frame);
    if (calls.flowViolations >= shared.limits.maxFlowViolations) {
      throw new FrameFault('FLOW_CONTROL', CloseCode.FLOW_CONTROL);
    }
  }

  /** Any frame is a sign of life; too many are not. */
  #hear(rate: StrikeBucket): void {
    const { watch, shared } = this.#owner;
    const nowMs = shared.clock.nowMs();
    watch.heard(nowMs);
    if (!rate.allows(nowMs)) throw new FrameFault('RATE_LIMITED', CloseCode.RATE_LIMITED);
  }

  #onFrame(frame: InboundFrame): void {
    const { phase } = this.#owner;
    switch (phase) {
      case 'awaitingHello':
        if (frame.control?.$case !== 'hello') throw new FrameFault('HELLO_FIRST');
        this.#owner.onHello(frame.control.value);
        return;
      case 'authenticating':
        if (frame.control?.$case === 'hello') throw new FrameFault('HELLO_TWICE');
        this.#owner.handshake.hold(frame);
        return;
      case 'open':
      case 'draining':
        this.dispatch(frame);
        return;
      case 'closed':
        return;
      default:
        assertNever(phase);
    }
  }

  #onControl(control: NonNullable<bridge.ClientFrame['control']>): void {
    switch (control.$case) {
      case 'hello':
        throw new FrameFault('HELLO_TWICE');
      case 'auth':
        this.#owner.handshake.renew(control.value);
        return;
      case 'ping': {
        const { nonce } = control.value;
        const received = BigInt(this.#owner.calls.receivedFrames);
        this.#owner.send({ $case: 'pong', value: { nonce, received } });
        return;
      }
      case 'pong':
        return;
      default:
        assertNever(control);
    }
  }
}

/** The inbound side of a connection that was opened then. */
export function createInbound(owner: InboundOwner, openedAtMs: number): Inbound {
  return new ConnectionInbound(owner, openedAtMs);
}

import type { CallStatuses } from '../bridge/call-status.ts';
import type { FrameCodec } from '../codec/frame-codec.ts';
import type { Clock } from '../ports/clock.ts';
import type { BridgeEvents } from '../ports/events.ts';
import type { Log } from '../ports/log.ts';
import type { Router } from '../ports/router.ts';
import type { SessionGate } from '../ports/session-gate.ts';
import type { ConnectionSocket } from '../ports/socket.ts';
import type { OpenUpstreamCall } from '../upstream/upstream-call.ts';
import type { ConnectionLimits } from './limits.ts';
import type { TimerWheel } from './timer-wheel.ts';

/** What all connections of a process share. Make it once. */
export interface ConnectionShared {
  readonly sessionGate: SessionGate;
  readonly router: Router;
  readonly openUpstream: OpenUpstreamCall;
  readonly statuses: CallStatuses;
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  /** See createTickQueue. */
  readonly soon: (task: () => void) => void;
  readonly limits: ConnectionLimits;
  readonly events: BridgeEvents;
}

export interface ConnectionOptions {
  readonly shared: ConnectionShared;
  readonly socket: ConnectionSocket;
  readonly codec: FrameCodec;
  readonly log: Log;
  readonly remoteAddress: string;
  /** Of the upgrade request, for the log; undefined = not a browser. */
  readonly origin: string | undefined;
}

/** How a drained connection is told to come back. */
export interface DrainOptions {
  readonly graceMs: number;
  readonly reconnectAfterMs: number;
  readonly reason: string;
}

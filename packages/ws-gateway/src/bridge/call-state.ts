/** Life of one bridged call, seen from the gateway. */
export type CallState =
  /** The one request message is gathered until `end`; the upstream knows nothing yet. */
  | { readonly phase: 'collecting'; readonly messages: 0 | 1 }
  /** The upstream call runs. */
  | { readonly phase: 'running'; readonly requestOpen: boolean }
  /** The upstream has ended; what it sent is still being delivered, then its status. */
  | { readonly phase: 'delivering' }
  /** Final. */
  | { readonly phase: 'ended' };

export type CallEvent =
  | { readonly type: 'message' }
  | { readonly type: 'end' }
  | { readonly type: 'cancel' }
  | { readonly type: 'deadline' }
  | { readonly type: 'overrun' }
  | { readonly type: 'fault' }
  | { readonly type: 'socketLost' }
  | { readonly type: 'upstreamEnded'; readonly queueEmpty: boolean }
  | { readonly type: 'queueEmpty' };

/** Why the gateway ends a call. `upstream` = with the upstream's own status. */
export type FinishReason =
  | 'upstream'
  | 'cancelled'
  | 'deadline'
  | 'overrun'
  | 'fault'
  | 'noMessage'
  | 'tooManyMessages'
  | 'messageAfterEnd';

export type CallEffect =
  | { readonly do: 'open' }
  | { readonly do: 'hold' }
  | { readonly do: 'forwardHeld' }
  | { readonly do: 'forward' }
  | { readonly do: 'endUpstream' }
  | { readonly do: 'cancelUpstream' }
  | { readonly do: 'finish'; readonly reason: FinishReason };

export interface CallStep {
  readonly state: CallState;
  readonly effects: readonly CallEffect[];
}

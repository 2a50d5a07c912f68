/** How the application stands with the server. */
export type ConnectionStatus =
  /** `stop()` was called, or `start()` not yet. */
  | { readonly state: 'idle' }
  /** First connection under way. */
  | { readonly state: 'connecting' }
  /** Everything works. */
  | { readonly state: 'online' }
  /** The connection was lost and is being tried now. */
  | { readonly state: 'reconnecting'; readonly sinceMs: number; readonly reason: string }
  /** The connection was lost; the next try comes at `nextTryAtMs` (on the client's clock). */
  | {
      readonly state: 'waiting';
      readonly sinceMs: number;
      readonly nextTryAtMs: number;
      readonly nextTryInMs: number;
      readonly reason: string;
    }
  /** Coming back as we are is of no use: the reason says what to do. */
  | { readonly state: 'closed'; readonly reason: ClosedReason; readonly message: string };

/** Why a client stopped for good. */
export type ClosedReason =
  | 'signed-out'
  | 'invalid-token'
  | 'forbidden'
  | 'too-many-connections'
  | 'version-unsupported'
  | 'protocol-fault'
  | 'stopped';

import type { BatchReply } from './engine.ts';
import type { Call } from './operations/run-operation.ts';

/** What a store thread is started with. */
export interface WorkerSetup {
  readonly role: 'writer' | 'reader';
  readonly path: string;
  /** Epoch for a store that is new. */
  readonly newEpoch: string;
}

/** To the thread. Answered one by one, in order. */
export type WorkerRequest =
  | { readonly type: 'batch'; readonly calls: readonly Call[] }
  /** Open the file anew after a failure, check it and try a write. */
  | { readonly type: 'reopen' }
  | { readonly type: 'close' };

/** From the thread. `opened` comes first, unasked. */
export type WorkerReply =
  | { readonly type: 'opened'; readonly epoch: string }
  | {
      readonly type: 'not-opened';
      readonly name: string;
      readonly detail: string;
      readonly corrupt: boolean;
    }
  | { readonly type: 'batch'; readonly reply: BatchReply }
  | { readonly type: 'closed' };

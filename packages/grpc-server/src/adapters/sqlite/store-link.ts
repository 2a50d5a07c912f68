import type { BatchReply } from './engine.ts';
import type { Call } from './operations/run-operation.ts';

/** Where batches are run: a thread, or this one. */
export interface StoreLink {
  /** Runs a batch. Batches are answered in the order they are given. Never rejects: failures are replies. */
  run(calls: readonly Call[]): Promise<BatchReply>;
  /** Opens the store anew after a failure. */
  reopen(): Promise<OpenResult>;
  /** Finishes what was given, then closes. May be called twice. */
  close(): Promise<void>;
}

/** Whether the store could be opened. */
export type OpenResult =
  | { readonly ok: true; readonly epoch: string }
  | {
      readonly ok: false;
      readonly name: string;
      readonly detail: string;
      readonly corrupt: boolean;
    };

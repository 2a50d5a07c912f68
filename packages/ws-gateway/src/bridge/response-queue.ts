import { LIMITS } from '@chat/protocol';

/** Below this the upstream is read again. */
const RESUME_BYTES = LIMITS.maxCallQueueBytes / 2;

/** What a call has read from upstream and could not send yet. */
export interface ResponseQueue {
  readonly empty: boolean;
  push(message: Uint8Array): void;
  peek(): Uint8Array | undefined;
  shift(): void;
}

/** Asks for a pause when full and for more when half empty. What was under way is still taken: nothing is dropped. */
export function createResponseQueue(pause: () => void, resume: () => void): ResponseQueue {
  const messages: Uint8Array[] = [];
  let head = 0;
  let bytes = 0;
  let paused = false;
  return {
    get empty() {
      return head === messages.length;
    },
    push(message) {
      messages.push(message);
      bytes += message.length + LIMITS.frameOverheadBytes;
      if (paused || bytes < LIMITS.maxCallQueueBytes) return;
      paused = true;
      pause();
    },
    peek: () => messages[head],
    shift() {
      const message = messages[head];
      if (message === undefined) return;
      head += 1;
      if (head === messages.length || head > 1_024) {
        messages.splice(0, head);
        head = 0;
      }
      bytes -= message.length + LIMITS.frameOverheadBytes;
      if (!paused || bytes > RESUME_BYTES) return;
      paused = false;
      resume();
    },
  };
}

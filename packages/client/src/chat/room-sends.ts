import { LIMITS, type SendMessageRequest, toWireSeq, utf8Length } from '@chat/protocol';
import { ChatClientError } from '../errors.ts';
import type { Answer } from './live-stream.ts';
import type { Delivery, MessageItem } from './message-api.ts';
import {
  enqueue,
  find,
  markFailed,
  markLost,
  markSending,
  markSent,
  nextToSend,
  type Outbox,
  type OutboxItem,
  remove,
  requeue,
} from './outbox.ts';
import type { StoredSend } from './outbox-storage.ts';
import type { RoomContext } from './room-context.ts';
import type { NewMessage, Sending } from './timeline-api.ts';

/** Unsent messages of one room; more are refused, so that an offline program cannot fill the memory. */
const MAX_UNSENT = 1_000;

/** The unsent and unconfirmed messages of one room. */
export interface RoomSends {
  /** Rows to show behind the log, in order. */
  readonly items: readonly MessageItem[];
  send(message: NewMessage): Sending;
  /** Takes back a message from the storage. */
  restore(stored: StoredSend): void;
  retry(clientMessageId: string): void;
  discard(clientMessageId: string): boolean;
  /** Sends what may go out now. */
  pump(): void;
  /** The caller's own message stands in the log. */
  onEcho(clientMessageId: string, seq: number): void;
  /** The log has everything up to here. */
  onLogAt(lastSeq: number): void;
  stop(): void;
}

interface Waiter {
  readonly promise: Promise<number>;
  readonly resolve: (seq: number) => void;
  readonly reject: (error: ChatClientError) => void;
}

/** Makes the sends of a room. `onChange` runs when the rows changed. */
export function createRoomSends(
  context: RoomContext,
  roomId: string,
  lastSeq: () => number,
  onChange: () => void,
): RoomSends {
  const waiters = new Map<string, Waiter>();
  let outbox: Outbox = [];
  let order = 0;
  let cancelTimer: (() => void) | undefined;

  const set = (next: Outbox): void => {
    outbox = next;
    onChange();
  };

  const pump = (): void => {
    cancelTimer?.();
    cancelTimer = undefined;
    if (!context.outboxLoaded()) return;
    const item = nextToSend(outbox);
    if (item === undefined || item.progress.state !== 'queued') return;
    const waitMs = item.progress.notBeforeMs - context.clock.monotonicMs();
    if (waitMs > 0) {
      cancelTimer = context.clock.after(waitMs, pump);
      return;
    }
    const id = item.send.clientMessageId;
    const command = { $case: 'sendMessage', value: toRequest(item.send) } as const;
    if (context.live.ask(command, (answer) => onAnswer(id, answer))) {
      set(markSending(outbox, id));
    }
  };

  const onAnswer = (id: string, answer: Answer): void => {
    if (answer.kind === 'lost') {
      // Nobody knows whether it was accepted: it goes out again under the same id when the stream is back.
      set(markLost(outbox));
      return;
    }
    if (answer.kind === 'failed') {
      fail(id, answer.error);
      return;
    }
    const seq =
      answer.result?.$case === 'sendMessage' ? Number(answer.result.value.position?.seq ?? 0n) : 0;
    if (find(outbox, id) !== undefined) settle(id, seq);
    pump();
  };

  const fail = (id: string, error: ChatClientError): void => {
    // The echo may have come first: then the message is in the log, whatever this answer says.
    if (find(outbox, id) === undefined) return;
    set(markFailed(outbox, id, error, context.clock.monotonicMs(), context.random));
    if (find(outbox, id)?.progress.state === 'failed') {
      waiters.get(id)?.reject(error);
      waiters.delete(id);
      context.emit({ type: 'sendFailed', roomId, clientMessageId: id, error });
    }
    pump();
  };

  const settle = (id: string, seq: number): void => {
    // The storage forgets it only now that the server has it for good.
    context.storage.remove(id).catch(() => undefined);
    waiters.get(id)?.resolve(seq);
    waiters.delete(id);
    set(seq <= lastSeq() ? remove(outbox, id) : markSent(outbox, id, seq));
  };

  const addWaiter = (id: string): Waiter => {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    // Who does not await `sent` sees the failure in the timeline.
    promise.catch(() => undefined);
    const waiter = { promise, resolve, reject };
    waiters.set(id, waiter);
    return waiter;
  };

  return {
    get items() {
      return outbox.map((item) => toItem(item, context));
    },
    send(message) {
      check(message);
      if (outbox.length >= MAX_UNSENT) {
        throw new ChatClientError('LIMIT', { message: 'too many unsent messages' });
      }
      const clientMessageId = context.newId();
      const createTimeMs = context.clock.nowMs();
      order = Math.max(order + 1, createTimeMs);
      const stored = { clientMessageId, roomId, message, createTimeMs, order };
      // Without a storage the message is sent all the same, see OutboxStorage.
      context.storage.put(stored).catch(() => undefined);
      const { promise } = addWaiter(clientMessageId);
      set(enqueue(outbox, stored));
      pump();
      return { clientMessageId, sent: promise };
    },
    restore(stored) {
      order = Math.max(order, stored.order);
      const older = outbox.filter(({ send }) => send.order < stored.order);
      const newer = outbox.filter(({ send }) => send.order > stored.order);
      set([...enqueue(older, stored), ...newer]);
    },
    retry(clientMessageId) {
      set(requeue(outbox, clientMessageId));
      pump();
    },
    discard(clientMessageId) {
      const state = find(outbox, clientMessageId)?.progress.state;
      if (state !== 'queued' && state !== 'failed') return false;
      context.storage.remove(clientMessageId).catch(() => undefined);
      waiters.get(clientMessageId)?.reject(new ChatClientError('CANCELLED'));
      waiters.delete(clientMessageId);
      set(remove(outbox, clientMessageId));
      pump();
      return true;
    },
    pump,
    onEcho(clientMessageId, seq) {
      if (find(outbox, clientMessageId) === undefined) return;
      settle(clientMessageId, seq);
      pump();
    },
    onLogAt(seq) {
      const left = outbox.filter(({ progress }) => progress.state !== 'sent' || progress.seq > seq);
      if (left.length !== outbox.length) set(left);
    },
    stop() {
      cancelTimer?.();
    },
  };
}

/** Refuses what every server refuses, before it is shown as on its way. */
function check(message: NewMessage): void {
  const { text } = message;
  const hasMore = (message.attachments?.length ?? 0) > 0 || message.poll !== undefined;
  if (text.trim() === '' && !hasMore) throw new ChatClientError('EMPTY', { field: 'text' });
  const codePoints = text.length > LIMITS.maxTextCodePoints ? Array.from(text).length : text.length;
  if (codePoints > LIMITS.maxTextCodePoints || utf8Length(text) > LIMITS.maxTextBytes) {
    throw new ChatClientError('TOO_LONG', { field: 'text' });
  }
}

function toRequest({ roomId, clientMessageId, message }: StoredSend): SendMessageRequest {
  const { poll } = message;
  return {
    roomId,
    clientMessageId,
    text: message.text,
    attachments: (message.attachments ?? []).map(({ mediaId, fileName, altText }) => ({
      ...EMPTY_ATTACHMENT,
      mediaId,
      fileName,
      altText: altText ?? '',
    })),
    replyToSeq: toWireSeq(message.replyToSeq ?? 0),
    threadRootSeq: toWireSeq(message.threadRootSeq ?? 0),
    alsoInRoom: message.alsoInRoom ?? false,
    poll:
      poll === undefined
        ? undefined
        : {
            question: poll.question,
            options: poll.options.map((text) => ({ text, votes: 0 })),
            multiple: poll.multiple ?? false,
            closeTime: undefined,
          },
  };
}

const EMPTY_ATTACHMENT = {
  mediaId: '',
  fileName: '',
  contentType: '',
  sizeBytes: 0,
  width: 0,
  height: 0,
  altText: '',
};

function toItem({ send, progress }: OutboxItem, context: RoomContext): MessageItem {
  const { message } = send;
  const me = context.me();
  return {
    kind: 'message',
    key: send.clientMessageId,
    seq: progress.state === 'sent' ? progress.seq : 0,
    clientMessageId: send.clientMessageId,
    senderId: me?.userId ?? '',
    senderName: me?.displayName ?? '',
    own: true,
    timeMs: send.createTimeMs,
    text: message.text,
    attachments: (message.attachments ?? []).map((file) => ({
      ...EMPTY_ATTACHMENT,
      altText: '',
      ...file,
    })),
    replyToSeq: message.replyToSeq ?? 0,
    threadRootSeq: message.threadRootSeq ?? 0,
    alsoInRoom: message.alsoInRoom ?? false,
    mentions: [],
    mentionsMe: false,
    poll:
      message.poll === undefined
        ? undefined
        : {
            question: message.poll.question,
            options: message.poll.options.map((text) => ({ text, votes: 0 })),
            multiple: message.poll.multiple ?? false,
            closeTimeMs: 0,
          },
    editTimeMs: 0,
    deleted: false,
    reactions: [],
    pinned: false,
    delivery: toDelivery(progress),
  };
}

function toDelivery(progress: OutboxItem['progress']): Delivery {
  switch (progress.state) {
    case 'queued':
    case 'sending':
    case 'sent':
      return { state: progress.state };
    case 'failed':
      return { state: 'failed', error: progress.error };
  }
}

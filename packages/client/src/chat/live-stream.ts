import { ChatRequest, ChatResponse, type Ready } from '@chat/protocol';
import { ChatClientError, toReason } from '../errors.ts';
import type { CallStatus, Link } from '../link.ts';

/** A command without its request id. */
export type Command = NonNullable<ChatRequest['command']>;
/** An event that is not an answer. */
export type LiveEvent = Exclude<
  NonNullable<ChatResponse['event']>,
  { $case: 'ready' | 'done' | 'failed' }
>;
/** What became of a command. `lost`: the stream ended or began anew before the answer. */
export type Answer =
  | { readonly kind: 'done'; readonly result: Done['result'] }
  | { readonly kind: 'failed'; readonly error: ChatClientError }
  | { readonly kind: 'lost' };
type Done = Extract<NonNullable<ChatResponse['event']>, { $case: 'done' }>['value'];
type Failed = Extract<NonNullable<ChatResponse['event']>, { $case: 'failed' }>['value'];

/** What the owner of a stream hears; answers go to whoever asked. */
export interface StreamHandlers {
  /** False once the stream was given up: what still comes on it is dropped. */
  isHeld(stream: LiveStream): boolean;
  onReady(stream: LiveStream, ready: Ready): void;
  onEvent(stream: LiveStream, event: LiveEvent): void;
  onEnd(stream: LiveStream, status: CallStatus): void;
}

/** One call of the chat method, and the commands asked on it. */
export interface LiveStream {
  /** The connection it runs on. */
  readonly generation: number;
  /** When the newest Ready was taken in, in monotonic milliseconds; undefined before the first. */
  readonly readyAtMs: number | undefined;
  /** Takes Ready in: commands may be sent, those without an answer are lost. */
  begin(nowMs: number): void;
  /** Sends a command; the answer comes exactly once, never before this returns. False (and no answer) when it cannot be sent. */
  ask(command: Command, onAnswer: (answer: Answer) => void): boolean;
  /** Sends a command that nobody answers; lost before Ready. */
  tell(command: Command): void;
  /** Answers every waiting command with `lost`. */
  forget(): void;
  cancel(why: string): void;
}

/** Opens the chat stream on the link's present connection. */
export function openLiveStream(
  link: Link,
  generation: number,
  handlers: StreamHandlers,
): LiveStream {
  const asked = new Map<number, (answer: Answer) => void>();
  let readyAtMs: number | undefined;
  let lastRequestId = 0;

  const call = link.openCall(
    {
      path: 'chat.v1.ChatService/Chat',
      requestStream: true,
      responseStream: true,
      metadata: [],
      timeoutMs: 0,
      request: undefined,
    },
    {
      onHeaders: () => undefined,
      onMessage(message) {
        receive(message);
        // Events are taken in at once; the server may send as many more.
        call.consumed();
      },
      onStatus: (status) => handlers.onEnd(stream, status),
    },
  );

  const receive = (message: Uint8Array): void => {
    if (!handlers.isHeld(stream)) return;
    let event: ChatResponse['event'];
    try {
      event = ChatResponse.decode(message).event;
    } catch {
      call.cancel('unreadable event');
      return;
    }
    // An event of a newer server.
    if (event === undefined) return;
    switch (event.$case) {
      case 'ready':
        handlers.onReady(stream, event.value);
        break;
      case 'done':
        answer(event.value.requestId, { kind: 'done', result: event.value.result });
        break;
      case 'failed':
        answer(event.value.requestId, { kind: 'failed', error: toCommandError(event.value) });
        break;
      default:
        handlers.onEvent(stream, event);
    }
  };

  const answer = (requestId: number, what: Answer): void => {
    const onAnswer = asked.get(requestId);
    asked.delete(requestId);
    onAnswer?.(what);
  };

  const forget = (): void => {
    const waiting = [...asked.values()];
    asked.clear();
    for (const onAnswer of waiting) onAnswer({ kind: 'lost' });
  };

  const send = (requestId: number, command: Command): boolean =>
    call.send(ChatRequest.encode({ requestId, command }).finish());

  const stream: LiveStream = {
    generation,
    get readyAtMs() {
      return readyAtMs;
    },
    begin(nowMs) {
      readyAtMs = nowMs;
      forget();
    },
    ask(command, onAnswer) {
      if (readyAtMs === undefined) return false;
      lastRequestId = (lastRequestId % 0xffff_ffff) + 1;
      const requestId = lastRequestId;
      if (!send(requestId, command)) return false;
      asked.set(requestId, onAnswer);
      return true;
    },
    tell(command) {
      if (readyAtMs !== undefined) send(0, command);
    },
    forget,
    cancel: (why) => call.cancel(why),
  };
  return stream;
}

function toCommandError({ code, reason, message, field, retryAfterMs }: Failed): ChatClientError {
  return new ChatClientError(toReason(code, reason), {
    code,
    message: message === '' ? undefined : message,
    field: field === '' ? undefined : field,
    retryAfterMs: retryAfterMs > 0 ? retryAfterMs : undefined,
  });
}

import type { ChatEvent } from '../src/chat/chat-event.ts';
import type { ChatPort, ChatRoom, EndOfChat } from '../src/chat/chat-port.ts';
import { CliError } from '../src/chat/cli-error.ts';
import type { Terminal } from '../src/terminal/terminal.ts';

/** A chat of one person in memory; what was asked of it is kept in `asked`. */
export function createMemoryChat() {
  const asked: string[] = [];
  const end = Promise.withResolvers<EndOfChat>();
  const listeners = new Map<string, (event: ChatEvent) => void>();
  const past: ChatEvent[] = [];
  let seq = 0;
  const event = (roomId: string, name: string, text: string): ChatEvent => ({
    kind: 'message',
    roomId,
    seq: ++seq,
    timeMs: 0,
    from: { id: name, name },
    text,
    edited: false,
  });

  const toRoom = (roomId: string): ChatRoom => ({
    roomId,
    name: roomId,
    topic: '',
    code: 'K7QM2XPA',
    open: async (count, listener) => {
      asked.push(`open ${roomId} ${count}`);
      for (const old of past.slice(-count)) listener(old);
      listeners.set(roomId, listener);
    },
    history: async (count) => past.slice(-count),
    send: async (text) => {
      if (text === 'bad') throw new CliError('refused', 'BAD_TEXT', 'that text is not allowed');
      asked.push(`send ${roomId} ${text}`);
      listeners.get(roomId)?.(event(roomId, 'Alice', text));
    },
    members: async () => [{ id: 'u1', name: 'Alice', role: 'owner', online: true }],
    leave: async () => {
      asked.push(`leave ${roomId}`);
      listeners.delete(roomId);
    },
  });

  const chat: ChatPort = {
    me: { id: 'u1', name: 'Alice' },
    enter: async (target, password) => {
      const name =
        target.kind === 'name' ? target.name : target.kind === 'code' ? target.code : target.text;
      if (name === 'locked' && password !== 'secret') {
        throw new CliError('refused', 'WRONG_PASSWORD', 'the room has a password');
      }
      asked.push(`enter ${name}`);
      return toRoom(name);
    },
    publicRooms: async () => [
      { name: 'general', topic: 'all', memberCount: 2, hasPassword: false },
    ],
    ended: end.promise,
    close: async () => undefined,
  };
  return {
    chat,
    asked,
    past: (name: string, text: string) => past.push(event('general', name, text)),
    say: (name: string, text: string) => listeners.get('general')?.(event('general', name, text)),
    end: (reason: string) => end.resolve({ reason }),
  };
}

/** A terminal whose input is a list of lines, or lines given by hand. */
export function createMemoryTerminal(input: AsyncIterable<string> | Iterable<string>) {
  const printed: string[] = [];
  const notes: string[] = [];
  const terminal: Terminal = {
    interactive: false,
    lines: (async function* () {
      yield* input;
    })(),
    print: (text) => void printed.push(text),
    note: (text) => void notes.push(text),
    close: () => undefined,
  };
  return { terminal, printed, notes };
}

/** Input that never ends. */
export async function* endlessInput(): AsyncGenerator<string> {
  await new Promise<never>(() => undefined);
  yield '';
}

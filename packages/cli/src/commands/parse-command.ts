/** What a line of input asks for. */
export type InputCommand =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'send'; readonly text: string }
  | { readonly kind: 'quit' }
  | { readonly kind: 'help' }
  | { readonly kind: 'who' }
  | { readonly kind: 'rooms' }
  | { readonly kind: 'history'; readonly count: number }
  | { readonly kind: 'join'; readonly room: string; readonly password: string | undefined }
  | { readonly kind: 'wrong'; readonly explanation: string };

const DEFAULT_HISTORY = 20;
const MAX_HISTORY = 100;

/** Text of /help. */
export const COMMAND_HELP = [
  '/who                     members of the room',
  '/history [count]         newest entries again (1-100)',
  '/rooms                   public rooms',
  '/join <room> [password]  go to another room: name, short code or link',
  '/help                    this',
  '/quit, /exit, /q         leave (Ctrl+C and Ctrl+D too)',
  '//text                   sends "/text"',
].join('\n');

/** Reads one line of input. Anything that does not begin with a slash is a message. */
export function parseCommand(line: string): InputCommand {
  if (line.trim() === '') return { kind: 'nothing' };
  if (line.startsWith('//')) return { kind: 'send', text: line.slice(1) };
  if (!line.startsWith('/')) return { kind: 'send', text: line };
  const [word = '', ...rest] = line.trim().split(/\s+/);
  switch (word) {
    case '/quit':
    case '/exit':
    case '/q':
      return { kind: 'quit' };
    case '/help':
      return { kind: 'help' };
    case '/who':
      return { kind: 'who' };
    case '/rooms':
      return { kind: 'rooms' };
    case '/history':
      return parseHistory(rest[0]);
    case '/join':
      return rest[0] === undefined
        ? { kind: 'wrong', explanation: 'usage: /join <room> [password]' }
        : { kind: 'join', room: rest[0], password: rest[1] };
    default:
      return {
        kind: 'wrong',
        explanation: `no command ${word}; /help lists them, // sends a text with a slash`,
      };
  }
}

function parseHistory(argument: string | undefined): InputCommand {
  if (argument === undefined) return { kind: 'history', count: DEFAULT_HISTORY };
  const count = Number(argument);
  if (!Number.isInteger(count) || count < 1 || count > MAX_HISTORY) {
    return { kind: 'wrong', explanation: `usage: /history [1-${MAX_HISTORY}]` };
  }
  return { kind: 'history', count };
}

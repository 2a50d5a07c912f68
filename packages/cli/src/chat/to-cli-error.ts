import { ChatClientError } from '@chat/client';
import { CliError } from './cli-error.ts';

/** Nobody answered: to be told apart from a refusal. */
const UNREACHABLE: ReadonlySet<string> = new Set([
  'UNAVAILABLE',
  'DEADLINE',
  'CANCELLED',
  'OVERLOADED',
]);

/** What a person can do about the refusals that happen most. */
const ADVICE: Readonly<Record<string, string>> = {
  WRONG_PASSWORD: 'wrong room password (give it with --password or CHAT_ROOM_PASSWORD)',
  NAME_TAKEN: 'somebody has this name already',
  NAME_CONFUSABLE: 'this name looks like the name of somebody else',
  NAME_RESERVED: 'this name is reserved',
  GUESTS_REFUSED: 'guests are not allowed here',
  BANNED: 'you are banned here',
};

/** Runs `work` and converts what it throws. */
export async function asCliErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toCliError(error);
  }
}

/** Converts an error of the SDK once, at the boundary. */
export function toCliError(thrown: unknown): CliError {
  if (thrown instanceof CliError) return thrown;
  const error = ChatClientError.from(thrown);
  const text = ADVICE[error.reason] ?? error.message;
  if (UNREACHABLE.has(error.reason)) return new CliError('unreachable', error.reason, text, thrown);
  const kind = error.reason === 'INTERNAL' ? 'fault' : 'refused';
  return new CliError(kind, error.reason, text, thrown);
}

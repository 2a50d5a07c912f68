import type { Entry, UserId } from '@chat/protocol';

/** What an entry says. */
export type EntryContent = NonNullable<Entry['content']>;

/** An entry as the fold sees it. */
export interface LogEntry {
  readonly seq: number;
  readonly timeMs: number;
  readonly actorId: UserId;
  readonly content: EntryContent;
}

/** What a command leads to: entries to append, in order; none when all is already as wished. */
export interface Decision {
  readonly contents: readonly EntryContent[];
}

/** Nothing is left to do. */
export const UNCHANGED: Decision = { contents: [] };

import {
  encodeEntryContent,
  entryKind,
  type Mention,
  MessagePosted,
  type RoomId,
} from '@chat/protocol';
import type { Account } from '../../domain/account.ts';
import { toComparable } from '../../domain/decide-post.ts';
import { foldMessage, messageSeqOf } from '../../domain/fold-message.ts';
import { foldRoom } from '../../domain/fold-room.ts';
import type { EntryContent, LogEntry } from '../../domain/log-entry.ts';
import type { MembershipChange } from '../../ports/room-log.ts';
import type { Context } from './context.ts';
import { chainHash, toContent, toMessageState, toStoredEntry } from './entry-codec.ts';
import { type EntryRow, sha256 } from './tables/entry-table.ts';

/** Appends one entry to the room and folds it into the tables. The room must exist. Returns the row. */
export function appendEntry(
  context: Context,
  roomId: RoomId,
  actor: Account,
  content: EntryContent,
): EntryRow {
  const room = context.rooms.get(roomId);
  if (room === undefined) throw new Error('An entry needs a room.');
  const bytes = encodeEntryContent(content);
  const contentHash = sha256(bytes);
  const seq = room.headSeq + 1;
  const kind = entryKind(content);
  const posted = content.$case === 'messagePosted' ? content.value.message : undefined;
  const row: EntryRow = {
    roomId,
    seq,
    kind,
    timeMs: context.nowMs,
    actorId: actor.userId,
    actorName: actor.displayName,
    content: bytes,
    contentHash,
    hash: chainHash(room.headHash, seq, kind, contentHash),
    clientMessageId: posted?.clientMessageId,
    state: undefined,
    scrubbed: false,
    comparableHash: undefined,
  };
  context.entries.insert(row);
  const entry: LogEntry = { seq, timeMs: row.timeMs, actorId: actor.userId, content };
  const fold = foldRoom(room, entry, (userId) => context.members.get(roomId, userId));
  context.rooms.set({ ...fold.room, headHash: row.hash });
  const membership = toMembership(content);
  for (const { userId, member } of fold.members) {
    if (member === undefined) context.members.delete(roomId, userId);
    else context.members.set(member);
  }
  for (const { userId, ban } of fold.bans) context.members.setBan(roomId, userId, ban);
  if (posted !== undefined && posted.mentions.length > 0) {
    context.entries.setMentions(roomId, seq, [], toMentioned(posted.mentions));
  }
  foldIntoMessage(context, row, entry);
  context.events.push({
    type: 'entry',
    roomId,
    entry: toStoredEntry(row),
    actorId: actor.userId,
    membership: fold.members.length > 0 ? membership : undefined,
  });
  return row;
}

/** Brings the message an entry is about to its newest state. */
function foldIntoMessage(context: Context, row: EntryRow, entry: LogEntry): void {
  const messageSeq = messageSeqOf(entry.content);
  if (messageSeq === undefined) return;
  const { roomId } = row;
  const { entries } = context;
  const target = entries.get(roomId, messageSeq);
  const before = target === undefined ? undefined : toMessageState(target);
  if (target === undefined || before === undefined) throw new Error('No message to fold into.');
  const voter = entry.actorId;
  const { $case } = entry.content;
  const votes = $case === 'pollVoted' ? entries.vote(roomId, messageSeq, voter) : [];
  const message = foldMessage(before, entry, votes);
  const state = MessagePosted.encode({ message }).finish();
  if ($case === 'messageEdited') {
    entries.addEdit(roomId, messageSeq, row.seq);
    entries.setMentions(
      roomId,
      messageSeq,
      toMentioned(before.mentions),
      toMentioned(message.mentions),
    );
  }
  if (entry.content.$case === 'pollVoted') {
    entries.setVote(roomId, messageSeq, voter, entry.content.value.options);
  }
  if ($case !== 'messageDeleted') {
    entries.update({ ...target, state });
    return;
  }
  entries.setMentions(roomId, messageSeq, toMentioned(before.mentions), []);
  for (const seq of entries.editsOf(roomId, messageSeq)) wipeEdit(context, roomId, seq);
  entries.update({
    ...wipe(target, new Uint8Array(0)),
    state,
    comparableHash: comparableHash(target),
  });
}

/** What makes two posts the same, as one value. Kept when the post itself is wiped. */
export function comparableHash(row: EntryRow): Uint8Array {
  if (row.comparableHash !== undefined) return row.comparableHash;
  const { message } = MessagePosted.decode(row.content);
  return hashComparable(message);
}

/** The same for a message that is not posted yet. */
export function hashComparable(message: MessagePosted['message']): Uint8Array {
  const comparable = message === undefined ? undefined : toComparable(message);
  return sha256(MessagePosted.encode({ message: comparable }).finish());
}

/** The text of an edit goes with the message; that there was an edit stays. */
function wipeEdit(context: Context, roomId: RoomId, seq: number): void {
  const edit = context.entries.get(roomId, seq);
  if (edit === undefined || edit.scrubbed) return;
  const content = toContent(edit);
  if (content.$case !== 'messageEdited') throw new Error('Not an edit.');
  const bare = { ...content, value: { ...content.value, text: '', mentions: [] } };
  context.entries.update(wipe(edit, encodeEntryContent(bare)));
}

function wipe(row: EntryRow, content: Uint8Array): EntryRow {
  return { ...row, content, scrubbed: true };
}

/** User ids addressed; '' = everyone. */
function toMentioned(mentions: readonly Mention[]): string[] {
  return mentions.map(({ target }) => (target?.$case === 'userId' ? target.value : ''));
}

function toMembership(content: EntryContent): MembershipChange | undefined {
  switch (content.$case) {
    case 'memberJoined':
      return { change: 'joined', userId: toUserId(content.value.userId) };
    case 'memberLeft':
      return { change: 'left', userId: toUserId(content.value.userId) };
    case 'memberKicked':
      return { change: 'kicked', userId: toUserId(content.value.userId) };
    case 'memberBanned':
      return { change: 'banned', userId: toUserId(content.value.userId) };
    default:
      return undefined;
  }
}

// Made from a branded id by a decision.
function toUserId(id: string): MembershipChange['userId'] {
  return id as MembershipChange['userId'];
}

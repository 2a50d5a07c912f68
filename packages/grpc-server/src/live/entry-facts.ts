import { BinaryReader } from '@bufbuild/protobuf/wire';
import { Entry } from '@chat/protocol';
import type { UserId } from '@chat/protocol';
import type { MembershipChange } from '../ports/room-log.ts';

// Field numbers of Entry.content that matter to the fan-out.
const FIRST_CONTENT_FIELD = 10;
const MESSAGE_EDITED = 11;
const MESSAGE_DELETED = 12;
const MEMBER_JOINED = 15;
const MEMBER_BANNED = 18;

/** Kind of a serialized entry, the field number of its content; 0 when it has none. Reads tags only. */
export function kindOfEntry(bytes: Uint8Array): number {
  const reader = new BinaryReader(bytes);
  let kind = 0;
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field >= FIRST_CONTENT_FIELD) kind = field;
    reader.skip(wireType);
  }
  return kind;
}

/** True when the entry makes earlier entries of the room differ from what was sent live. */
export function rewritesHistory(bytes: Uint8Array): boolean {
  const kind = kindOfEntry(bytes);
  return kind === MESSAGE_EDITED || kind === MESSAGE_DELETED;
}

/** Who came or went by an entry that was read from the log; undefined for other kinds. */
export function membershipOfEntry(bytes: Uint8Array): MembershipChange | undefined {
  const kind = kindOfEntry(bytes);
  if (kind < MEMBER_JOINED || kind > MEMBER_BANNED) return undefined;
  const content = Entry.decode(bytes).content;
  switch (content?.$case) {
    case 'memberJoined':
      return { change: 'joined', userId: asUserId(content.value.userId) };
    case 'memberLeft':
      return { change: 'left', userId: asUserId(content.value.userId) };
    case 'memberKicked':
      return { change: 'kicked', userId: asUserId(content.value.userId) };
    case 'memberBanned':
      return { change: 'banned', userId: asUserId(content.value.userId) };
    default:
      return undefined;
  }
}

// The log holds only ids that the server made.
function asUserId(text: string): UserId {
  return text as UserId;
}

import * as content from './gen/chat/v1/entry.ts';
import type { MessageType } from './message-type.ts';

type Content = NonNullable<content.Entry['content']>;
type Case = Content['$case'];

/** Field number and message of each case of Entry.content; the number is the entry's kind, for ever. */
const CASES = {
  messagePosted: [10, content.MessagePosted],
  messageEdited: [11, content.MessageEdited],
  messageDeleted: [12, content.MessageDeleted],
  reactionChanged: [13, content.ReactionChanged],
  pinChanged: [14, content.PinChanged],
  memberJoined: [15, content.MemberJoined],
  memberLeft: [16, content.MemberLeft],
  memberKicked: [17, content.MemberKicked],
  memberBanned: [18, content.MemberBanned],
  memberUnbanned: [19, content.MemberUnbanned],
  memberMuted: [20, content.MemberMuted],
  roleChanged: [21, content.RoleChanged],
  settingsChanged: [22, content.SettingsChanged],
  pollVoted: [23, content.PollVoted],
} as const satisfies Readonly<Record<Case, readonly [number, MessageType<unknown>]>>;

const BY_KIND: ReadonlyMap<number, Case> = new Map(
  // Object.entries gives exactly the keys of the table.
  (Object.entries(CASES) as [Case, readonly [number, unknown]][]).map(([name, [kind]]) => [
    kind,
    name,
  ]),
);

/** The entry's kind in the hash chain: the field number of its content case. */
export function entryKind(entryContent: Content): number {
  return CASES[entryContent.$case][0];
}

/** The serialized message of the content case, without the entry around it: what the hash chain covers. */
export function encodeEntryContent(entryContent: Content): Uint8Array {
  // The table pairs each case with the message of its value.
  const type: MessageType<unknown> = CASES[entryContent.$case][1];
  return type.encode(entryContent.value).finish();
}

/** The inverse: the content case of a kind and its serialized message; undefined for an unknown kind. */
export function decodeEntryContent(kind: number, bytes: Uint8Array): Content | undefined {
  const name = BY_KIND.get(kind);
  if (name === undefined) return undefined;
  // As above.
  return { $case: name, value: CASES[name][1].decode(bytes) } as Content;
}

import type { Attachment, Mention, Poll, Role, RoomId, UserId } from '@chat/protocol';
import type { RoomSettings } from './room.ts';

/** A wish to change a room. Texts are already checked and normalized, limits of length already held. */
export type RoomCommand = RoomAction & {
  readonly roomId: RoomId;
  /** Who wants it; from the session, never from the request. */
  readonly actorId: UserId;
};

/** What shall be done. */
export type RoomAction =
  | PostMessage
  | {
      readonly type: 'edit';
      readonly seq: number;
      readonly text: string;
      readonly mentions: readonly Mention[];
    }
  | { readonly type: 'delete'; readonly seq: number; readonly reason: string }
  | {
      readonly type: 'react';
      readonly seq: number;
      readonly emoji: string;
      readonly present: boolean;
    }
  | { readonly type: 'pin'; readonly seq: number; readonly pinned: boolean }
  | { readonly type: 'vote'; readonly seq: number; readonly options: readonly number[] }
  | JoinRoom
  | { readonly type: 'leave' }
  | { readonly type: 'kick'; readonly userId: UserId; readonly reason: string }
  | {
      readonly type: 'ban';
      readonly userId: UserId;
      readonly reason: string;
      readonly untilMs: number | undefined;
    }
  | { readonly type: 'unban'; readonly userId: UserId }
  | { readonly type: 'mute'; readonly userId: UserId; readonly untilMs: number | undefined }
  | { readonly type: 'set-role'; readonly userId: UserId; readonly role: Role }
  | ChangeSettings;

/** Posts a message. A repeated clientMessageId with the same body returns the first result. */
export interface PostMessage {
  readonly type: 'post';
  readonly clientMessageId: string;
  readonly text: string;
  readonly attachments: readonly Attachment[];
  /** 0 = none. */
  readonly replyToSeq: number;
  /** 0 = not in a thread. */
  readonly threadRootSeq: number;
  readonly alsoInRoom: boolean;
  readonly mentions: readonly Mention[];
  readonly poll: Poll | undefined;
}

/** Makes the actor a member. */
export interface JoinRoom {
  readonly type: 'join';
  /** How the actor came to know the room. A room id alone opens public rooms only. */
  readonly via: 'public' | 'code' | { readonly inviteCode: string };
  /** The room's password hash that the given password was checked against; undefined when none was given. */
  readonly provenPasswordHash: string | undefined;
}

/** Changes the settings that are not undefined. */
export interface ChangeSettings {
  readonly type: 'change-settings';
  readonly name: string | undefined;
  /** Case-folded form of name; undefined with name. */
  readonly nameKey: string | undefined;
  readonly topic: string | undefined;
  readonly kind: RoomSettings['kind'] | undefined;
  /** null = no password any more. */
  readonly passwordHash: string | null | undefined;
  readonly slowModeSeconds: number | undefined;
  readonly guestsAllowed: boolean | undefined;
  readonly archived: boolean | undefined;
}

import type { RoomId, RoomKind, UserId } from '@chat/protocol';
import type { Outcome } from '../domain/outcome.ts';
import type { Member, Room } from '../domain/room.ts';

/** Makes and ends rooms, and what is of a room but not in its log. Same promises as RoomLog. */
export interface Rooms {
  /**
   * Makes a room with the creator as owner and first member.
   * NAME_TAKEN (field name) for a public name in use; LIMIT (field code) when the code is in use: draw another.
   * The same requestId of the same creator returns the first room.
   */
  create(request: CreateRoom): Promise<Outcome<RoomView>>;
  /** Finds the direct room of exactly these users, or makes it. NOT_FOUND when one of them does not exist. */
  openDirect(request: OpenDirect): Promise<Outcome<RoomView>>;
  /** Deletes the room with its log. Owners only. */
  delete(request: { readonly roomId: RoomId; readonly actorId: UserId }): Promise<Outcome<null>>;
  /** Gives the room a new code. Owners only; LIMIT (field code) when it is in use. */
  setCode(request: {
    readonly roomId: RoomId;
    readonly actorId: UserId;
    readonly code: string;
  }): Promise<Outcome<null>>;
  /** Moves the read cursor forward, never back, at most to the head. NOT_FOUND for non-members. */
  markRead(request: {
    readonly roomId: RoomId;
    readonly userId: UserId;
    readonly seq: number;
  }): Promise<Outcome<Unread>>;
}

/** Questions about rooms. Sees every change acknowledged before the call. */
export interface RoomDirectory {
  /** Finds a room and the asker's place in it. For a code or name, casing and form are already normalized. */
  find(by: RoomKey, askerId: UserId | undefined): Promise<RoomView | undefined>;
  /** The user's rooms with what is unread, newest activity first. */
  listMine(userId: UserId): Promise<readonly MyRoomView[]>;
  /** Public rooms, most members first; after = cursor of the page before. */
  listPublic(request: {
    /** Beginning of the case-folded name; empty = all. */
    readonly nameKeyPrefix: string;
    readonly after: string | undefined;
    readonly limit: number;
  }): Promise<Page<Room>>;
  /** Members: owners, then moderators, then by name. NOT_FOUND unless the asker is a member (undefined = the server). */
  listMembers(request: {
    readonly roomId: RoomId;
    readonly askerId: UserId | undefined;
    readonly after: string | undefined;
    readonly limit: number;
  }): Promise<Outcome<Page<NamedMember>>>;
  /** Read cursors of the members that read anything. NOT_FOUND unless the asker is a member. */
  listReadCursors(request: {
    readonly roomId: RoomId;
    readonly askerId: UserId;
  }): Promise<Outcome<readonly { readonly userId: UserId; readonly seq: number }[]>>;
}

/** How a room is named. A ready invite code is found only while it is live. */
export type RoomKey =
  | { readonly roomId: RoomId }
  | { readonly code: string }
  | { readonly publicNameKey: string }
  | { readonly inviteCode: string };

/** A room seen by a user. */
export interface RoomView {
  readonly room: Room;
  /** undefined when the asker is no member. */
  readonly member: Member | undefined;
  /** True when nothing was made since it existed (create, openDirect); always true for find. */
  readonly existed: boolean;
}

/** One of the user's rooms. */
export interface MyRoomView {
  readonly room: Room;
  readonly member: Member;
  readonly unread: Unread;
}

/** What a member has not read. Counts stop at 100: more is "99+". */
export interface Unread {
  readonly readSeq: number;
  /** Messages of others after the cursor. */
  readonly messages: number;
  /** Of these, how many address the user. */
  readonly mentions: number;
}

/** A member with the name of now. */
export interface NamedMember extends Member {
  readonly displayName: string;
}

/** A page of a list; next = cursor for the page after, undefined on the last. Cursors are opaque. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

/** A room to make. */
export interface CreateRoom {
  readonly roomId: RoomId;
  readonly creatorId: UserId;
  /** Public or private. */
  readonly kind: RoomKind;
  readonly name: string;
  readonly nameKey: string;
  readonly topic: string;
  readonly code: string;
  readonly passwordHash: string | undefined;
  readonly guestsAllowed: boolean;
  /** Empty = no protection against a repeated request. */
  readonly requestId: string;
}

/** A direct room to open. */
export interface OpenDirect {
  /** Id of the room if one has to be made. */
  readonly roomId: RoomId;
  readonly actorId: UserId;
  /** The others, without the actor: one makes a direct room, 2-7 a group. */
  readonly userIds: readonly UserId[];
}

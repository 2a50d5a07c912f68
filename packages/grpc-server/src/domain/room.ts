import type { Role, RoomId, RoomKind, UserId } from '@chat/protocol';

/** What the owner of a room can change. */
export interface RoomSettings {
  readonly kind: RoomKind;
  /** Empty for direct rooms. */
  readonly name: string;
  readonly topic: string;
  /** PHC string; undefined when joining needs no password. */
  readonly passwordHash: string | undefined;
  readonly slowModeSeconds: number;
  readonly guestsAllowed: boolean;
  readonly archived: boolean;
}

/** A room with the head of its log. */
export interface Room {
  readonly roomId: RoomId;
  readonly settings: RoomSettings;
  /** Case-folded name; unique among public rooms. */
  readonly nameKey: string;
  /** Short code; empty for direct rooms. Given to members only. */
  readonly code: string;
  readonly creatorId: UserId;
  readonly createdMs: number;
  readonly memberCount: number;
  readonly ownerCount: number;
  /** seq of the newest entry; 0 while there is none. */
  readonly headSeq: number;
  /** Chained hash of the newest entry; 32 zero bytes while there is none. */
  readonly headHash: Uint8Array;
  /** Server time of the newest entry. */
  readonly headMs: number;
  /** Members of a direct room; empty for other kinds. */
  readonly directUserIds: readonly UserId[];
}

/** A user's place in a room. */
export interface Member {
  readonly roomId: RoomId;
  readonly userId: UserId;
  readonly role: Role;
  readonly joinedMs: number;
  readonly joinSeq: number;
  /** No writing before this time; undefined when not muted. */
  readonly mutedUntilMs: number | undefined;
  /** Newest message of the member; 0 = none. For slow mode. */
  readonly lastPostMs: number;
  /** seq of the last entry read. */
  readonly readSeq: number;
}

/** A user kept out of a room. */
export interface Ban {
  readonly userId: UserId;
  /** undefined = for ever. */
  readonly untilMs: number | undefined;
}

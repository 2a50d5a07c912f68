import type { RoomId, UserId } from '@chat/protocol';
import type { Outcome } from '../domain/outcome.ts';

/** Rights to join, handed out as links. A use is counted by RoomLog.append (join via inviteCode). */
export interface Invites {
  /** Makes an invite. NOT_FOUND for non-members, FORBIDDEN in direct rooms. */
  create(invite: {
    readonly code: string;
    readonly roomId: RoomId;
    readonly creatorId: UserId;
    readonly expiresMs: number | undefined;
    /** 0 = no limit. */
    readonly maxUses: number;
  }): Promise<Outcome<Invite>>;
  /** Live invites, newest first. Moderators and owners only. */
  list(request: {
    readonly roomId: RoomId;
    readonly actorId: UserId;
  }): Promise<Outcome<readonly Invite[]>>;
  /** Ends an invite: its maker, moderators and owners. NOT_FOUND otherwise. */
  revoke(request: { readonly code: string; readonly actorId: UserId }): Promise<Outcome<null>>;
}

/** A right to join. */
export interface Invite {
  readonly code: string;
  readonly roomId: RoomId;
  readonly creatorId: UserId;
  readonly createdMs: number;
  readonly expiresMs: number | undefined;
  readonly maxUses: number;
  readonly uses: number;
}

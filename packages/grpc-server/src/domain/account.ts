import type { UserId, UserKind } from '@chat/protocol';

/** An account, without its password. */
export interface Account {
  readonly userId: UserId;
  readonly kind: UserKind;
  readonly displayName: string;
  /** Case-folded form of displayName; unique among accounts that are not retired. */
  readonly nameKey: string;
  /** Login name; undefined for guests and the system. */
  readonly username: string | undefined;
  readonly avatarMediaId: string;
  readonly statusText: string;
  readonly createdMs: number;
  readonly suspended: boolean;
  readonly admin: boolean;
  /** True for a guest that ended: the name is free again, the id stays with what it wrote. */
  readonly retired: boolean;
}

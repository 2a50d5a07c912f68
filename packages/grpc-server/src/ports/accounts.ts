import type { UserId, UserKind } from '@chat/protocol';
import type { Account } from '../domain/account.ts';
import type { Outcome } from '../domain/outcome.ts';

/** Who exists. Writes are durable when they resolve; rejections as in RoomLog. */
export interface Accounts {
  /** Makes an account. NAME_TAKEN with field displayName or username. */
  create(account: NewAccount): Promise<Outcome<Account>>;
  /** Turns a guest into a registered account with the same id. NAME_TAKEN; NOT_FOUND unless it is a live guest. */
  upgrade(account: NewAccount): Promise<Outcome<Account>>;
  /** Changes what is not undefined. NAME_TAKEN (field displayName); NOT_FOUND. */
  change(change: AccountChange): Promise<Outcome<Account>>;
  /** Ends a guest: it leaves its rooms (a successor is made owner first), its name becomes free. OK when already done. */
  retire(userId: UserId): Promise<Outcome<null>>;
  /** Accounts that exist, in the order asked, retired ones included. */
  find(userIds: readonly UserId[]): Promise<readonly Account[]>;
  /** The account with its password hash by login name or id; undefined when there is none with a password. */
  findLogin(
    by: { readonly username: string } | { readonly userId: UserId },
  ): Promise<AccountLogin | undefined>;
}

/** Questions about many accounts, and blocks. */
export interface People {
  /** Live accounts whose name key or user name begins with the prefix, by name. */
  search(request: { readonly prefix: string; readonly limit: number }): Promise<readonly Account[]>;
  /** All accounts, newest first; after = cursor of the page before. */
  list(request: {
    readonly after: string | undefined;
    readonly limit: number;
  }): Promise<{ readonly items: readonly Account[]; readonly next: string | undefined }>;
  /** Sets or takes back a block. NOT_FOUND when the blocked user does not exist. */
  setBlock(block: {
    readonly blockerId: UserId;
    readonly blockedId: UserId;
    readonly blocked: boolean;
  }): Promise<Outcome<null>>;
  /** Whom the user blocked, by name. */
  listBlocked(blockerId: UserId): Promise<readonly Account[]>;
  /** How much there is, for the operator. */
  count(): Promise<{ readonly users: number; readonly rooms: number; readonly entries: number }>;
}

/** An account to make. */
export interface NewAccount {
  readonly userId: UserId;
  readonly kind: UserKind;
  readonly displayName: string;
  readonly nameKey: string;
  readonly username: string | undefined;
  /** PHC string. */
  readonly passwordHash: string | undefined;
  readonly admin: boolean;
}

/** A change of an account. */
export interface AccountChange {
  readonly userId: UserId;
  readonly displayName: string | undefined;
  /** Given together with displayName. */
  readonly nameKey: string | undefined;
  readonly avatarMediaId: string | undefined;
  readonly statusText: string | undefined;
  readonly passwordHash: string | undefined;
  readonly suspended: boolean | undefined;
  readonly admin: boolean | undefined;
}

/** What a password check needs. */
export interface AccountLogin {
  readonly account: Account;
  readonly passwordHash: string;
}

import type { SessionId, UserId } from '@chat/protocol';
import type { Account } from '../domain/account.ts';
import type { Outcome, Refusal } from '../domain/outcome.ts';

/**
 * Logins and their tokens. Only SHA-256 hashes of tokens come in here.
 * Writes are durable when they resolve; rejections as in RoomLog.
 */
export interface Sessions {
  /** Opens a session. Ends the user's oldest ones beyond maxPerUser and returns their ids. */
  open(session: NewSession): Promise<{ readonly endedSessionIds: readonly SessionId[] }>;
  /**
   * Whose access token this is. UNAUTHENTICATED when unknown or the account is suspended or retired; TOKEN_EXPIRED.
   * The first use of a token ends the refresh token it was exchanged for.
   */
  authenticate(accessHash: Uint8Array): Promise<Outcome<Authenticated>>;
  /**
   * Exchanges a refresh token. It stays valid until the new access token is first used, so a lost response can be
   * repeated. UNAUTHENTICATED when unknown, TOKEN_EXPIRED, TOKEN_REUSED when it was used up: then the session is ended.
   */
  refresh(request: RefreshTokens): Promise<RefreshOutcome>;
  /** Live sessions of a user, newest first. */
  list(userId: UserId): Promise<readonly SessionRecord[]>;
  /** Ends sessions of the user: one, or all but one (undefined = all). Returns the ids that were live. */
  revoke(
    userId: UserId,
    which: { readonly only: SessionId } | { readonly allBut: SessionId | undefined },
  ): Promise<readonly SessionId[]>;
  /** Ends what is expired. Returns the ended sessions and the guests that have none left; at most 1,000 at once. */
  sweep(): Promise<{
    readonly endedSessionIds: readonly SessionId[];
    readonly orphanedGuestIds: readonly UserId[];
  }>;
}

/** A session to open. */
export interface NewSession {
  readonly sessionId: SessionId;
  readonly userId: UserId;
  readonly client: string;
  readonly tokens: TokenPair;
  /** End of the session whatever happens. */
  readonly expiresMs: number;
  readonly maxPerUser: number;
}

/** A pair of tokens, hashed. */
export interface TokenPair {
  readonly accessHash: Uint8Array;
  readonly accessExpiresMs: number;
  readonly refreshHash: Uint8Array;
  readonly refreshExpiresMs: number;
}

/** A refresh token and the pair that replaces it. */
export interface RefreshTokens {
  readonly refreshHash: Uint8Array;
  readonly next: TokenPair;
}

/** A session as known to the server. */
export interface SessionRecord {
  readonly sessionId: SessionId;
  readonly userId: UserId;
  readonly client: string;
  readonly createdMs: number;
  /** When a pair of tokens was last made. */
  readonly lastUsedMs: number;
  readonly expiresMs: number;
}

/** The owner of a token. */
export interface Authenticated {
  readonly session: SessionRecord;
  readonly account: Account;
  readonly accessExpiresMs: number;
}

/** Result of a refresh. On TOKEN_REUSED the ended session is named so that its streams can be closed. */
export type RefreshOutcome =
  | { readonly ok: true; readonly value: Authenticated }
  | {
      readonly ok: false;
      readonly error: Refusal;
      readonly endedSessionId: SessionId | undefined;
    };

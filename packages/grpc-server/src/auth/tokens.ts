import { hash } from 'node:crypto';
import { LIMITS } from '@chat/protocol';
import type { Clock } from '../ports/clock.ts';
import type { IdSource } from '../ports/id-source.ts';
import type { TokenPair } from '../ports/sessions.ts';

/** What the store keeps of a token: its SHA-256. */
export function hashToken(token: string): Uint8Array {
  return hash('sha256', token, 'buffer');
}

/** A fresh pair: the secrets for the client, the hashes for the store. */
export interface IssuedTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly pair: TokenPair;
}

/** Draws a pair of tokens. */
export function issueTokens(ids: IdSource, clock: Clock): IssuedTokens {
  const accessToken = ids.token();
  const refreshToken = ids.token();
  const nowMs = clock.nowMs();
  return {
    accessToken,
    refreshToken,
    pair: {
      accessHash: hashToken(accessToken),
      accessExpiresMs: nowMs + LIMITS.accessTokenMs,
      refreshHash: hashToken(refreshToken),
      refreshExpiresMs: nowMs + LIMITS.refreshTokenMs,
    },
  };
}

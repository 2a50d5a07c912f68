import { type SessionId, UserKind, type UserId } from '@chat/protocol';
import { accept, type Outcome, refuse } from '../../../domain/outcome.ts';
import type { Authenticated, SessionRecord, Sessions, TokenPair } from '../../../ports/sessions.ts';
import type { Context, Operations } from '../context.ts';
import { num, type Row, text } from '../sql.ts';

/** Sessions ended by one sweep. The next sweep takes the rest. */
const MAX_SWEEP = 1_000;
/** Generations of used refresh tokens that are still recognized as reused; older ones are merely unknown. */
const MAX_KNOWN_GENERATIONS = 100;
/** A guest is made before its first session; within this time it is not taken for an orphan. */
const GUEST_GRACE_MS = 60_000;

/** An answer to authenticate, and whether the first use of the token has to be written down. */
export interface AuthenticationRead {
  readonly outcome: Outcome<Authenticated>;
  readonly confirm: { readonly sessionId: SessionId; readonly generation: number } | undefined;
}

/** Sessions inside a transaction. Authenticate is a question; its rare write is the separate operation confirm. */
export const sessionOperations: Omit<Operations<Sessions>, 'authenticate'> & {
  readonly authenticate: (context: Context, accessHash: Uint8Array) => AuthenticationRead;
  readonly confirm: (context: Context, sessionId: SessionId, generation: number) => null;
} = {
  open(context, session) {
    const { sessionId, userId } = session;
    context.sql.run(
      `INSERT INTO sessions (session_id, user_id, client, created_ms, last_used_ms, expires_ms, generation, confirmed)
       VALUES (?, ?, ?, ?, ?, ?, 1, 1)`,
      sessionId,
      userId,
      session.client,
      context.nowMs,
      context.nowMs,
      session.expiresMs,
    );
    writeTokens(context, sessionId, 1, session.tokens);
    const surplus = context.sql.all(
      'SELECT session_id FROM sessions WHERE user_id = ? ORDER BY session_no DESC LIMIT -1 OFFSET ?',
      userId,
      session.maxPerUser,
    );
    return { endedSessionIds: endSessions(context, surplus) };
  },

  authenticate(context, accessHash) {
    const row = context.sql.get(
      `SELECT s.*, t.generation AS token_generation, t.expires_ms AS token_expires_ms
       FROM access_tokens t JOIN sessions s ON s.session_id = t.session_id WHERE t.hash = ?`,
      accessHash,
    );
    const none = { confirm: undefined };
    if (row === undefined) return { ...none, outcome: refuse('UNAUTHENTICATED') };
    const session = toSession(row);
    const account = context.users.get(session.userId);
    if (account === undefined || account.retired || account.suspended) {
      return { ...none, outcome: refuse('UNAUTHENTICATED') };
    }
    const accessExpiresMs = num(row, 'token_expires_ms');
    if (accessExpiresMs <= context.nowMs || session.expiresMs <= context.nowMs) {
      return { ...none, outcome: refuse('TOKEN_EXPIRED') };
    }
    const generation = num(row, 'token_generation');
    return {
      outcome: accept({ session, account, accessExpiresMs }),
      confirm:
        generation > num(row, 'confirmed')
          ? { sessionId: session.sessionId, generation }
          : undefined,
    };
  },

  confirm(context, sessionId, generation) {
    context.sql.run(
      'UPDATE sessions SET confirmed = max(confirmed, ?) WHERE session_id = ?',
      generation,
      sessionId,
    );
    return null;
  },

  refresh(context, { refreshHash, next }) {
    const row = context.sql.get(
      `SELECT s.*, t.generation AS token_generation, t.expires_ms AS token_expires_ms
       FROM refresh_tokens t JOIN sessions s ON s.session_id = t.session_id WHERE t.hash = ?`,
      refreshHash,
    );
    const none = { endedSessionId: undefined };
    if (row === undefined) return { ...none, ...refuse('UNAUTHENTICATED') };
    const session = toSession(row);
    const { sessionId } = session;
    const generation = num(row, 'token_generation');
    // A token below the confirmed generation was replaced by one that arrived: whoever sends it copied it.
    if (generation < num(row, 'confirmed')) {
      endSessions(context, [row]);
      return { ...refuse('TOKEN_REUSED'), endedSessionId: sessionId };
    }
    if (num(row, 'token_expires_ms') <= context.nowMs || session.expiresMs <= context.nowMs) {
      return { ...none, ...refuse('TOKEN_EXPIRED') };
    }
    const account = context.users.get(session.userId);
    if (account === undefined || account.retired || account.suspended) {
      return { ...none, ...refuse('UNAUTHENTICATED') };
    }
    writeTokens(context, sessionId, generation + 1, next);
    context.sql.run(
      'UPDATE sessions SET generation = max(generation, ?), last_used_ms = ? WHERE session_id = ?',
      generation + 1,
      context.nowMs,
      sessionId,
    );
    context.sql.run(
      'DELETE FROM refresh_tokens WHERE session_id = ? AND generation < ?',
      sessionId,
      generation - MAX_KNOWN_GENERATIONS,
    );
    const value = {
      session: { ...session, lastUsedMs: context.nowMs },
      account,
      accessExpiresMs: next.accessExpiresMs,
    };
    return accept(value);
  },

  list(context, userId) {
    const find =
      'SELECT * FROM sessions WHERE user_id = ? AND expires_ms > ? ORDER BY session_no DESC';
    return context.sql.all(find, userId, context.nowMs).map(toSession);
  },

  revoke(context, userId, which) {
    const rows =
      'only' in which
        ? context.sql.all(
            'SELECT session_id FROM sessions WHERE user_id = ? AND session_id = ?',
            userId,
            which.only,
          )
        : context.sql.all(
            'SELECT session_id FROM sessions WHERE user_id = ? AND session_id <> ?',
            userId,
            which.allBut ?? '',
          );
    return endSessions(context, rows);
  },

  sweep(context) {
    const { sql, nowMs } = context;
    sql.run('DELETE FROM access_tokens WHERE expires_ms <= ?', nowMs);
    // A session without a refresh token that still works cannot go on.
    const expired = sql.all(
      `SELECT session_id, user_id FROM sessions s WHERE expires_ms <= ? OR NOT EXISTS (
        SELECT 1 FROM refresh_tokens t WHERE t.session_id = s.session_id AND t.generation >= s.confirmed
          AND t.expires_ms > ?) LIMIT ?`,
      nowMs,
      nowMs,
      MAX_SWEEP,
    );
    const endedSessionIds = endSessions(context, expired);
    const orphans = sql.all(
      `SELECT user_id FROM users u WHERE kind = ? AND retired = 0 AND created_ms <= ? AND NOT EXISTS (
        SELECT 1 FROM sessions s WHERE s.user_id = u.user_id) LIMIT ?`,
      UserKind.GUEST,
      nowMs - GUEST_GRACE_MS,
      MAX_SWEEP,
    );
    // Ids were checked when they were written.
    const orphanedGuestIds = orphans.map((row) => text(row, 'user_id') as UserId);
    return { endedSessionIds, orphanedGuestIds };
  },
};

function writeTokens(
  context: Context,
  sessionId: SessionId,
  generation: number,
  tokens: TokenPair,
): void {
  context.sql.run(
    'INSERT INTO access_tokens (hash, session_id, generation, expires_ms) VALUES (?, ?, ?, ?)',
    tokens.accessHash,
    sessionId,
    generation,
    tokens.accessExpiresMs,
  );
  context.sql.run(
    'INSERT INTO refresh_tokens (hash, session_id, generation, expires_ms) VALUES (?, ?, ?, ?)',
    tokens.refreshHash,
    sessionId,
    generation,
    tokens.refreshExpiresMs,
  );
}

/** Deletes sessions with their tokens (by cascade). */
function endSessions(context: Context, rows: readonly Row[]): SessionId[] {
  return rows.map((row) => {
    const sessionId = text(row, 'session_id') as SessionId;
    context.sql.run('DELETE FROM sessions WHERE session_id = ?', sessionId);
    return sessionId;
  });
}

function toSession(row: Row): SessionRecord {
  return {
    // Ids were checked when they were written.
    sessionId: text(row, 'session_id') as SessionId,
    userId: text(row, 'user_id') as UserId,
    client: text(row, 'client'),
    createdMs: num(row, 'created_ms'),
    lastUsedMs: num(row, 'last_used_ms'),
    expiresMs: num(row, 'expires_ms'),
  };
}

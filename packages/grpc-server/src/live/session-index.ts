import type { SessionId, UserId } from '@chat/protocol';
import type { LiveSession } from './live-session.ts';

/** The live sessions, by whose they are. */
export class SessionIndex {
  readonly #all = new Set<LiveSession>();
  readonly #byUser = new Map<UserId, Set<LiveSession>>();
  readonly #byLogin = new Map<SessionId, Set<LiveSession>>();

  /** Number of live sessions. */
  get size(): number {
    return this.#all.size;
  }

  add(session: LiveSession): void {
    this.#all.add(session);
    addTo(this.#byUser, session.principal.userId, session);
    addTo(this.#byLogin, session.principal.sessionId, session);
  }

  remove(session: LiveSession): void {
    this.#all.delete(session);
    removeFrom(this.#byUser, session.principal.userId, session);
    removeFrom(this.#byLogin, session.principal.sessionId, session);
  }

  all(): Iterable<LiveSession> {
    return this.#all;
  }

  ofUser(userId: UserId): readonly LiveSession[] {
    return [...(this.#byUser.get(userId) ?? [])];
  }

  ofLogin(sessionId: SessionId): readonly LiveSession[] {
    return [...(this.#byLogin.get(sessionId) ?? [])];
  }
}

function addTo<K>(index: Map<K, Set<LiveSession>>, key: K, session: LiveSession): void {
  let sessions = index.get(key);
  if (sessions === undefined) index.set(key, (sessions = new Set()));
  sessions.add(session);
}

function removeFrom<K>(index: Map<K, Set<LiveSession>>, key: K, session: LiveSession): void {
  const sessions = index.get(key);
  sessions?.delete(session);
  if (sessions?.size === 0) index.delete(key);
}

import type { UserId, UserKind } from '@chat/protocol';
import type { Account } from '../../../domain/account.ts';
import { num, orNone, type Row, type Sql, text } from '../sql.ts';

/** Accounts, held in memory while this connection is the only writer. */
export class UserTable {
  private readonly sql: Sql;
  private readonly cached = new Map<UserId, Account | undefined>();

  constructor(sql: Sql) {
    this.sql = sql;
  }

  get(userId: UserId): Account | undefined {
    if (this.cached.has(userId)) return this.cached.get(userId);
    const row = this.sql.get('SELECT * FROM users WHERE user_id = ?', userId);
    const account = row === undefined ? undefined : toAccount(row);
    this.cached.set(userId, account);
    return account;
  }

  /** Who has this name now; undefined when it is free. */
  ownerOfName(nameKey: string): UserId | undefined {
    const find = 'SELECT user_id FROM users WHERE name_key = ? AND retired = 0';
    return toUserId(this.sql.get(find, nameKey));
  }

  /** Who has this login name. */
  ownerOfUsername(username: string): UserId | undefined {
    return toUserId(this.sql.get('SELECT user_id FROM users WHERE username = ?', username));
  }

  passwordHash(userId: UserId): string | undefined {
    const row = this.sql.get('SELECT password_hash FROM users WHERE user_id = ?', userId);
    return row === undefined ? undefined : orNone(row, 'password_hash', text);
  }

  setPasswordHash(userId: UserId, passwordHash: string): void {
    this.sql.run('UPDATE users SET password_hash = ? WHERE user_id = ?', passwordHash, userId);
  }

  /** Writes the account; its password stays as it is. */
  set(account: Account): void {
    this.sql.run(
      `INSERT INTO users (user_id, kind, display_name, name_key, username, avatar_media_id, status_text, created_ms,
        suspended, admin, retired) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (user_id) DO UPDATE SET kind = excluded.kind, display_name = excluded.display_name,
        name_key = excluded.name_key, username = excluded.username, avatar_media_id = excluded.avatar_media_id,
        status_text = excluded.status_text, suspended = excluded.suspended, admin = excluded.admin,
        retired = excluded.retired`,
      account.userId,
      account.kind,
      account.displayName,
      account.nameKey,
      account.username ?? null,
      account.avatarMediaId,
      account.statusText,
      account.createdMs,
      Number(account.suspended),
      Number(account.admin),
      Number(account.retired),
    );
    this.cached.set(account.userId, account);
  }

  /** Forgets what is held. */
  forget(): void {
    this.cached.clear();
  }

  /** How many accounts are held. */
  get size(): number {
    return this.cached.size;
  }
}

/** A row of users as an account. */
export function toAccount(row: Row): Account {
  return {
    // Ids and kinds were checked when they were written.
    userId: text(row, 'user_id') as UserId,
    kind: num(row, 'kind') as UserKind,
    displayName: text(row, 'display_name'),
    nameKey: text(row, 'name_key'),
    username: orNone(row, 'username', text),
    avatarMediaId: text(row, 'avatar_media_id'),
    statusText: text(row, 'status_text'),
    createdMs: num(row, 'created_ms'),
    suspended: num(row, 'suspended') === 1,
    admin: num(row, 'admin') === 1,
    retired: num(row, 'retired') === 1,
  };
}

function toUserId(row: Row | undefined): UserId | undefined {
  return row === undefined ? undefined : (text(row, 'user_id') as UserId);
}

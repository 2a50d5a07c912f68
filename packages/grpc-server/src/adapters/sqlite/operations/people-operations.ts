import { accept, refuse } from '../../../domain/outcome.ts';
import type { People } from '../../../ports/accounts.ts';
import type { Operations } from '../context.ts';
import { num } from '../sql.ts';
import { toAccount } from '../tables/user-table.ts';
import { fromCursor } from './cursor.ts';
import { toCursor } from './cursor.ts';

/** Sorts behind every text that begins with the prefix before it. */
const LAST_CODE_POINT = '\u{10FFFF}';

/** Questions about accounts inside a transaction. */
export const peopleOperations: Operations<People> = {
  search(context, { prefix, limit }) {
    const end = prefix + LAST_CODE_POINT;
    const rows = context.sql.all(
      `SELECT * FROM users WHERE retired = 0 AND user_no IN (
        SELECT user_no FROM users WHERE retired = 0 AND name_key >= ? AND name_key < ?
        UNION SELECT user_no FROM users WHERE username IS NOT NULL AND username >= ? AND username < ?)
       ORDER BY name_key LIMIT ?`,
      prefix,
      end,
      prefix,
      end,
      limit,
    );
    return rows.map(toAccount);
  },

  list(context, { after, limit }) {
    const [below] = after === undefined ? [Number.MAX_SAFE_INTEGER] : fromCursor(after, ['number']);
    const find = 'SELECT * FROM users WHERE user_no < ? ORDER BY user_no DESC LIMIT ?';
    const rows = context.sql.all(find, below ?? 0, limit + 1);
    const kept = rows.slice(0, limit);
    const last = kept.at(-1);
    const more = rows.length > limit && last !== undefined;
    return {
      items: kept.map(toAccount),
      next: more ? toCursor([num(last, 'user_no')]) : undefined,
    };
  },

  setBlock(context, { blockerId, blockedId, blocked }) {
    if (context.users.get(blockedId) === undefined)
      return refuse('NOT_FOUND', { field: 'user_id' });
    if (blockerId === blockedId) return refuse('BAD_FIELD', { field: 'user_id' });
    context.sql.run(
      blocked
        ? 'INSERT INTO blocks (blocker_id, blocked_id) VALUES (?, ?) ON CONFLICT DO NOTHING'
        : 'DELETE FROM blocks WHERE blocker_id = ? AND blocked_id = ?',
      blockerId,
      blockedId,
    );
    return accept(null);
  },

  listBlocked(context, blockerId) {
    const rows = context.sql.all(
      'SELECT u.* FROM blocks b JOIN users u ON u.user_id = b.blocked_id WHERE b.blocker_id = ? ORDER BY u.name_key',
      blockerId,
    );
    return rows.map(toAccount);
  },

  count(context) {
    const row = context.sql.get(
      `SELECT (SELECT count(*) FROM users WHERE retired = 0) AS users, (SELECT count(*) FROM rooms) AS rooms,
        (SELECT coalesce(sum(head_seq), 0) FROM rooms) AS entries`,
    );
    if (row === undefined) throw new Error('A count has a row.');
    return { users: num(row, 'users'), rooms: num(row, 'rooms'), entries: num(row, 'entries') };
  },
};

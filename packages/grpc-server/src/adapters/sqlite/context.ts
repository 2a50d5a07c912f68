import type { CommitEvent } from '../../ports/room-log.ts';
import type { Sql } from './sql.ts';
import { EntryTable } from './tables/entry-table.ts';
import { MemberTable } from './tables/member-table.ts';
import { RoomTable } from './tables/room-table.ts';
import { UserTable } from './tables/user-table.ts';

/** What an operation works on: one open transaction. */
export interface Context {
  readonly sql: Sql;
  readonly rooms: RoomTable;
  readonly members: MemberTable;
  readonly users: UserTable;
  readonly entries: EntryTable;
  /** Server time of the call. */
  readonly nowMs: number;
  /** What the transaction does, in order; given out after the commit. */
  readonly events: CommitEvent[];
}

/** The tables of one connection. */
export type Tables = Omit<Context, 'nowMs' | 'events'>;

/** Makes the tables of a connection. */
export function createTables(sql: Sql): Tables {
  return {
    sql,
    rooms: new RoomTable(sql),
    members: new MemberTable(sql),
    users: new UserTable(sql),
    entries: new EntryTable(sql),
  };
}

/** Forgets everything held in memory. */
export function forgetTables(tables: Tables): void {
  tables.rooms.forget();
  tables.members.forget();
  tables.users.forget();
}

/** A port as it is done inside a transaction: the same methods, synchronous, on a context. */
export type Operations<Port> = {
  readonly [Method in Exclude<keyof Port, 'onCommit'>]: Port[Method] extends (
    ...args: infer Args
  ) => Promise<infer Result>
    ? (context: Context, ...args: Args) => Result
    : never;
};

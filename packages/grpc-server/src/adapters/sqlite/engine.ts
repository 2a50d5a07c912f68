import { ProtocolError } from '@chat/protocol';
import type { CommitEvent } from '../../ports/room-log.ts';
import { type Context, createTables, forgetTables, type Tables } from './context.ts';
import { type Call, runOperation } from './operations/run-operation.ts';
import type { Sql } from './sql.ts';
import { CorruptEntryError } from './tables/entry-table.ts';

/** What one call came to. Plain data: it crosses a thread. */
export type CallResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: CallError };

/** A call that threw. */
export interface CallError {
  readonly code: ProtocolError['code'];
  readonly field: string | undefined;
  /** For the log, not for peers. */
  readonly detail: string;
}

/** What a batch came to. */
export type BatchReply =
  | {
      readonly ok: true;
      readonly results: readonly CallResult[];
      readonly events: readonly CommitEvent[];
    }
  /** Nothing of the batch is durable, as far as is known. `corrupt`: the data itself is damaged. */
  | { readonly ok: false; readonly detail: string; readonly corrupt: boolean };

/** Held rooms, members and accounts beyond this are dropped between batches: about 50 MB. */
const MAX_HELD_ROWS = 100_000;

/** Runs batches of calls on one connection, each batch as one transaction. Synchronous; owns the connection. */
export class Engine {
  private readonly sql: Sql;
  private readonly tables: Tables;

  constructor(sql: Sql) {
    this.sql = sql;
    this.tables = createTables(sql);
  }

  /** Writes: one transaction, one fsync. If a call throws, the others are done one by one without it. */
  write(calls: readonly Call[]): BatchReply {
    const held = this.tables.members.size + this.tables.rooms.size + this.tables.users.size;
    if (held > MAX_HELD_ROWS) forgetTables(this.tables);
    try {
      return this.transaction(calls, (context, call) => ({
        ok: true,
        value: runOperation(context, call),
      }));
    } catch (error) {
      this.rollback();
      if (isFatal(error)) return toFailure(error);
      if (calls.length === 1) return { ok: true, results: [toCallResult(error)], events: [] };
    }
    const results: CallResult[] = [];
    const events: CommitEvent[] = [];
    for (const call of calls) {
      const reply = this.write([call]);
      // What was committed before stays; the failed rest is unknown to its callers, who may retry.
      if (!reply.ok && results.length === 0) return reply;
      results.push(...(reply.ok ? reply.results : [storeFailed(reply.detail)]));
      if (reply.ok) events.push(...reply.events);
    }
    return { ok: true, results, events };
  }

  /** Reads: one snapshot for the batch. Another connection may have written since, so nothing is held over. */
  read(calls: readonly Call[]): BatchReply {
    forgetTables(this.tables);
    try {
      this.sql.run('BEGIN');
      const context: Context = { ...this.tables, nowMs: 0, events: [] };
      const results = calls.map((call) => this.readOne({ ...context, nowMs: call.nowMs }, call));
      this.sql.run('COMMIT');
      return { ok: true, results, events: [] };
    } catch (error) {
      this.rollback();
      return toFailure(error);
    } finally {
      forgetTables(this.tables);
    }
  }

  /** Closes the connection. */
  close(): void {
    this.sql.close();
  }

  private readOne(context: Context, call: Call): CallResult {
    try {
      return { ok: true, value: runOperation(context, call) };
    } catch (error) {
      if (isFatal(error)) throw error;
      return toCallResult(error);
    }
  }

  private transaction(
    calls: readonly Call[],
    run: (context: Context, call: Call) => CallResult,
  ): BatchReply {
    const events: CommitEvent[] = [];
    this.sql.run('BEGIN IMMEDIATE');
    const results = calls.map((call) => run({ ...this.tables, nowMs: call.nowMs, events }, call));
    this.tables.rooms.flush();
    this.sql.run('COMMIT');
    return { ok: true, results, events };
  }

  private rollback(): void {
    forgetTables(this.tables);
    try {
      this.sql.run('ROLLBACK');
    } catch {
      // SQLite rolled back by itself, as it does after some I/O errors.
    }
  }
}

/** SQLite's primary result codes after which the disk or the file cannot be trusted. */
const FATAL_CODES = new Set([
  5, // BUSY: somebody else holds the store, against the lock
  8, // READONLY
  10, // IOERR
  11, // CORRUPT
  13, // FULL
  14, // CANTOPEN
  26, // NOTADB
]);

/** True when the fault is the store's and not of one call. */
function isFatal(error: unknown): boolean {
  if (error instanceof CorruptEntryError) return true;
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return false;
  return typeof error.errcode === 'number' && FATAL_CODES.has(error.errcode & 0xff);
}

function toFailure(error: unknown): BatchReply {
  return { ok: false, detail: String(error), corrupt: error instanceof CorruptEntryError };
}

function storeFailed(detail: string): CallResult {
  return { ok: false, error: { code: 'STORE_FAILED', field: undefined, detail } };
}

function toCallResult(error: unknown): CallResult {
  const { code, field } = ProtocolError.from(error);
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { ok: false, error: { code, field, detail } };
}

import { describe, jest } from '@jest/globals';
import { describeAccounts } from './accounts.contract.ts';
import { describeLog } from './log.contract.ts';
import { openSqlite } from './open-store.ts';
import { describeRooms } from './rooms.contract.ts';

// Each test starts threads and fsyncs, beside whatever else the machine does.
jest.setTimeout(20_000);

describe('store in SQLite', () => {
  describeLog(openSqlite);
  describeRooms(openSqlite);
  describeAccounts(openSqlite);
});

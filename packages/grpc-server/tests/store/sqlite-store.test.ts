import { describe } from '@jest/globals';
import { describeAccounts } from './accounts.contract.ts';
import { describeLog } from './log.contract.ts';
import { openSqlite } from './open-store.ts';
import { describeRooms } from './rooms.contract.ts';

describe('store in SQLite', () => {
  describeLog(openSqlite);
  describeRooms(openSqlite);
  describeAccounts(openSqlite);
});

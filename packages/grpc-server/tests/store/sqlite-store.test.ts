import { describe } from '@jest/globals';
import { describeLog } from './log.contract.ts';
import { openSqlite } from './open-store.ts';

describe('store in SQLite', () => {
  describeLog(openSqlite);
});

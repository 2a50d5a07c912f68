import { describe } from '@jest/globals';
import { describeAccounts } from './accounts.contract.ts';
import { describeLog } from './log.contract.ts';
import { openMemory } from './open-store.ts';
import { describeRooms } from './rooms.contract.ts';

describe('store in memory', () => {
  describeLog(openMemory);
  describeRooms(openMemory);
  describeAccounts(openMemory);
});

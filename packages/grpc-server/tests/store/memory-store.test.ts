import { describe } from '@jest/globals';
import { describeLog } from './log.contract.ts';
import { openMemory } from './open-store.ts';

describe('store in memory', () => {
  describeLog(openMemory);
});

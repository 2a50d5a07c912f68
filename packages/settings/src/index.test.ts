import { expect, test } from '@jest/globals';
import * as door from './index.ts';

test('the package loads', () => {
  expect(door).toBeDefined();
});

import { expect, test } from '@jest/globals';
import * as door from './index.ts';

test('the door offers the server, its settings and what is not served yet', () => {
  expect(Object.keys(door).sort()).toEqual([
    'UNIMPLEMENTED_METHODS',
    'createServer',
    'defaultServerConfig',
    'serverSchema',
  ]);
});

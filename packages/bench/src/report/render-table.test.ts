import { expect, test } from '@jest/globals';
import { renderTable } from './render-table.ts';

test('the ratio stands first, and is absent without a baseline', () => {
  const common = { scenario: 's', unit: 'ms', moreIsBetter: false, remark: '' };
  const lines = renderTable([
    { ...common, name: 'with', ours: 15_000, baseline: 10_000 },
    { ...common, name: 'without', ours: 1.234, baseline: undefined },
  ]).split('\n');
  expect(lines[2]).toMatch(/^\| 1\.50x \|/);
  expect(lines[3]).toMatch(/^\| - +\|/);
  expect(new Set(lines.map((line) => line.length)).size).toBe(1);
});

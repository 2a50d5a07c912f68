import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  type BrowserSystem,
  confirmed,
  enterAs,
  say,
  startBrowserSystem,
} from './browser-system.ts';

const SLOW_MS = 180_000;

let system: BrowserSystem;

beforeAll(async () => {
  system = await startBrowserSystem();
}, SLOW_MS);

afterAll(async () => {
  await system[Symbol.asyncDispose]();
});

test(
  '[UX3 UX4] messages written while the gateway is gone survive a reload and arrive exactly once, in order',
  async () => {
    const ana = await system.visit('/');
    await enterAs(ana.page, 'Ana');
    const bo = await system.visit('/');
    await enterAs(bo.page, 'Bo');
    await say(ana.page, 'all is well');
    await confirmed(bo.page, 'all is well').waitFor();

    // The page must load while the gateway is down, so it is answered from what was loaded before.
    await system.processes.gateway().kill();
    await ana.page.getByText('Reconnecting').waitFor();
    for (const text of ['one', 'two', 'three']) await say(ana.page, text);
    expect(await ana.page.locator('.message.is-pending').count()).toBe(3);
    await system.processes.killAndRestart('gateway');
    await ana.page.reload();

    for (const text of ['one', 'two', 'three']) await confirmed(ana.page, text).waitFor();
    for (const text of ['one', 'two', 'three']) await confirmed(bo.page, text).waitFor();
    for (const { page } of [ana, bo]) {
      const texts = await page.locator('.message .prose').allTextContents();
      expect(texts.filter((text) => ['one', 'two', 'three'].includes(text))).toEqual([
        'one',
        'two',
        'three',
      ]);
    }
    await bo.page.locator('.banner:not(.is-shown)').waitFor({ state: 'attached' });
    for (const { context } of [ana, bo]) await context.close();
  },
  SLOW_MS,
);

test(
  '[UX4] after the server was killed both sides catch up by themselves',
  async () => {
    const ana = await system.visit('/');
    await enterAs(ana.page, 'Ava');
    const bo = await system.visit('/');
    await enterAs(bo.page, 'Ben');
    await say(ana.page, 'before the crash');
    await confirmed(bo.page, 'before the crash').waitFor();
    const restarted = system.processes.killAndRestart('server');
    await say(ana.page, 'during the crash');
    await restarted;
    await confirmed(ana.page, 'during the crash').waitFor();
    await confirmed(bo.page, 'during the crash').waitFor();
    await say(bo.page, 'after the crash');
    await confirmed(ana.page, 'after the crash').waitFor();
    const texts = await ana.page.locator('.message .prose').allTextContents();
    expect(texts.filter((text) => text.endsWith('the crash'))).toEqual([
      'before the crash',
      'during the crash',
      'after the crash',
    ]);
    for (const { context } of [ana, bo]) await context.close();
  },
  SLOW_MS,
);

test('[UX8] no page asked another host for anything, broke its policy or threw', () => {
  expect(system.faults).toEqual([]);
});

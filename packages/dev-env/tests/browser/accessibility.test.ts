import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  type BrowserSystem,
  composer,
  confirmed,
  enterAs,
  type Page,
  say,
  startBrowserSystem,
} from './browser-system.ts';

const SLOW_MS = 180_000;

let system: BrowserSystem;
let axeSource: string;

beforeAll(async () => {
  system = await startBrowserSystem();
  axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
}, SLOW_MS);

afterAll(async () => {
  await system[Symbol.asyncDispose]();
});

// axe runs through the debugger, so the policy of the page needs no hole for it.
async function axeFaults(page: Page): Promise<readonly string[]> {
  // Half-faded text has half its contrast.
  await page.evaluate(() =>
    Promise.all(
      document
        .getAnimations()
        .filter((it) => it.effect?.getComputedTiming().iterations !== Infinity)
        // An animation whose element went away rejects; it fades nothing any more.
        .map((it) => it.finished.catch(() => undefined)),
    ),
  );
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    // The script above defines it on the window.
    const { axe } = window as unknown as {
      axe: {
        run(): Promise<{
          passes: unknown[];
          violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
        }>;
      };
    };
    const { passes, violations } = await axe.run();
    if (passes.length < 10) throw new Error('axe saw no page');
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`),
    );
  });
}

test.each(['light', 'dark'] as const)(
  '[UX22] axe finds nothing on any page in the %s theme',
  async (colorScheme) => {
    const { page, context } = await system.visit('/', { colorScheme });
    await page.getByLabel('Your name').waitFor();
    expect(await page.locator('html').getAttribute('data-theme')).toBe(colorScheme);
    expect(await axeFaults(page)).toEqual([]);
    await enterAs(page, `Axel ${colorScheme}`);
    await say(
      page,
      'look: **bold**, `code`, https://a.example/\n> quoted\n\n```ts\nconst a = 1;\n```',
    );
    await page.locator('.message pre').last().waitFor();
    expect(await axeFaults(page)).toEqual([]);
    for (const item of ['Create a room', 'Join with a code', 'Browse public rooms']) {
      await page.getByRole('button', { name: 'New', exact: true }).click();
      expect(await axeFaults(page)).toEqual([]);
      await page.getByRole('menuitem', { name: item }).click();
      await page.getByRole('dialog').waitFor();
      expect(await axeFaults(page)).toEqual([]);
      await page.keyboard.press('Escape');
    }
    await page.getByRole('button', { name: 'Invite people' }).first().click();
    await page.getByRole('img', { name: 'QR code of the link' }).waitFor();
    expect(await axeFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').waitFor();
    expect(await axeFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.locator('.sidebar-me').click();
    await page.getByRole('dialog').waitFor();
    expect(await axeFaults(page)).toEqual([]);
    await context.close();
  },
  SLOW_MS,
);

test(
  '[UX21 UX22] the keyboard alone is enough to enter, talk, walk the messages and come back',
  async () => {
    const { page, context } = await system.visit('/');
    await page.getByLabel('Your name').waitFor();
    await page.keyboard.type('Keys Only');
    await page.keyboard.press('Enter');
    await composer(page).waitFor();
    await page.keyboard.type('one');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('two');
    await page.keyboard.press('Enter');
    await page.locator('.message:not(.is-pending)', { hasText: 'one' }).waitFor();
    await page.keyboard.type('three');
    await page.keyboard.press('Enter');
    await confirmed(page, 'three').waitFor();
    await page.locator('.timeline').focus();
    await page.keyboard.press('ArrowUp');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('three');
    await page.keyboard.press('Escape');
    expect(await composer(page).evaluate((element) => element === document.activeElement)).toBe(
      true,
    );
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await context.close();
  },
  SLOW_MS,
);

test.each([360, 320])(
  '[UX23] a phone of %i px shows one pane at a time and never scrolls sideways',
  async (width) => {
    const { page, context } = await system.visit('/', {
      viewport: { width, height: 640 },
      hasTouch: true,
      isMobile: true,
    });
    const sideways = (): Promise<number> =>
      page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(await sideways()).toBeLessThanOrEqual(0);
    await enterAs(page, `Phone ${width}`);
    await say(page, `a${'very'.repeat(80)}longword`);
    await say(page, `\`\`\`\n${'code '.repeat(80)}\n\`\`\``);
    await page.locator('.message pre').last().waitFor();
    expect(await sideways()).toBeLessThanOrEqual(0);
    expect(await page.locator('.sidebar').isVisible()).toBe(false);
    await page.getByRole('button', { name: 'All rooms' }).click();
    await page.locator('.sidebar').waitFor();
    expect(await page.locator('.conversation').isVisible()).toBe(false);
    expect(await sideways()).toBeLessThanOrEqual(0);
    await page.getByRole('link', { name: /welcome/u }).click();
    await composer(page).waitFor();
    await page.getByRole('button', { name: /^People/u }).click();
    await page.getByRole('complementary', { name: 'People' }).waitFor();
    expect(await sideways()).toBeLessThanOrEqual(0);
    await context.close();
  },
  SLOW_MS,
);

test('[UX8] no page asked another host for anything, broke its policy or threw', () => {
  expect(system.faults).toEqual([]);
});

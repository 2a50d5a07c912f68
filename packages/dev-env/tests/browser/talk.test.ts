import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  APPEAR_MS,
  type BrowserSystem,
  composer,
  confirmed,
  enterAs,
  type Page,
  say,
  startBrowserSystem,
} from './browser-system.ts';

const SLOW_MS = 120_000;
const FIRST_MESSAGE_MS = 10_000;

let system: BrowserSystem;

beforeAll(async () => {
  system = await startBrowserSystem();
}, SLOW_MS);

afterAll(async () => {
  await system[Symbol.asyncDispose]();
});

/** Screen pixels are whole, positions of rows are not. */
const MAX_JUMP_PX = 1;

// Goes to the oldest loaded row, which fetches older ones, and watches every frame: with nobody scrolling, no row in sight
// may move, whatever is put in above it. Answers the largest move.
function jumpWhileLoading(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const list = document.querySelector('.timeline');
    if (list === null) throw new Error('no timeline');
    // Just after a frame was painted: what is laid out and put right before the paint, nobody sees.
    const frame = (): Promise<unknown> =>
      new Promise((resolve) =>
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.addEventListener('message', resolve, { once: true });
          port1.start();
          port2.postMessage(undefined);
        }),
      );
    const places = (): Map<string, number> =>
      new Map(
        [...list.querySelectorAll<HTMLElement>('[data-row-key^="m:"]')]
          .map((row) => [row.dataset['rowKey'] ?? '', row.getBoundingClientRect().top] as const)
          .filter(([, top]) => top > 80 && top < 600),
      );
    const heightBefore = list.scrollHeight;
    // Not the very top: there the placeholder itself is in sight.
    list.scrollTop = 400;
    await frame();
    let before = places();
    let jump = 0;
    for (let count = 0; count < 120; count += 1) {
      await frame();
      const now = places();
      for (const [key, top] of now) jump = Math.max(jump, Math.abs(top - (before.get(key) ?? top)));
      before = now;
    }
    if (list.scrollHeight <= heightBefore) throw new Error('nothing older was loaded');
    return jump;
  });
}

test(
  '[UX1] a new person talks within ten seconds, in #welcome, with the composer focused',
  async () => {
    const startedMs = performance.now();
    const { page, context } = await system.visit('/');
    await enterAs(page, 'Quick Quinn');
    await page.getByRole('heading', { name: 'welcome', level: 1 }).waitFor();
    expect(await composer(page).evaluate((element) => element === document.activeElement)).toBe(
      true,
    );
    await page.keyboard.type('first words');
    await page.keyboard.press('Enter');
    await confirmed(page, 'first words').waitFor();
    expect(performance.now() - startedMs).toBeLessThan(FIRST_MESSAGE_MS);
    await context.close();
  },
  SLOW_MS,
);

test(
  '[UX1 UX10 UX11] two people see each other come, type, talk and be there',
  async () => {
    const ana = await system.visit('/');
    await enterAs(ana.page, 'Ana');
    const bo = await system.visit('/');
    await enterAs(bo.page, 'Bo');

    await ana.page.locator('.notice', { hasText: 'Bo' }).first().waitFor();
    const people = ana.page.getByRole('complementary', { name: 'People' });
    await people
      .getByRole('region', { name: 'Here now' })
      .getByText('Bo', { exact: true })
      .waitFor();

    await composer(bo.page).pressSequentially('hel');
    await ana.page.locator('.typing-line.is-typing', { hasText: 'Bo is typing' }).waitFor();
    const before = await ana.page.locator('.composer').boundingBox();

    await composer(bo.page).press('Control+A');
    await say(bo.page, 'hello **Ana**');
    await ana.page
      .locator('.message', { hasText: 'hello Ana' })
      .locator('strong', { hasText: 'Ana' })
      .waitFor();
    expect(
      await ana.page
        .locator('.message', { hasText: 'hello Ana' })
        .locator('.message-head strong')
        .textContent(),
    ).toBe('Bo');
    await ana.page.locator('.typing-line:not(.is-typing)').waitFor({ state: 'attached' });
    expect(await ana.page.locator('.composer').boundingBox()).toEqual(before);

    await say(ana.page, 'hello Bo');
    await confirmed(bo.page, 'hello Bo').waitFor();

    await bo.context.close();
    await people
      .getByRole('region', { name: 'Offline' })
      .getByText('Bo', { exact: true })
      .waitFor();
    await ana.context.close();
  },
  SLOW_MS,
);

test(
  '[UX5] a reload brings back the person, the room and what was said, without asking',
  async () => {
    const { page, context } = await system.visit('/');
    await enterAs(page, 'Rhea');
    await say(page, 'before the reload');
    await confirmed(page, 'before the reload').waitFor();
    await page.reload();
    await confirmed(page, 'before the reload').waitFor();
    expect(await page.locator('.sidebar-me').textContent()).toContain('Rhea');
    await context.close();
  },
  SLOW_MS,
);

test(
  '[UX6] older messages come by scrolling up, and what is read does not jump',
  async () => {
    const writer = await system.visit('/');
    await enterAs(writer.page, 'Prolific Pat');
    for (let index = 1; index <= 130; index += 1) await say(writer.page, `line ${index}`);
    await confirmed(writer.page, 'line 130').waitFor();
    const { page, context } = await system.visit('/');
    await enterAs(page, 'Reader Ray');
    await confirmed(page, 'line 130').waitFor();
    expect(await confirmed(page, 'line 1').count()).toBe(0);
    expect(await jumpWhileLoading(page)).toBeLessThanOrEqual(MAX_JUMP_PX);
    for (let step = 0; step < 200 && (await confirmed(page, 'line 1').count()) === 0; step += 1) {
      await page.locator('.timeline').hover();
      await page.mouse.wheel(0, -1_500);
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    }
    await confirmed(page, 'line 1').waitFor();
    const place = await confirmed(page, 'line 1').boundingBox();
    await say(writer.page, 'news from below');
    await page.locator('.pill.is-shown', { hasText: '1 new message' }).waitFor();
    expect((await confirmed(page, 'line 1').boundingBox())?.y).toBe(place?.y);
    await page.locator('.pill.is-shown').click();
    await confirmed(page, 'news from below').waitFor();
    await context.close();
    await writer.context.close();
  },
  SLOW_MS,
);

test(
  '[UX15 UX14] an own message is edited and deleted, a reaction is set, and the other side sees it',
  async () => {
    const eve = await system.visit('/');
    await enterAs(eve.page, 'Eve');
    const fay = await system.visit('/');
    await enterAs(fay.page, 'Fay');
    await say(eve.page, 'tpyo');
    await confirmed(fay.page, 'tpyo').waitFor();
    await composer(eve.page).press('ArrowUp');
    await eve.page.getByLabel('Edit message').fill('typo');
    await eve.page.keyboard.press('Enter');
    await confirmed(fay.page, 'typo').waitFor();
    const line = fay.page.locator('.message', { hasText: 'typo' });
    await line.getByText('(edited)').waitFor();
    await line.hover();
    await line.getByRole('button', { name: 'React ❤️' }).click();
    await eve.page.getByRole('button', { name: '❤️ 1', exact: true }).waitFor();
    const own = eve.page.locator('.message', { hasText: 'typo' });
    await own.hover();
    await own.getByRole('button', { name: 'Delete message' }).click();
    await fay.page.getByText('This message was deleted.').last().waitFor();
    expect(await confirmed(fay.page, 'typo').count()).toBe(0);
    for (const { context } of [eve, fay]) await context.close();
  },
  SLOW_MS,
);

test('[UX8] no page asked another host for anything, broke its policy or threw', () => {
  expect(system.faults).toEqual([]);
});

test(
  '[U16] hostile text stays text on the page',
  async () => {
    const { page, context } = await system.visit('/');
    await enterAs(page, 'Mallory');
    const hostile =
      '<img src=x onerror="document.title=`owned`"> <script>document.title="owned"</script> [x](javascript:alert(1)) [y](https://a.example/?a&amp;b)';
    await say(page, hostile);
    await page.locator('.message', { hasText: 'onerror' }).first().waitFor({ timeout: APPEAR_MS });
    expect(await page.locator('.prose img, .prose script').count()).toBe(0);
    expect(await page.title()).not.toContain('owned');
    expect(system.faults).toEqual([]);
    await context.close();
  },
  SLOW_MS,
);

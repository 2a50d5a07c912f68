import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  type BrowserSystem,
  composer,
  confirmed,
  enterAs,
  say,
  startBrowserSystem,
} from './browser-system.ts';

const SLOW_MS = 120_000;

let system: BrowserSystem;

beforeAll(async () => {
  system = await startBrowserSystem();
}, SLOW_MS);

afterAll(async () => {
  await system[Symbol.asyncDispose]();
});

test(
  '[UX2] a private room with a password is made, shared by its link and joined with the password only',
  async () => {
    const olga = await system.visit('/');
    await enterAs(olga.page, 'Olga');
    await olga.page.getByRole('button', { name: 'New', exact: true }).click();
    await olga.page.getByRole('menuitem', { name: 'Create a room' }).click();
    await olga.page.getByLabel('Name', { exact: true }).fill('Book club');
    await olga.page.getByLabel('Topic').fill('One book a month');
    await olga.page.getByRole('radio', { name: /Private/u }).check();
    await olga.page.getByLabel('Password').fill('the-raven');
    await olga.page.getByRole('button', { name: 'Create room' }).click();
    const link = await olga.page.getByRole('textbox', { name: 'Link' }).inputValue();
    expect(link).toMatch(/\/j\/[A-Z0-9]+$/u);
    await olga.page.getByRole('img', { name: 'QR code of the link' }).waitFor();
    await olga.page.getByRole('button', { name: 'Done' }).click();
    const ned = await system.visit(new URL(link).pathname.toLowerCase().replace('/j/', '/j/'));
    await ned.page.getByRole('heading', { name: 'Book club' }).waitFor();
    expect(await ned.page.locator('.front-card').textContent()).toContain('Olga invites you');
    expect(await ned.page.locator('.invitation-facts').textContent()).toContain('1 member');
    await ned.page.getByLabel('Your name').fill('Ned');
    await ned.page.getByLabel('Room password').fill('wrong');
    await ned.page.getByRole('button', { name: /^Join/u }).click();
    await ned.page.getByText('That password does not match').waitFor();
    await ned.page.getByLabel('Room password').fill('the-raven');
    await ned.page.getByRole('button', { name: /^Join/u }).click();
    await olga.page.locator('.notice', { hasText: 'Ned joined' }).waitFor();
    await say(olga.page, 'welcome to the club');
    await confirmed(ned.page, 'welcome to the club').waitFor();

    // The owner removes the guest, who is told so and stands in another room.
    await olga.page.getByRole('button', { name: 'Actions for Ned' }).click();
    await olga.page.getByRole('menuitem', { name: 'Remove from room' }).click();
    await olga.page.getByRole('button', { name: 'Remove', exact: true }).click();
    await ned.page.getByText('You were removed from Book club').waitFor();
    await ned.page.getByRole('heading', { name: 'welcome', level: 1 }).waitFor();
    await olga.page.locator('.notice', { hasText: 'Olga removed Ned' }).waitFor();

    // A new code makes the old link useless.
    await olga.page.getByRole('button', { name: 'More', exact: true }).click();
    await olga.page.getByRole('menuitem', { name: 'Room settings' }).click();
    await olga.page.getByRole('button', { name: 'New code' }).click();
    await olga.page.getByText('The old one stopped working').waitFor();
    const late = await system.visit(new URL(link).pathname);
    await late.page.getByText('This code opens no room').waitFor();
    for (const { context } of [olga, ned, late]) await context.close();
  },
  SLOW_MS,
);

test(
  '[UX2] a code is taken with spaces, dashes, small letters or as a whole address',
  async () => {
    const { page, context } = await system.visit('/');
    await enterAs(page, 'Cody');
    await page.getByRole('button', { name: 'Invite people' }).first().click();
    const link = await page.getByRole('textbox', { name: 'Link' }).inputValue();
    const code = link.slice(link.lastIndexOf('/') + 1);
    await page.keyboard.press('Escape');
    const other = await system.visit('/');
    for (const typed of [`${code.slice(0, 3).toLowerCase()}-${code.slice(3)} `, link]) {
      await other.page.goto(system.url);
      await other.page.getByRole('button', { name: 'I have a code' }).click();
      await other.page.getByLabel('Room code').fill(typed);
      await other.page.getByRole('button', { name: 'Find the room' }).click();
      await other.page.getByRole('heading', { name: 'welcome' }).waitFor();
    }
    await other.context.close();
    await context.close();
  },
  SLOW_MS,
);

test(
  '[UX9 UX21] unread rooms show it, keys lead there, the divider says what is new, drafts stay',
  async () => {
    const uma = await system.visit('/');
    await enterAs(uma.page, 'Uma');
    await uma.page.getByRole('button', { name: 'New', exact: true }).click();
    await uma.page.getByRole('menuitem', { name: 'Create a room' }).click();
    await uma.page.getByLabel('Name', { exact: true }).fill('garden');
    await uma.page.getByRole('button', { name: 'Create room' }).click();
    const link = await uma.page.getByRole('textbox', { name: 'Link' }).inputValue();
    await uma.page.keyboard.press('Escape');
    await composer(uma.page).fill('half a thought');
    await uma.page.getByRole('link', { name: /welcome/u }).click();

    const vic = await system.visit(new URL(link).pathname);
    await vic.page.getByLabel('Your name').fill('Vic');
    await vic.page.getByRole('button', { name: 'Join' }).click();
    await say(vic.page, 'the roses are out');
    await confirmed(vic.page, 'the roses are out').waitFor();

    await uma.page.locator('.room-item.is-unread', { hasText: 'garden' }).waitFor();
    await uma.page.waitForFunction(() => document.title.startsWith('(1)'));
    expect(await uma.page.locator('link[rel=icon]').getAttribute('href')).toBe(
      '/favicon-unread.svg',
    );
    await uma.page.keyboard.press('Control+k');
    await uma.page.getByRole('combobox', { name: 'Jump to a room' }).fill('gar');
    await uma.page.keyboard.press('Enter');
    await uma.page.locator('.new-line').waitFor();
    await confirmed(uma.page, 'the roses are out').waitFor();
    expect(await composer(uma.page).inputValue()).toBe('half a thought');
    await uma.page.waitForFunction(() => !document.title.startsWith('('));

    await uma.page.getByRole('button', { name: 'Actions for Vic' }).click();
    await uma.page.getByRole('menuitem', { name: 'Message' }).click();
    await uma.page.getByRole('heading', { name: 'Vic', level: 1 }).waitFor();
    await say(uma.page, 'between us');
    await vic.page.locator('.room-item', { hasText: 'Uma' }).click();
    await confirmed(vic.page, 'between us').waitFor();
    for (const { context } of [uma, vic]) await context.close();
  },
  SLOW_MS,
);

test(
  '[UX1] a guest becomes an account, signs out and comes back with rooms and messages',
  async () => {
    const { page, context } = await system.visit('/');
    await enterAs(page, 'Wren');
    await say(page, 'a guest wrote this');
    await confirmed(page, 'a guest wrote this').waitFor();
    await page.locator('.sidebar-me').click();
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByLabel('User name').fill('wren');
    await page.getByLabel('Password').fill('correct horse battery');
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByText('Your account is ready').waitFor();
    await page.getByText('Signed in as @wren').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('User name').fill('wren');
    await page.getByLabel('Password').fill('correct horse battery');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await confirmed(page, 'a guest wrote this').waitFor();
    expect(await page.locator('.sidebar-me').textContent()).toContain('@wren');
    await context.close();
  },
  SLOW_MS,
);

test('[UX8] no page asked another host for anything, broke its policy or threw', () => {
  expect(system.faults).toEqual([]);
});

/// <reference lib="dom" />
// Functions given to a page run there, and are written here.

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { launchBrowser } from '@chat/testing';
import { type ChatProcesses, startProcesses } from '../../src/start-processes.ts';

type Browser = Awaited<ReturnType<typeof launchBrowser>>;
type ContextOptions = NonNullable<Parameters<Browser['newContext']>[0]>;
export type BrowserContext = Awaited<ReturnType<Browser['newContext']>>;
export type Page = Awaited<ReturnType<BrowserContext['newPage']>>;

/** The real system with the built web app, and a real browser in front of it. */
export interface BrowserSystem {
  readonly url: string;
  readonly processes: ChatProcesses;
  /** A person with a browser of their own. */
  visit(path: string, options?: ContextOptions): Promise<Visitor>;
  /** What went wrong on any page: foreign requests, violations of the policy, uncaught errors. */
  readonly faults: readonly string[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** One person. */
export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
}

const WEB = fileURLToPath(new URL('../../../web/', import.meta.url));

/** Longest wait for something to appear; real waits are far shorter. */
export const APPEAR_MS = 15_000;

/** Builds the web app and starts everything on free ports. */
export async function startBrowserSystem(): Promise<BrowserSystem> {
  const folder = await mkdtemp(join(tmpdir(), 'chat-browser-'));
  const webDir = join(folder, 'web');
  await buildWebApp(webDir);
  const processes = await startProcesses({
    dataDir: join(folder, 'data'),
    grpcPort: 0,
    httpPort: 0,
    env: { CHAT_RATE_LIMITS: 'off', CHAT_WEB_DIR: webDir },
  });
  let browser: Browser;
  try {
    browser = await launchBrowser();
  } catch (error) {
    await processes[Symbol.asyncDispose]();
    throw error;
  }
  const faults: string[] = [];
  const url = processes.httpUrl;
  return {
    url,
    processes,
    faults,
    async visit(path, options = {}) {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 800 },
        ...options,
      });
      context.setDefaultTimeout(APPEAR_MS);
      const page = await context.newPage();
      watch(page, url, faults);
      await page.goto(`${url}${path}`);
      return { page, context };
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      await processes[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

// In a process of its own: the bundler does not run inside jest's module loader.
async function buildWebApp(outDir: string): Promise<void> {
  const vite = join(
    dirname(createRequire(import.meta.url).resolve('vite/package.json')),
    'bin/vite.js',
  );
  await promisify(execFile)(
    process.execPath,
    [vite, 'build', '--outDir', outDir, '--emptyOutDir'],
    {
      cwd: WEB,
      env: { ...process.env, NODE_ENV: 'production' },
    },
  );
}

/** Enters the chat from the first page. Resolves when the composer is there. */
export async function enterAs(page: Page, name: string): Promise<void> {
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Start chatting' }).click();
  await composer(page).waitFor();
}

/** Where one writes. */
export function composer(page: Page) {
  return page.locator('.composer-input');
}

/** Writes a message and sends it with Enter. */
export async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press('Enter');
}

/** A message that the server has confirmed, by its whole text. */
export function confirmed(page: Page, text: string) {
  return page
    .locator('.message:not(.is-pending):not(.is-failed) .prose')
    .getByText(text, { exact: true });
}

// A page may talk to its own origin only; everything it complains about is a fault.
function watch(page: Page, url: string, faults: string[]): void {
  const own = new URL(url).host;
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol !== 'blob:' && host !== own) faults.push(`foreign request: ${request.url()}`);
  });
  page.on('websocket', (socket) => {
    if (new URL(socket.url()).host !== own) faults.push(`foreign socket: ${socket.url()}`);
  });
  page.on('pageerror', (error) => faults.push(`uncaught: ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    if (/Content Security Policy|TrustedHTML|Trusted Type/iu.test(message.text()))
      faults.push(`policy: ${message.text()}`);
  });
}

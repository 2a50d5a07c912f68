import { existsSync } from 'node:fs';
import chromium from '@sparticuz/chromium';
import { type Browser, chromium as driver } from 'playwright-core';

// A test browser must reach the system under test and nothing else, also when it runs as root in a container.
const QUIET_ARGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--no-default-browser-check',
] as const;

// Packaged arguments that would make the browser behave unlike the one people use.
const UNWANTED_ARGS = [
  '--disable-web-security',
  '--allow-running-insecure-content',
  '--single-process',
  '--no-zygote',
];

/**
 * Starts a headless Chromium; the caller closes it.
 * `CHAT_TEST_CHROMIUM` names another executable; otherwise the packaged one is unpacked, without a download.
 */
export async function launchBrowser(
  options: { readonly launchTimeoutMs?: number } = {},
): Promise<Browser> {
  const named = process.env.CHAT_TEST_CHROMIUM;
  const executablePath =
    named !== undefined && existsSync(named) ? named : await chromium.executablePath();
  const packaged = chromium.args.filter(
    (arg) => !UNWANTED_ARGS.some((unwanted) => arg.startsWith(unwanted)),
  );
  return driver.launch({
    executablePath,
    args: [...new Set([...packaged, ...QUIET_ARGS])],
    headless: true,
    timeout: options.launchTimeoutMs ?? 30_000,
  });
}

import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';
import { doorLines, startSystem, stopOnSignal } from './system.ts';
import { watchSources } from './watch-sources.ts';

// `pnpm dev`: everything from source. The web app reloads by itself; a changed server source restarts its process.

const startedMs = performance.now();
const packages = fileURLToPath(new URL('../../', import.meta.url));
const report = (line: string): void => console.error(line);

const web = await createServer({
  root: `${packages}web`,
  configFile: `${packages}web/vite.config.ts`,
  logLevel: 'warn',
  clearScreen: false,
  server: { host: '127.0.0.1', port: 0 },
});
await web.listen();
const webAddress = web.httpServer?.address();
if (typeof webAddress !== 'object' || webAddress === null)
  throw new Error('the web dev server has no address');

const system = await startSystem({
  env: {
    CHAT_DEV_WEB: `http://127.0.0.1:${webAddress.port}`,
    CHAT_LOG_FORMAT: process.env['CHAT_LOG_FORMAT'] ?? 'pretty',
    CHAT_REFLECTION: process.env['CHAT_REFLECTION'] ?? 'on',
    // `turbo` starts this in the package's folder; data belongs beside the package.json of the repository.
    CHAT_DATA_DIR: process.env['CHAT_DATA_DIR'] ?? `${dirname(packages)}/data`,
  },
  report,
});
const sources = (name: string): string => `${packages}${name}/src`;
const unwatch = [
  watchSources([sources('grpc-server')], () => void system.supervisor.restart('grpc-server')),
  watchSources([sources('ws-gateway')], () => void system.supervisor.restart('ws-gateway')),
  watchSources([sources('protocol'), sources('settings')], () => {
    void system.supervisor
      .restart('grpc-server')
      .then(() => system.supervisor.restart('ws-gateway'));
  }),
];
report(doorLines(system.doors, startedMs));

await stopOnSignal(system, async () => {
  for (const stop of unwatch) stop();
  await web.close();
});

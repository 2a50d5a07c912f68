import { fileURLToPath } from 'node:url';
import { preact } from '@preact/preset-vite';
import { defaultClientConditions, defineConfig } from 'vite';
import { compressBuild } from './compress-build.ts';

// Where the gateway looks for the dev server.
const DEV_PORT = 5173;

export default defineConfig({
  // preact() also aliases react and react-dom to preact/compat.
  plugins: [preact(), compressBuild()],
  resolve: {
    conditions: ['chat-source', ...defaultClientConditions],
    alias: {
      'decode-named-character-reference': fileURLToPath(
        new URL('./src/markdown/named-references.ts', import.meta.url),
      ),
    },
  },
  server: { host: '127.0.0.1', port: DEV_PORT, strictPort: true },
  build: {
    target: 'es2024',
    manifest: true,
    // The policy of the page allows no data: addresses, and a polyfill would need an inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});

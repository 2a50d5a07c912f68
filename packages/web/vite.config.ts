import { preact } from '@preact/preset-vite';
import tailwindcss from '@tailwindcss/vite';
import { defaultClientConditions, defineConfig } from 'vite';

export default defineConfig({
  // preact() also aliases react and react-dom to preact/compat.
  plugins: [preact(), tailwindcss()],
  resolve: { conditions: ['chat-source', ...defaultClientConditions] },
  build: { target: 'es2022', sourcemap: true },
});

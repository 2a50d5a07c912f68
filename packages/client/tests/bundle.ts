// Bundles some exports of this package as a browser would load them and writes the code to stdout.
// A program of its own: the bundler does not take options made inside jest's realm.
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const index = fileURLToPath(new URL('../src/index.ts', import.meta.url));
const exports = process.argv[2] ?? '';

const bundled = await rolldown({
  input: 'entry',
  platform: 'browser',
  resolve: { conditionNames: ['chat-source', 'browser', 'import'] },
  onLog: () => undefined,
  plugins: [
    {
      name: 'entry',
      resolveId: (id) => (id === 'entry' ? id : undefined),
      load: (id) =>
        id === 'entry' ? `export { ${exports} } from ${JSON.stringify(index)};` : undefined,
    },
  ],
});
const { output } = await bundled.generate({ format: 'esm', minify: true });
await bundled.close();
process.stdout.write(output[0].code);

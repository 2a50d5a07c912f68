import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from '@jest/globals';
import { type OutputChunk, rolldown } from 'rolldown';

// What the SDK's core takes from here: its weight is part of the SDK's budget.
const SDK_CORE = `
  export { decodeServerFrame, encodeClientFrame, encodeMessageFrame, encodeCreditFrame, frameCost,
    BRIDGE_SUBPROTOCOLS, CloseCode, isReconnectable, ProtocolError, fromStatusDetails, ChatRequest, ChatResponse,
    parseSeq, toWireSeq } from 'door';`;

const DOOR = fileURLToPath(new URL('../src/index.ts', import.meta.url));

async function bundle(entry: string): Promise<OutputChunk> {
  const build = await rolldown({
    input: 'entry',
    platform: 'browser',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === 'entry' ? id : id === 'door' ? DOOR : undefined),
        load: (id) => (id === 'entry' ? entry : undefined),
      },
    ],
    external: builtinModules.flatMap((name) => [name, `node:${name}`]),
  });
  const { output } = await build.generate({
    format: 'esm',
    minify: true,
    sourcemapIgnoreList: false,
  });
  await build.close();
  return output[0];
}

let whole: OutputChunk;
let core: OutputChunk;

beforeAll(async () => {
  whole = await bundle(`export * from 'door';`);
  core = await bundle(SDK_CORE);
}, 60_000);

test('the isomorphic door reaches no Node built-in and no gRPC', () => {
  expect([...whole.imports, ...whole.dynamicImports]).toEqual([]);
  expect(whole.moduleIds.filter((id) => id.includes('grpc-js'))).toEqual([]);
});

test('the part that the SDK core needs stays small', () => {
  const wholeKb = gzipSync(whole.code).length / 1024;
  const coreKb = gzipSync(core.code).length / 1024;
  process.stdout.write(
    `@chat/protocol in a browser: ${wholeKb.toFixed(1)} kB gzip whole, ${coreKb.toFixed(1)} kB for the SDK core\n`,
  );
  expect(wholeKb).toBeLessThan(60);
  expect(coreKb).toBeLessThan(16);
});

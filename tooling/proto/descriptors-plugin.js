#!/usr/bin/env node
// A protoc plugin that empties the output folder and writes the schema itself into it, as a
// FileDescriptorSet without comments, so that `buf generate` alone leaves the code and the image
// current. The answer of a plugin can only be text, so the image is written here and the answer is
// empty. Buf writes the answers of the other plugins after all have run (its own `clean: true` would
// run at that time too, and take the image away).
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';

const out = 'packages/protocol/src/gen';

process.stdin.resume();
process.stdin.on('end', () => {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  execFileSync(
    process.execPath,
    [
      'node_modules/@bufbuild/buf/bin/buf',
      'build',
      '--as-file-descriptor-set',
      '--exclude-source-info',
      '-o',
      `${out}/descriptors.binpb`,
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  // CodeGeneratorResponse { supported_features: FEATURE_PROTO3_OPTIONAL }
  process.stdout.write(Uint8Array.of(0x10, 1));
});

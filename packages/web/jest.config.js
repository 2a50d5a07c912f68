import { fileURLToPath } from 'node:url';
import { jestConfig } from '../../tooling/jest/config.js';

export default jestConfig({
  testEnvironment: '<rootDir>/jest.environment.js',
  testEnvironmentOptions: { customExportConditions: ['chat-source', 'browser'] },
  setupFiles: ['<rootDir>/jest.setup.js'],
  moduleNameMapper: {
    '^decode-named-character-reference$': '<rootDir>/src/markdown/named-references.ts',
    '\\.css$': fileURLToPath(new URL('../../tooling/jest/empty.js', import.meta.url)),
  },
});

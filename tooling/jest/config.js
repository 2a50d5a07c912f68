// The one jest configuration of the workspace. A package's jest.config.js is
//   import { jestConfig } from '../../tooling/jest/config.js';
//   export default jestConfig();

const swc = {
  jsc: {
    parser: { syntax: 'typescript', tsx: true, decorators: false },
    transform: { react: { runtime: 'automatic' } },
    target: 'es2024',
    keepClassNames: true,
    experimental: { keepImportAttributes: true },
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
  swcrc: false,
};
const swcTs = { ...swc, jsc: { ...swc.jsc, parser: { ...swc.jsc.parser, tsx: false } } };

/** @param {import('jest').Config} [extra] */
export function jestConfig(extra = {}) {
  return {
    testEnvironment: 'node',
    testEnvironmentOptions: { customExportConditions: ['chat-source', 'node', 'node-addons'] },
    testMatch: [
      '<rootDir>/src/**/*.test.ts',
      '<rootDir>/src/**/*.test.tsx',
      '<rootDir>/tests/**/*.test.ts',
    ],
    extensionsToTreatAsEsm: ['.ts', '.tsx'],
    transform: { '\\.tsx$': ['@swc/jest', swc], '\\.ts$': ['@swc/jest', swcTs] },
    modulePathIgnorePatterns: ['<rootDir>/dist/'],
    testTimeout: 20_000,
    // Packages are run side by side, so one package takes half of the cores.
    maxWorkers: '50%',
    ...extra,
  };
}

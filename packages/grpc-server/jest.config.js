import { jestConfig } from '../../tooling/jest/config.js';

// Suites here boot servers, on machines that are busy with other suites.
export default jestConfig({ testTimeout: 20_000 });

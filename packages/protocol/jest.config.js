import { jestConfig } from '../../tooling/jest/config.js';

// Property tests run thousands of cases, also on a busy machine.
export default jestConfig({ testTimeout: 30_000 });

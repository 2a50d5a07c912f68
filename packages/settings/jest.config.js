import { jestConfig } from '../../tooling/jest/config.js';

export default jestConfig();

import { jestDomConfig } from '../../tooling/jest/config.js';

export default jestDomConfig();

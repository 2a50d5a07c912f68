// What each package may import, as in docs/ARCHITECTURE.md. A package that is not listed may import nothing.
const may = {
  protocol: [],
  settings: [],
  'grpc-server': ['protocol', 'settings'],
  'ws-gateway': ['protocol', 'settings'],
  client: ['protocol'],
  web: ['client', 'protocol'],
  cli: ['client', 'protocol'],
  testing: [],
  'dev-env': ['protocol', 'settings', 'grpc-server', 'ws-gateway', 'client', 'testing'],
  bench: ['dev-env', 'client', 'protocol'],
};

const TEST = '\\.test\\.tsx?$|^packages/[^/]+/tests/';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'A cycle hides which part needs which.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'An import that nobody can find.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    ...Object.entries(may).map(([name, others]) => ({
      name: `${name}-imports`,
      comment: `packages/${name} may import ${others.length === 0 ? 'no other package' : others.join(', ')}; its tests also testing.`,
      severity: 'error',
      from: { path: `^packages/${name}/`, pathNot: TEST },
      to: { path: '^packages/', pathNot: `^packages/(${[name, ...others].join('|')})/` },
    })),
    ...Object.entries(may).map(([name, others]) => ({
      name: `${name}-tests-import`,
      severity: 'error',
      from: { path: `^packages/${name}/.*(${TEST})|^packages/${name}/tests/` },
      to: {
        path: '^packages/',
        pathNot: `^packages/(${[name, 'testing', ...others].join('|')})/`,
      },
    })),
    {
      name: 'one-door',
      comment: 'Another package is entered by its exports only, never by a path.',
      severity: 'error',
      from: { path: '^packages/([^/]+)/' },
      to: {
        path: '^packages/',
        pathNot: [
          '^packages/$1/',
          '^packages/[^/]+/src/index\\.ts$',
          '^packages/(protocol|client)/src/grpc\\.ts$',
          '^packages/protocol/src/vectors/index\\.ts$',
        ],
      },
    },
    {
      name: 'browser-without-grpc',
      comment: 'The web app and the isomorphic door of the protocol reach no gRPC and no database.',
      severity: 'error',
      from: { path: '^packages/(web/src/|(protocol|client)/src/index\\.ts$)', pathNot: TEST },
      to: { path: 'node_modules/(@grpc/|pino|prom-client)|^(node:)?sqlite$', reachable: true },
    },
    {
      name: 'domain-is-pure',
      comment: 'Domain code decides; it does no input or output and imports no library.',
      severity: 'error',
      from: { path: '^packages/grpc-server/src/domain/', pathNot: TEST },
      to: {
        pathNot: '^packages/(grpc-server/src/domain|protocol/src)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'compat-stays-aside',
      comment: 'Compatibility code is imported by the composition roots alone.',
      severity: 'error',
      from: {
        path: '^packages/[^/]+/src/',
        pathNot: ['/compat/', '/src/(server|gateway|main|index)\\.ts$', TEST],
      },
      to: { path: '^packages/.*/compat/' },
    },
    {
      name: 'no-test-code-in-source',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: TEST },
      to: { path: [TEST, '^node_modules/(@jest/|fast-check)'] },
    },
    {
      name: 'declared',
      comment: 'A library must be in the dependencies of the package that imports it.',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: TEST },
      to: {
        dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'],
        dependencyTypesNot: ['type-only'],
      },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/(dist|\\.turbo)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['chat-source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.d.ts'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};

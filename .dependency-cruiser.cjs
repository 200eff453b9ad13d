/** Which room may import which; ARCHITECTURE.md draws the same arrows, and tests/house proves that this check bites. */
const rooms = 'core|aws|functions|warehouse|dashboards|console|local|cli|bench|tests';
const only = (room, allowed) => ({
  name: `${room}-imports`,
  comment: `${room} may import ${allowed}`,
  severity: 'error',
  from: { path: `^${room}/` },
  to: { path: `^(${rooms})/`, pathNot: `^(${[room, ...allowed].join('|')})/` },
});

module.exports = {
  forbidden: [
    only('core', []),
    only('aws', ['core']),
    only('functions', ['core', 'aws', 'warehouse']),
    only('warehouse', []),
    only('dashboards', ['core']),
    only('console', ['core']),
    only('local', ['core', 'dashboards']),
    only('cli', ['core', 'aws']),
    only('bench', ['core', 'functions', 'cli']),
    {
      name: 'no-function-imports-another',
      severity: 'error',
      from: { path: '^functions/([^/]+)/' },
      to: { path: '^functions/', pathNot: '^functions/$1/' },
    },
    {
      name: 'core-is-pure',
      comment: 'core has no clock, environment, randomness, console or I/O; of Node it may take Buffer',
      severity: 'error',
      from: { path: '^core/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?buffer$' },
    },
    {
      name: 'core-has-no-packages',
      severity: 'error',
      from: { path: '^core/' },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'only-aws-and-people-know-the-sdk',
      comment: 'functions reach AWS through aws/; the CLI and tests are clients like any other',
      severity: 'error',
      from: { path: '^(core|functions|console|local|warehouse)/' },
      to: { path: 'node_modules/@aws-sdk/' },
    },
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^aws-lambda$' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.sql', '.json'],
    },
  },
};

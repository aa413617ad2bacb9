/** Boundaries between packages. @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'packages-know-no-apps',
      comment: 'Apps depend on packages. Who needs a running app starts it as a process.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^apps/' },
    },
    {
      name: 'apps-know-no-apps',
      comment: 'Apps talk through PostgreSQL and Redis.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'through-the-front-door',
      comment: 'A package is what its entry points export.',
      severity: 'error',
      from: { path: '^(apps|packages)/([^/]+)/' },
      to: {
        path: '^packages/[^/]+/src/',
        pathNot: ['^packages/$2/', '^packages/[^/]+/src/index\\.ts$', '^packages/[^/]+/src/testing/'],
      },
    },
    {
      name: 'tests-stay-in-tests',
      comment: 'Product code does not use what is made for tests.',
      severity: 'error',
      from: {
        path: '^(apps|packages)/',
        pathNot: ['\\.test\\.ts$', '/testing/', '^packages/(e2e|bench|local-servers)/'],
      },
      to: { path: '/testing/' },
    },
    {
      name: 'pure-packages',
      comment: 'Protocol and naming know nothing of servers.',
      severity: 'error',
      from: { path: '^packages/(sparkplug|uns)/src/', pathNot: '\\.test\\.ts$' },
      to: { path: '^packages/(?!sparkplug/|uns/)' },
    },
    {
      name: 'independent-simulator',
      comment: 'Client and simulator are two readings of one contract; shared code would hide a misreading.',
      severity: 'error',
      from: { path: '^packages/canary-simulator/src/' },
      to: { path: '^packages/canary-client/' },
    },
    {
      name: 'writer-has-no-database',
      severity: 'error',
      from: { path: '^(apps/canary-writer|packages/(canary-client|delivery))/src/' },
      to: { path: '(metadata-store|node_modules/(postgres|pg)/)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Modules that load each other; a type that names its user is no load.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'disk-only-in-its-room',
      comment: 'node:fs belongs to the disk adapter of @core/io; everything else is handed a Medium.',
      severity: 'error',
      from: {
        path: '^packages/[^/]+/src/',
        pathNot: '^packages/io/src/disk/|^packages/[^/]+/src/testing/|^packages/process/src/(launch|terminate)/',
      },
      to: { path: '^(node:)?(fs|fs/promises)$|node_modules/(fs-extra|graceful-fs)/' },
    },
    {
      name: 'only-one-starts-processes',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: '^packages/process/src/spawn\\.ts$' },
      to: { path: '^(node:)?child_process$' },
    },
    {
      name: 'io-is-the-ground',
      severity: 'error',
      from: { path: '^packages/io/src/' },
      to: { path: '^packages/(?!io/)' },
    },
    {
      name: 'process-stands-on-io',
      severity: 'error',
      from: { path: '^packages/process/src/' },
      to: { path: '^packages/(?!io/|process/)' },
    },
    {
      name: 'top-floor-is-level',
      comment: 'build, container and jobrunner do not know each other.',
      severity: 'error',
      from: { path: '^packages/(build|container|jobrunner)/src/' },
      to: { path: '^packages/(?!io/|process/|$1/)' },
    },
    {
      name: 'through-the-front-door',
      comment: 'Another package is reached by its name, never by a path into it.',
      severity: 'error',
      from: { path: '^packages/([^/]+)/' },
      to: { path: '^packages/(?!$1/)[^/]+/', dependencyTypes: ['local'] },
    },
    {
      name: 'nothing-looks-at-testing',
      severity: 'error',
      from: { path: '^packages/([^/]+)/src/', pathNot: '/src/testing/' },
      to: { path: '^packages/[^/]+/src/testing/' },
    },
    {
      name: 'words-know-no-adapter',
      comment: 'The contract of a medium and what is derived from it know neither disk nor memory.',
      severity: 'error',
      from: { path: '^packages/io/src/[^/]+\\.ts$', pathNot: '/index\\.ts$' },
      to: { path: '^packages/io/src/(disk|memory|layers|node-fs)/' },
    },
    {
      name: 'declared-dependencies-only',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/' },
      // an optional peer is a development dependency, too, so that the tests have it
      to: { dependencyTypes: ['npm-no-pkg', 'npm-dev', 'npm-unknown', 'unknown'], dependencyTypesNot: ['npm-peer'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    doNotFollow: { path: 'node_modules' },
    includeOnly: ['^packages/[^/]+/src/', '^(node:)?(fs|fs/promises|child_process)$', 'node_modules'],
    exclude: { path: '(^|/)(dist|\\.tsbuild)/' },
    enhancedResolveOptions: {
      conditionNames: ['@core/source', 'import', 'node', 'default', 'types'],
      exportsFields: ['exports'],
    },
  },
};

/** Who may import whom. ARCHITECTURE.md draws the same rules; test/architecture.test.ts sees one broken and caught. */

/** What a folder of the emulator may import beside itself, lowest first. */
const emulatorRooms = {
  word: [],
  state: ['word'],
  'floating-point': ['word'],
  decimal: ['word', 'floating-point'],
  operations: ['word', 'state', 'floating-point'],
  isa: ['word', 'state', 'floating-point', 'decimal', 'operations'],
  mmu: ['word', 'state', 'operations'],
  cpu: ['word', 'state', 'operations', 'isa', 'mmu'],
  engine: ['word', 'state', 'floating-point', 'operations', 'isa', 'mmu', 'cpu'],
  host: ['word', 'state'],
  kvm: ['word', 'state', 'operations', 'isa', 'mmu', 'cpu', 'host'],
  machine: ['word', 'state', 'operations', 'isa', 'mmu', 'cpu', 'engine', 'host', 'kvm'],
};

const only = (folder, others) => ({
  name: `${folder} imports only ${others.join(', ') || 'itself'}`,
  severity: 'error',
  from: { path: `^${folder}/` },
  to: { pathNot: [`^${folder}/`, ...others] },
});

const rooms = Object.keys(emulatorRooms).join('|');

module.exports = {
  forbidden: [
    { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'every import is found', severity: 'error', from: {}, to: { couldNotResolve: true } },
    ...Object.entries(emulatorRooms).map(([room, others]) =>
      only(
        `emulator/${room}`,
        others.map((other) => `^emulator/${other}/`),
      ),
    ),
    {
      name: 'every folder of the emulator is a room with a rule',
      severity: 'error',
      from: { path: '^emulator/', pathNot: [`^emulator/(${rooms})/`, '^emulator/[^/]+$'] },
      to: {},
    },
    {
      name: 'only the outside uses the facade',
      severity: 'error',
      from: { path: '^emulator/' },
      to: { path: '^emulator/index\\.ts$' },
    },
    {
      name: 'the emulator imports only itself',
      severity: 'error',
      from: { path: '^emulator/' },
      to: { pathNot: '^emulator/' },
    },
    only('debug-adapter', [
      '^emulator/index\\.ts$',
      '^node_modules/@vscode/debug(adapter|protocol)/',
      '^node_modules/(jsep|fflate|fzstd)/',
      // Node's own modules have no folder.
      '^[^/]+(/promises)?$',
    ]),
    only('extension', [
      '^debug-adapter/custom-protocol\\.ts$',
      '^emulator/isa/',
      // The words of the MMU, which the language server decodes.
      '^emulator/mmu/(hashed-page-table-entry|segment|special-register-bits)\\.ts$',
      '^node_modules/(@types/vscode|vscode-language(client|server|server-textdocument))/',
      '^(path|fs/promises)$',
    ]),
    { name: 'nothing imports a test', severity: 'error', from: { pathNot: '^test/' }, to: { path: '^test/' } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^extension/samples/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'types'] },
  },
};

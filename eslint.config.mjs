import { globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * A run is a function of the guest image, the configuration and the input log. Whatever reads a clock, a random
 * source or the machine that Key31 runs on would make two runs differ, so the emulator may not name it.
 */
const nondeterministicGlobals = [
  'Date',
  'performance',
  'crypto',
  'process',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'fetch',
  'require',
  'Buffer',
  'Intl',
  'WeakRef',
  'FinalizationRegistry',
  // The way around all of the above.
  'globalThis',
  'global',
];

const determinism = {
  files: ['emulator/**/*.ts'],
  rules: {
    'no-restricted-globals': [
      'error',
      ...nondeterministicGlobals.map((name) => ({
        name,
        message: 'The emulator is deterministic: time and input come from the machine that owns it.',
      })),
    ],
    'no-restricted-properties': [
      'error',
      {
        object: 'Math',
        property: 'random',
        message: 'The emulator is deterministic: take numbers from the seeded source.',
      },
    ],
    'no-restricted-imports': [
      'error',
      {
        patterns: [{ regex: '^[^.]', message: 'The emulator imports neither Node nor packages, only its own files.' }],
      },
    ],
  },
};

const source = {
  files: ['**/*.ts'],
  extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
  languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
  rules: {
    eqeqeq: 'error',
    'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'] }],
    'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    // Covers bigint too: addresses and instruction words are printed all over.
    '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    '@typescript-eslint/no-confusing-void-expression': [
      'error',
      { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
    ],
    // A default must not hide a member that was added to a union later.
    '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: false }],
    '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: 'only-allowed-literals' }],
    '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    '@typescript-eslint/consistent-type-imports': 'error',
    // An engine unwinds out of an instruction's meaning by throwing a value, which its own step() catches and returns.
    '@typescript-eslint/only-throw-error': [
      'error',
      {
        allow: [
          {
            from: 'file',
            name: [
              'AccessRefused',
              'AlignmentRefused',
              'Refused',
              'FacilityUnavailable',
              'FacilityWithheld',
              'Finished',
              'NotGenerated',
            ],
          },
        ],
      },
    ],
    // Checked indexing makes every table[i] possibly undefined; where the index is known to be good, "!" says so.
    '@typescript-eslint/no-non-null-assertion': 'off',
    // Loops over an index that also addresses guest memory read better as they are.
    '@typescript-eslint/prefer-for-of': 'off',
    '@typescript-eslint/no-empty-function': ['error', { allow: ['arrowFunctions', 'methods', 'private-constructors'] }],
    // A name that is data rather than a member, such as a register's, is written as data.
    '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
    '@typescript-eslint/class-literal-property-style': 'off',
  },
};

const tests = {
  files: ['test/**/*.ts'],
  rules: {
    'max-lines': 'off',
    '@typescript-eslint/unbound-method': 'off',
  },
};

const declarations = {
  files: ['**/*.d.ts'],
  rules: {
    // A declaration describes what others made, in the shape in which they made it.
    '@typescript-eslint/no-extraneous-class': 'off',
    '@typescript-eslint/no-namespace': 'off',
    '@typescript-eslint/no-unused-vars': 'off',
  },
};

export default tseslint.config(
  globalIgnores(['dist/', 'extension/samples/', '.dependency-cruiser.cjs']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  source,
  determinism,
  tests,
  declarations,
);

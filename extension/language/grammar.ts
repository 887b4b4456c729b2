/** The TextMate grammar of PowerPC assembly, made from the instruction table. */
import { mnemonics } from './vocabulary';

const escaped = (text: string): string => text.replace(/[.+]/g, '\\$&');
/** Mnemonics without their suffixes, so that the pattern stays short. */
const stems = (): string[] => [...new Set(mnemonics().map((one) => one.replace(/[.+-]+$/, '')))];

/** The grammar as an object that JSON can hold. */
export const grammar = (): object => ({
  name: 'PowerPC Assembly',
  scopeName: 'source.asm.powerpc',
  patterns: [
    { include: '#comments' },
    { include: '#preprocessor' },
    { include: '#strings' },
    { match: '^\\s*([\\w.$]+)(?=:)', name: 'entity.name.function.label.powerpc' },
    {
      match: '(?<![\\w.])\\.(macro)\\s+([\\w.]+)',
      captures: { 1: { name: 'keyword.control.directive.powerpc' }, 2: { name: 'entity.name.function.macro.powerpc' } },
    },
    { match: '(?<![\\w.$])\\.[a-z_]\\w*', name: 'keyword.control.directive.powerpc' },
    { match: `(?<![\\w.$])(?:${stems().map(escaped).join('|')})[.+-]?(?![\\w.])`, name: 'keyword.mnemonic.powerpc' },
    {
      match:
        '(?<![\\w.])%?(?:r(?:[12]?\\d|3[01])|f(?:[12]?\\d|3[01])|v(?:[12]?\\d|3[01])|vs(?:[1-5]?\\d|6[0-3])|cr[0-7])\\b',
      name: 'variable.language.register.powerpc',
    },
    { match: '\\b(?:lt|gt|eq|so|un)\\b', name: 'constant.language.condition.powerpc' },
    { match: '@(?:[a-z]+)(?:@[a-z]+)*', name: 'storage.modifier.relocation.powerpc' },
    { match: '\\b0[xX][0-9a-fA-F]+\\b', name: 'constant.numeric.hex.powerpc' },
    { match: '\\b0[bB][01]+\\b', name: 'constant.numeric.binary.powerpc' },
    { match: '\\b\\d+[bf]\\b', name: 'variable.other.label.powerpc' },
    { match: '\\b\\d+\\b', name: 'constant.numeric.decimal.powerpc' },
    { match: '\\\\[\\w@]+', name: 'variable.parameter.macro.powerpc' },
  ],
  repository: {
    comments: {
      patterns: [
        { begin: '/\\*', end: '\\*/', name: 'comment.block.powerpc' },
        { match: '//.*$', name: 'comment.line.double-slash.powerpc' },
        { match: '(?<=\\S\\s|\\S\\s\\s)#.*$', name: 'comment.line.number-sign.powerpc' },
      ],
    },
    preprocessor: {
      patterns: [
        {
          match: '^\\s*#\\s*(include)\\s+([<"][^>"]*[>"])',
          captures: {
            1: { name: 'keyword.control.directive.include.powerpc' },
            2: { name: 'string.quoted.include.powerpc' },
          },
        },
        {
          match: '^\\s*#\\s*(define|undef)\\s+(\\w+)',
          captures: {
            1: { name: 'keyword.control.directive.define.powerpc' },
            2: { name: 'entity.name.function.preprocessor.powerpc' },
          },
        },
        {
          match: '^\\s*#\\s*(?:ifdef|ifndef|if|elif|else|endif|error|warning|line|pragma)\\b',
          name: 'keyword.control.directive.conditional.powerpc',
        },
      ],
    },
    strings: {
      patterns: [
        {
          begin: '"',
          end: '"|$',
          name: 'string.quoted.double.powerpc',
          patterns: [{ match: '\\\\.', name: 'constant.character.escape.powerpc' }],
        },
      ],
    },
  },
});

import { indexed } from './idioms';
import { instruction } from './instruction';

const BLOCK = 128;

/** Book II 4.3. A hint does nothing; the others are treated as a load, or as a store where they write. */
export const cacheManagement = [
  instruction({
    mnemonic: 'dcbt',
    encoding: '31:6 th ra0 rb 278:10 /:1',
    cacheOperation: true,
    assembly: 'ra0,rb,th?',
    aliases: [
      { mnemonic: 'dcbtct', assembly: 'ra0,rb,th?', when: ({ th }) => th < 8 },
      { mnemonic: 'dcbtds', assembly: 'ra0,rb', when: { th: 8 } },
      { mnemonic: 'dcbtds', assembly: 'ra0,rb,th', when: ({ th }) => th < 16 },
      { mnemonic: 'dcbtt', assembly: 'ra0,rb', when: { th: 16 } },
    ],
    meaning: () => undefined,
  }),
  instruction({
    mnemonic: 'dcbtst',
    encoding: '31:6 th ra0 rb 246:10 /:1',
    cacheOperation: true,
    assembly: 'ra0,rb,th?',
    aliases: [
      { mnemonic: 'dcbtstct', assembly: 'ra0,rb,th?', when: ({ th }) => th < 8 },
      { mnemonic: 'dcbtstds', assembly: 'ra0,rb', when: { th: 8 } },
      { mnemonic: 'dcbtstds', assembly: 'ra0,rb,th', when: ({ th }) => th < 16 },
      { mnemonic: 'dcbtstt', assembly: 'ra0,rb', when: { th: 16 } },
    ],
    meaning: () => undefined,
  }),
  instruction({
    mnemonic: 'icbt',
    encoding: '31:6 /:1 ct ra0 rb 22:10 /:1',
    assembly: 'ct?,ra0,rb',
    since: '2.07',
    meaning: () => undefined,
  }),
  instruction({
    mnemonic: 'dcbz',
    encoding: '31:6 /:5 ra0 rb 1014:10 /:1',
    cacheOperation: true,
    assembly: 'ra0,rb',
    meaning: (op, { ra0, rb }) => {
      const block = op.and(indexed(op, ra0, rb), op.constant(-BLOCK));
      op.probe(block, op.constant(BLOCK), 'store');
      for (let at = 0; at < BLOCK; at += 8) op.store(op.add(block, op.constant(at)), 8, op.constant(0));
    },
  }),
  instruction({
    mnemonic: 'dcbst',
    encoding: '31:6 /:5 ra0 rb 54:10 /:1',
    cacheOperation: true,
    assembly: 'ra0,rb',
    meaning: (op, { ra0, rb }) => op.probe(indexed(op, ra0, rb), op.constant(1), 'load'),
  }),
  instruction({
    mnemonic: 'dcbf',
    encoding: '31:6 /:3 l2 ra0 rb 86:10 /:1',
    cacheOperation: true,
    assembly: 'ra0,rb,l2',
    aliases: [
      { mnemonic: 'dcbf', assembly: 'ra0,rb', when: { l2: 0 } },
      { mnemonic: 'dcbfl', assembly: 'ra0,rb', when: { l2: 1 } },
    ],
    meaning: (op, { ra0, rb }) => op.probe(indexed(op, ra0, rb), op.constant(1), 'load'),
  }),
  instruction({
    mnemonic: 'icbi',
    encoding: '31:6 /:5 ra0 rb 982:10 /:1',
    cacheOperation: true,
    assembly: 'ra0,rb',
    meaning: (op, { ra0, rb }) => {
      const address = indexed(op, ra0, rb);
      op.probe(address, op.constant(1), 'load');
      op.instructionsChanged(address);
    },
  }),
];

/** Book II 4.4.1 and 4.4.3: with one storage access after the other there is nothing to wait for. */
export const barriers = [
  instruction({
    mnemonic: 'sync',
    encoding: '31:6 /:3 l2 /:5 /:5 598:10 /:1',
    assembly: 'l2?',
    aliases: [
      { mnemonic: 'hwsync', assembly: '', when: { l2: 0 } },
      { mnemonic: 'lwsync', assembly: '', when: { l2: 1 } },
      { mnemonic: 'ptesync', assembly: '', when: { l2: 2 } },
    ],
    meaning: () => undefined,
  }),
  instruction({
    mnemonic: 'eieio',
    encoding: '31:6 /:5 /:5 /:5 854:10 /:1',
    assembly: '',
    meaning: () => undefined,
  }),
  instruction({
    mnemonic: 'isync',
    encoding: '19:6 /:5 /:5 /:5 150:10 /:1',
    assembly: '',
    meaning: () => undefined,
  }),
];

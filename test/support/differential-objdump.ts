import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const OBJDUMP = 'powerpc64le-linux-gnu-objdump';

export const hasObjdump = (): boolean => spawnSync(OBJDUMP, ['--version']).status === 0;

/** What objdump makes of each word, one space after the mnemonic; the first word lies at `address`. */
export function objdump(words: readonly number[], address: bigint, processor: 'power7' | 'power8'): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'key31-objdump-'));
  try {
    const file = join(folder, 'words.bin');
    const bytes = new DataView(new ArrayBuffer(words.length * 4));
    words.forEach((word, i) => bytes.setUint32(i * 4, word, true));
    writeFileSync(file, new Uint8Array(bytes.buffer));
    const vma = `--adjust-vma=0x${address.toString(16)}`;
    const formatted = [
      '-b',
      'binary',
      '-m',
      'powerpc:common64',
      `-M${processor}`,
      '-EL',
      '-D',
      '-z',
      '--no-show-raw-insn',
      vma,
    ];
    const { stdout } = spawnSync(OBJDUMP, [...formatted, file], { encoding: 'utf8', maxBuffer: 1 << 28 });
    return stdout
      .split('\n')
      .filter((line) => /^ *[0-9a-f]+:\t/.test(line))
      .map((line) =>
        line
          .replace(/^ *[0-9a-f]+:\t/, '')
          .replace(/ +/, ' ')
          .trim(),
      );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

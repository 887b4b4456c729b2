import { describe, expect, it } from 'vitest';
import { changesThatLetThrough, linearAddressOfTable, type ChangedState } from '../../../emulator/mmu/counterfactual';
import { explainTranslation } from '../../../emulator/mmu/explain-translation';
import { hpteFirst, hpteSecond } from '../../../emulator/mmu/hashed-page-table-entry';
import { slbEsidWord, slbVsidWord } from '../../../emulator/mmu/segment';
import { lpcr, msr } from '../../../emulator/mmu/special-register-bits';
import { dataTlb, fetchTlb, translationResults } from '../../../emulator/state/layout';
import { HOST_BYTES, randomWorld, type TranslationCase, type World } from '../../support/emulator-mmu-world';
import { Random, seedFor } from '../../support/isa-random';

/** Whether the emitted walk, which is what the engines run, lets the access through to memory. */
function getsThrough(world: World, { effectiveAddress, access }: TranslationCase): boolean {
  const { registers, view } = world;
  const before = registers.view.buffer.slice(
    world.tableBytes.byteOffset,
    world.tableBytes.byteOffset + world.tableBytes.byteLength,
  );
  world.block.fill(0xff, dataTlb.offset, fetchTlb.offset + fetchTlb.entries * fetchTlb.entrySize);
  const verdict = world.walks.translate(registers.base, effectiveAddress, access);
  // R and C are not the question.
  world.tableBytes.set(new Uint8Array(before));
  if (verdict !== 'mapped') return false;
  return view.getBigUint64(registers.base + translationResults.realAddress, true) < BigInt(HOST_BYTES);
}

/** Makes a change, asks, and takes it back. */
function getsThroughWith(world: World, one: TranslationCase, state: ChangedState): boolean {
  const { registers, table } = world;
  switch (state.kind) {
    case 'register': {
      const before = registers.special(state.name);
      registers.setSpecial(state.name, state.value);
      const through = getsThrough(world, one);
      registers.setSpecial(state.name, before);
      return through;
    }
    case 'slb': {
      const before = registers.slbEntry(state.index);
      registers.setSlbEntry(state.index, state.entry);
      const through = getsThrough(world, one);
      registers.setSlbEntry(state.index, before);
      return through;
    }
    case 'hpte': {
      const [first, second] = [table.first(state.index), table.second(state.index)];
      table.setFirst(state.index, state.first);
      table.setSecond(state.index, state.second);
      const through = getsThrough(world, one);
      table.setFirst(state.index, first);
      table.setSecond(state.index, second);
      return through;
    }
  }
}

/** Every other value of a field, by trying all words that differ from this one in its bits alone. */
function otherValues(word: bigint, mask: bigint): bigint[] {
  const bits = Array.from({ length: 64 }, (_, bit) => 1n << BigInt(bit)).filter((bit) => (mask & bit) !== 0n);
  if (bits.length > 5) return [];
  return Array.from({ length: 2 ** bits.length }, (_, chosen) =>
    bits.reduce((made, bit, index) => ((chosen >> index) & 1 ? made | bit : made), word & ~mask),
  ).filter((made) => made !== word);
}

/** All states that differ in one field of the registers, of any SLB entry, or of any HPTE of these groups. */
function* everyChange({ registers, table }: World, groups: readonly number[]): Generator<ChangedState> {
  const keys = Object.fromEntries(Array.from({ length: 32 }, (_, key) => [`key ${key}`, 3n << BigInt(2 * key)]));
  const words = { msr: msr.mask, lpcr: lpcr.mask, amr: keys, iamr: keys } as const;
  for (const [name, masks] of Object.entries(words))
    for (const mask of Object.values(masks))
      for (const value of otherValues(registers.special(name as keyof typeof words), mask))
        yield { kind: 'register', name: name as keyof typeof words, value };
  for (let index = 0; index < 32; index++) {
    const { esid, vsid } = registers.slbEntry(index);
    for (const made of otherValues(esid, slbEsidWord.mask.valid))
      yield { kind: 'slb', index, entry: { esid: made, vsid } };
    for (const mask of Object.values(slbVsidWord.mask))
      for (const made of otherValues(vsid, mask)) yield { kind: 'slb', index, entry: { esid, vsid: made } };
  }
  for (const group of groups)
    for (let index = group * 8; index < group * 8 + 8; index++) {
      const [first, second] = [table.first(index), table.second(index)];
      for (const mask of Object.values(hpteFirst.mask))
        for (const made of otherValues(first, mask)) yield { kind: 'hpte', index, first: made, second };
      for (const mask of Object.values(hpteSecond.mask))
        for (const made of otherValues(second, mask)) yield { kind: 'hpte', index, first, second: made };
    }
}

const text = (state: ChangedState) =>
  JSON.stringify(state, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString(16) : value));

describe('what would let a refused access through', () => {
  it('does, each by itself, and no other change of one field does', () => {
    const random = new Random(seedFor('counterfactuals'));
    let refused = 0;
    let offered = 0;
    for (let round = 0; round < 2; round++) {
      const world = randomWorld(random, 18);
      const { view, registers, table } = world;
      const words = { memory: view, base: registers.base, tableAddress: linearAddressOfTable(table.address) };
      for (let tries = 0; tries < 12; tries++) {
        const one = world.nextCase();
        world.enter(one.state);
        // Where it leads to nothing, nothing has refused it.
        if (explainTranslation(view, registers.base, one.effectiveAddress, one.access).verdict === 'mapped') continue;
        refused++;
        const before = Buffer.from(world.tableBytes).toString('latin1');
        const changes = changesThatLetThrough(words, one.effectiveAddress, one.access, (at) => at < BigInt(HOST_BYTES));
        expect(Buffer.from(world.tableBytes).toString('latin1') === before).toBe(true);
        const groups = explainTranslation(view, registers.base, one.effectiveAddress, one.access).groups.map(
          ({ number }) => number,
        );
        const own = new Set(changes.map(({ state }) => text(state)));
        offered += own.size;
        for (const { state } of changes) expect(getsThroughWith(world, one, state), text(state)).toBe(true);
        for (const state of everyChange(world, [...groups]))
          if (!own.has(text(state))) expect(getsThroughWith(world, one, state), `missed ${text(state)}`).toBe(false);
      }
    }
    console.log(`${refused} refused accesses, ${offered} changes offered`);
    expect(refused).toBeGreaterThan(5);
    expect(offered).toBeGreaterThan(refused);
  });
});

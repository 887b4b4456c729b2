import { describe, expect, it } from 'vitest';
import { emitWalks } from '../../../emulator/engine/emitted-translation';
import { Explain, type Explanation, type ExplainSorts } from '../../../emulator/mmu/explain';
import { searchForHypervisor, translate } from '../../../emulator/mmu/translate';
import { msr } from '../../../emulator/mmu/special-register-bits';
import { verdicts } from '../../../emulator/mmu/verdict';
import { Registers } from '../../../emulator/cpu/registers';
import { HOST_MEMORY, translationResults, VCPU_SIZE, vcpuBase } from '../../../emulator/state/layout';
import { emptyWorld, randomWorld } from '../../support/emulator-mmu-world';
import { Random, seedFor } from '../../support/isa-random';

const CASES_IN_WORLD = 4000;

/** Does what an explanation would have written, on copies of the vCPU's block and of the table. */
function apply({ effects }: Explanation, tableAt: number, block: Uint8Array, table: Uint8Array): void {
  for (const { address, bytes, value } of effects) {
    const at = Number(address);
    const inBlock = at < VCPU_SIZE;
    for (let i = 0; i < bytes; i++)
      (inBlock ? block : table)[(inBlock ? at : at - tableAt) + i] = Number((value >> BigInt(8 * i)) & 0xffn);
  }
}

describe('the emitted walk and the explained one', () => {
  it.each(['translate', 'search'] as const)('of %s give the same verdict and write the same bytes', (which) => {
    const random = new Random(seedFor(`emitted ${which}`));
    for (const order of [18, 18, 19, 20]) {
      const world = randomWorld(random, order);
      const table = world.tableBytes.slice();
      const block = world.block.slice();
      for (let count = 0; count < CASES_IN_WORLD; count++) {
        const { state, effectiveAddress, access } = world.nextCase();
        world.enter(state);
        block.set(world.block);
        const explained = Explain.run(world.view, world.registers.base, (op) => {
          if (which === 'translate') translate<ExplainSorts>(op, effectiveAddress, access);
          else searchForHypervisor<ExplainSorts>(op, effectiveAddress, access);
        });
        expect(Buffer.compare(block, world.block), 'explaining has changed something').toBe(0);
        apply(explained, HOST_MEMORY + world.table.address, block, table);
        const verdict = world.walks[which](world.registers.base, effectiveAddress, access);
        if (verdict !== verdicts[explained.verdict]) expect(verdict).toBe(verdicts[explained.verdict]);
        const agree = Buffer.compare(block, world.block) === 0 && Buffer.compare(table, world.tableBytes) === 0;
        if (!agree) expect.fail(`${access} 0x${effectiveAddress.toString(16)}: other bytes are written`);
      }
    }
  });

  it('serves each vCPU by the block of state that it is given', () => {
    const { memory } = emptyWorld();
    const walks = emitWalks(memory);
    const second = new Registers(new DataView(memory.buffer), 1);
    second.setSpecial('msr', msr.mask.DR);
    new Registers(new DataView(memory.buffer), 0).setSpecial('msr', msr.mask.HV);
    expect(walks.translate(vcpuBase(0), 0x1234n, 'load')).toBe('mapped');
    expect(walks.translate(second.base, 0x1234n, 'load')).toBe('segment-miss');
    const resultOf = (vcpu: number) => second.view.getBigUint64(vcpuBase(vcpu) + translationResults.realAddress, true);
    expect([resultOf(0), resultOf(1)]).toEqual([0x1234n, 0n]);
  });
});

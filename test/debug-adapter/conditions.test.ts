import { describe, expect, it } from 'vitest';
import { eventCondition } from '../../debug-adapter/conditions/condition';
import { hitCondition } from '../../debug-adapter/session/hit-condition';
import type { EventValue, MachineEvent } from '../../emulator/index';

const event = (fields: Record<string, EventValue>): MachineEvent => ({
  kind: 'key-fault',
  instructionCount: 1,
  fields,
});
const fault = event({
  vcpu: 0n,
  pc: 0xc000000000002908n,
  ea: 0xd000000000010000n,
  store: true,
  fetch: false,
  status: 0x42000000n,
  key: 31n,
  gpa: 0x10080000000n,
  slot: undefined,
  cause: 'reserved-key',
});

describe('a condition', () => {
  it.each([
    ['key == 31', true],
    ['key != 31', false],
    ['key==0x1f && store', true],
    ['!store || fetch', false],
    ['store == true && fetch == 0', true],
    ['ea >= 0xd000000000010000 && ea < 0xd000000000020000', true],
    // Too large for a double: the last digit counts.
    ['ea == 0xd000000000010001', false],
    ['(status & 0x40000000) != 0', true],
    ['status & 0x40000000 == 0x40000000', true],
    ['(gpa >> 28) - 1 == 0x1007', true],
    ['gpa == 1 << 40 | 1 << 31', true],
    ['1 << 64 == 0', true],
    ['-1 == 0xffffffffffffffff', true],
    ['~0 == -1', true],
    ['cause == "reserved-key"', true],
    ["cause == 'amr'", false],
    ['cause != "amr"', true],
    // What is absent makes a comparison false, whichever it is.
    ['slot == 0', false],
    ['slot != 0', false],
    ['slot + 1 > 0', false],
    ['!(slot == 0)', true],
    ['slot', false],
    ['key / (key - 31) == 1', false],
  ])('%s is %s', (text, expected) => {
    expect(eventCondition('key-fault', text).holds({ event: fault })).toBe(expected);
  });

  it.each([
    ['', 'An expression is needed here.'],
    ['key ==', /"key ==" cannot be read at its end/],
    ['key = 31', /cannot be read|operator =/],
    ['(key == 31', /cannot be read/],
    ['kye == 31', /^There is no "kye"; known are vcpu, pc, ea, store, .*cause\.$/],
    ['constructor == 1', /^There is no "constructor"/],
    ['key == "31"', '"==" cannot compare a number with a text.'],
    ['cause + 1 == 2', '"+" needs numbers, and one side is a text.'],
    ['key == 0x', /is not a number/],
    ['key == 31x', /"31x" is not a number/],
    ['key == 0x10000000000000000', '0x10000000000000000 does not fit into 64 bits.'],
    ['key(1)', 'There is no function "key" here.'],
    ['key ? 1 : 2', /"\?"/],
    ['key[1]', /brackets/],
    ['[1, 2]', /brackets/],
    ['key, ea', /several expressions|cannot be read/],
    ['*ea == 1', /Memory cannot be read/],
    ['key === 31', /cannot be read/],
    ['this', /"this"/],
  ])('%s is refused', (text, message) => {
    expect(() => eventCondition('key-fault', text)).toThrow(message);
  });

  it('knows the fields of its own kind of event only', () => {
    expect(() => eventCondition('hypercall', 'key == 31')).toThrow(/known are vcpu, pc, number, name/);
    expect(eventCondition('hypercall', 'name == "H_ENTER"').holds({ event: event({ name: 'H_ENTER' }) })).toBe(true);
  });
});

describe('a hit count', () => {
  it.each([
    ['3', [3]],
    ['== 3', [3]],
    ['>= 3', [3, 4, 5, 6]],
    ['> 3', [4, 5, 6]],
    ['% 3', [3, 6]],
    ['<2', [1]],
  ])('%s stops at %j of six', (text, expected) => {
    const isHit = hitCondition(text);
    expect([1, 2, 3, 4, 5, 6].filter((hits) => isHit(hits))).toEqual(expected);
  });
  it.each(['often', '-1', '% 0', '1.5'])('%s is refused', (text) => {
    expect(() => hitCondition(text)).toThrow();
  });
});

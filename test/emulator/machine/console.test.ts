import { expect, test } from 'vitest';
import { Console } from '../../../emulator/machine/console';

test('characters interrupt a guest that has not asked (Linux’ hvc_vio does not), until it asks for silence', () => {
  let interrupts = 0;
  const console = new Console(() => interrupts++);
  console.type(Buffer.from('one'));
  expect(interrupts).toBe(1);
  console.interrupts = false;
  console.type(Buffer.from('two'));
  expect(interrupts).toBe(1);
  expect(Buffer.from(console.takeTyped(4)).toString()).toBe('onet');
  expect(Buffer.from(console.takeTyped(4)).toString()).toBe('wo');
});

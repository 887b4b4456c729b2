import { expect, it } from 'vitest';
import { dayNumber, dayOf } from '../../../emulator/machine/calendar';

it('agrees with JavaScript’s calendar on every day from 1600 to 2400', () => {
  const day = 86_400_000;
  for (let number = Date.UTC(1600, 0, 1) / day; number < Date.UTC(2400, 0, 1) / day; number++) {
    const date = new Date(number * day);
    const expected = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
    const found = dayOf(number);
    if (found.year !== expected.year || found.month !== expected.month || found.day !== expected.day)
      expect(found).toEqual(expected);
    if (dayNumber(expected) !== number) expect(dayNumber(expected)).toBe(number);
  }
});

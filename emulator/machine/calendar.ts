/** Days of the Gregorian calendar, counted from 1 January 1970. */
export interface Day {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

const DAYS_IN_400_YEARS = 146_097;
/** From 1 March 0000 to 1 January 1970. A year that begins in March has its leap day at its end. */
const TO_1970 = 719_468;

/** Days from 1 March to the first of a month that comes so many months later. */
const daysBefore = (monthsAfterMarch: number): number => Math.floor((153 * monthsAfterMarch + 2) / 5);

export function dayNumber({ year, month, day }: Day): number {
  const marchYear = month > 2 ? year : year - 1;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return 365 * marchYear + leapDays + daysBefore((month + 9) % 12) + day - 1 - TO_1970;
}

export function dayOf(number: number): Day {
  const days = number + TO_1970;
  const era = Math.floor(days / DAYS_IN_400_YEARS);
  const dayOfEra = days - era * DAYS_IN_400_YEARS;
  const leapDays = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const century = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  const dayOfYear = dayOfEra - (365 * yearOfEra + century);
  const monthsAfterMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = ((monthsAfterMarch + 2) % 12) + 1;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return { year, month, day: dayOfYear - daysBefore(monthsAfterMarch) + 1 };
}

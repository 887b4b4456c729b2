/** The clock of the day (PAPR 7.3.3). It runs with guest time, from a date that is the same in every run. */
import { dayNumber, dayOf } from '../calendar';
import type { Clock } from '../clock';
import { rtasCall, rtasStatus, succeeded } from './rtas-call';

const NANOSECONDS = 1_000_000_000;
const SECONDS_IN_DAY = 86_400;
const secondsSoFar = (clock: Clock, vcpu: number): number => Math.floor(clock.nanoseconds(vcpu) / NANOSECONDS);

export const getTimeOfDay = rtasCall({
  name: 'get-time-of-day',
  token: 0x2001,
  parameters: [],
  run({ clock }, { number }) {
    const now = clock.startOfTime + secondsSoFar(clock, number);
    const { year, month, day } = dayOf(Math.floor(now / SECONDS_IN_DAY));
    const second = now % SECONDS_IN_DAY;
    const time = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60];
    return {
      status: rtasStatus.success,
      results: [year, month, day, ...time, clock.nanoseconds(number) % NANOSECONDS],
    };
  },
});

export const setTimeOfDay = rtasCall({
  name: 'set-time-of-day',
  token: 0x2002,
  parameters: ['year', 'month', 'day', 'hour', 'minute', 'second', 'nanosecond'],
  run({ clock }, { number }, { year, month, day, hour, minute, second }) {
    const wanted = dayNumber({ year, month, day }) * SECONDS_IN_DAY + hour * 3600 + minute * 60 + second;
    clock.startOfTime = wanted - secondsSoFar(clock, number);
    return succeeded;
  },
});

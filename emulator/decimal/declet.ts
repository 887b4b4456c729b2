/** Densely packed decimal: three digits in ten bits (Book I appendix B). */

interface Digits {
  readonly first: number;
  readonly second: number;
  readonly third: number;
}

/**
 * Appendix B.2 by its cases. Ten bits are named pqr stu v wxy; v says whether all three digits are below 8, and w, x,
 * s and t which of them are 8 or 9, of which one bit is kept.
 */
function digitsOf(declet: number): Digits {
  const pq = (declet >> 8) & 3;
  const st = (declet >> 5) & 3;
  const wx = (declet >> 1) & 3;
  const [r, u, y] = [(declet >> 7) & 1, (declet >> 4) & 1, declet & 1];
  const [small1, small2] = [pq * 2 + r, st * 2 + u];
  const [large1, large2, large3] = [8 + r, 8 + u, 8 + y];
  if (((declet >> 3) & 1) === 0) return { first: small1, second: small2, third: wx * 2 + y };
  if (wx === 0) return { first: small1, second: small2, third: large3 };
  if (wx === 1) return { first: small1, second: large2, third: st * 2 + y };
  if (wx === 2) return { first: large1, second: small2, third: pq * 2 + y };
  if (st === 0) return { first: large1, second: large2, third: pq * 2 + y };
  if (st === 1) return { first: large1, second: pq * 2 + u, third: large3 };
  if (st === 2) return { first: small1, second: large2, third: large3 };
  return { first: large1, second: large2, third: large3 };
}

/** The number of each declet, and the declet of each number: of several the one whose ignored bits are zero. */
export const numberOfDeclet: readonly number[] = Array.from({ length: 1024 }, (_, declet) => {
  const { first, second, third } = digitsOf(declet);
  return first * 100 + second * 10 + third;
});
export const decletOfNumber: readonly number[] = Array.from({ length: 1000 }, (_, number) =>
  numberOfDeclet.indexOf(number),
);

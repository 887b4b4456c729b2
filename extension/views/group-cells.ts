/** How the groups of a hashed page table are laid out as cells of a picture. */
export interface Grid {
  readonly columns: number;
  readonly rows: number;
  /** Pixels, with the gap. */
  readonly cell: number;
}

const LARGEST_CELL = 14;
const SMALLEST_CELL = 2;
/** A picture is about this much wider than it is high, while cells can be seen. */
const HIGHEST = 420;

/** The largest cells with which all groups fit a width, and a height where that can be. */
export function gridFor(groups: number, width: number): Grid {
  for (let cell = LARGEST_CELL; cell > SMALLEST_CELL; cell--) {
    const columns = Math.max(1, Math.floor(width / cell));
    const rows = Math.ceil(groups / columns);
    if (rows * cell <= HIGHEST) return { columns, rows, cell };
  }
  const columns = Math.max(1, Math.floor(width / SMALLEST_CELL));
  return { columns, rows: Math.ceil(groups / columns), cell: SMALLEST_CELL };
}

/** The group at a point of the picture; undefined beside them. */
export function groupAt({ columns, cell }: Grid, groups: number, x: number, y: number): number | undefined {
  const column = Math.floor(x / cell);
  const group = Math.floor(y / cell) * columns + column;
  return x >= 0 && y >= 0 && column < columns && group < groups ? group : undefined;
}

/** What is known of a group: entries in use, absent ones among them, the highest key. */
export interface GroupSummary {
  readonly used: number;
  readonly absent: number;
  readonly key: number;
}
export const summaryOf = (cells: Uint8Array, group: number): GroupSummary => ({
  used: (cells[2 * group] ?? 0) & 15,
  absent: (cells[2 * group] ?? 0) >> 4,
  key: cells[2 * group + 1] ?? 0,
});

/** The stretch of a long list that is seen, where a scroll bar cannot be as long as the list. */
export function visibleRows(
  total: number,
  rowHeight: number,
  scrollTop: number,
  viewHeight: number,
): { readonly first: number; readonly count: number; readonly height: number } {
  const whole = total * rowHeight;
  const height = Math.min(whole, LONGEST_LIST);
  const count = Math.min(total, Math.ceil(viewHeight / rowHeight) + 1);
  const room = Math.max(1, height - viewHeight);
  const first =
    whole <= LONGEST_LIST
      ? Math.floor(scrollTop / rowHeight)
      : Math.round((Math.min(scrollTop, room) / room) * (total - count));
  return { first: Math.max(0, Math.min(first, total - count)), count, height };
}
/** Browsers lay nothing out that is longer than some 17 million pixels. */
const LONGEST_LIST = 8_000_000;

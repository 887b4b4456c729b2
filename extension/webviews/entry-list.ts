import type { EntryData, EntryFilter } from '../../debug-adapter/custom-protocol';
import { visibleRows } from '../views/group-cells';
import { element } from './dom';
import { ask, showWalk } from './host';

const ROW_HEIGHT = 24;
const columns = [
  'HPTE',
  'State',
  'Virtual address',
  'Guest physical',
  'Page',
  'Key',
  'pp',
  'Slot',
  'Effective address',
] as const;

const texts = (entry: EntryData): readonly string[] => [
  `0x${entry.index.toString(16)}`,
  entry.state,
  entry.virtualAddress,
  entry.guestPhysicalAddress,
  entry.pageSize,
  String(entry.key),
  String(entry.protection),
  entry.slot === undefined ? 'none' : String(entry.slot),
  entry.effectiveAddress ?? 'no segment',
];

/** The entries in use, of which only those that are seen are asked for and drawn: there may be millions. */
export class EntryList {
  readonly #rows = element('div', { class: 'rows', role: 'rowgroup' });
  readonly #spacer = element('div', { class: 'spacer', role: 'presentation' });
  readonly #scroller = element('div', { class: 'scroller', role: 'rowgroup', tabindex: -1 });
  readonly #grid = element('div', { class: 'grid', role: 'grid', 'aria-label': 'Entries in use' });
  readonly #count = element('p', { id: 'count', 'aria-live': 'polite' });
  readonly element = element('section', { 'aria-label': 'Entries' }, this.#count, this.#grid);
  #filter: EntryFilter = {};
  #total = 0;
  #focused = 0;
  #asked = 0;

  constructor() {
    const header = element(
      'div',
      { role: 'row', class: 'row header' },
      ...columns.map((text) => element('span', { role: 'columnheader' }, text)),
    );
    this.#spacer.append(this.#rows);
    this.#rows.setAttribute('role', 'presentation');
    this.#scroller.append(this.#spacer);
    this.#grid.append(element('div', { role: 'rowgroup' }, header), this.#scroller);
    this.#scroller.addEventListener('scroll', () => void this.#draw());
    this.#grid.addEventListener('keydown', (event) => this.#key(event));
  }

  /** Shows the entries that pass a filter, from the first on. */
  async show(filter: EntryFilter): Promise<void> {
    this.#filter = filter;
    const { total } = await ask('key31/pageTableEntries', { start: 0, count: 0, filter });
    this.#total = total;
    this.#focused = Math.min(this.#focused, Math.max(0, total - 1));
    this.#count.textContent = total === 1 ? '1 entry' : `${total} entries`;
    this.#grid.setAttribute('aria-rowcount', String(total + 1));
    await this.#draw();
  }

  async #draw(keepFocus = false): Promise<void> {
    const number = ++this.#asked;
    const { first, count, height } = visibleRows(
      this.#total,
      ROW_HEIGHT,
      this.#scroller.scrollTop,
      this.#scroller.clientHeight,
    );
    const { entries } = await ask('key31/pageTableEntries', { start: first, count, filter: this.#filter });
    // What was asked for later is on its way.
    if (number !== this.#asked) return;
    this.#spacer.style.height = `${height}px`;
    this.#rows.style.transform = `translateY(${this.#scroller.scrollTop - (this.#scroller.scrollTop % ROW_HEIGHT)}px)`;
    const hadFocus = keepFocus || this.#rows.contains(document.activeElement);
    const tabbable = this.#focused >= first && this.#focused < first + entries.length ? this.#focused : first;
    const rows = entries.map((entry, i) => row(entry, first + i, first + i === tabbable));
    this.#rows.replaceChildren(...rows);
    if (hadFocus) rows[tabbable - first]?.focus({ preventScroll: true });
  }

  #key(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.#scroller.clientHeight / ROW_HEIGHT) - 1);
    const target: Readonly<Record<string, number>> = {
      ArrowDown: this.#focused + 1,
      ArrowUp: this.#focused - 1,
      PageDown: this.#focused + page,
      PageUp: this.#focused - page,
      Home: 0,
      End: this.#total - 1,
    };
    const next = target[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.#focused = Math.max(0, Math.min(this.#total - 1, next));
    const top = this.#focused * ROW_HEIGHT;
    const { scrollTop, clientHeight } = this.#scroller;
    if (top < scrollTop) this.#scroller.scrollTop = top;
    else if (top + 2 * ROW_HEIGHT > scrollTop + clientHeight)
      this.#scroller.scrollTop = top + 2 * ROW_HEIGHT - clientHeight;
    void this.#draw(true);
  }
}

function row(entry: EntryData, index: number, isTabbable: boolean): HTMLElement {
  const { effectiveAddress } = entry;
  const cells = texts(entry).map((text) => element('span', { role: 'gridcell', title: text }, text));
  const made = element(
    'div',
    {
      role: 'row',
      class: `row${entry.key === 31 ? ' reserved' : ''}`,
      'aria-rowindex': index + 2,
      tabindex: isTabbable ? 0 : -1,
    },
    ...cells,
  );
  if (effectiveAddress === undefined) return made;
  made.title = 'Enter or double click: walk to this page';
  made.addEventListener('dblclick', () => showWalk(effectiveAddress));
  made.addEventListener('keydown', ({ key }) => {
    if (key === 'Enter') showWalk(effectiveAddress);
  });
  return made;
}

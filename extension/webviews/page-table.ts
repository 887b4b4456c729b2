/** The hashed page table: every group as a cell, and the entries in use as a list. */
import type { EntryFilter, PageTableData } from '../../debug-adapter/custom-protocol';
import { gridFor, groupAt, summaryOf, type Grid } from '../views/group-cells';
import { announce, element, themeColor } from './dom';
import { EntryList } from './entry-list';
import { ask, listen, remember, remembered } from './host';

/** By how full a group is; keys have colours of their own. */
const occupancyColors = [
  'editorWidget-background',
  'charts-blue',
  'charts-blue',
  'charts-green',
  'charts-green',
  'charts-yellow',
  'charts-orange',
  'charts-orange',
  'charts-red',
];
const keyColor = (key: number): string => (key === 31 ? 'charts-red' : key === 0 ? 'charts-green' : 'charts-purple');

export function pageTableView(main: HTMLElement): void {
  const canvas = element('canvas', {
    tabindex: 0,
    role: 'application',
    'aria-label': 'Groups of the hashed page table',
    'aria-describedby': 'help',
  });
  const coloring = element(
    'select',
    { id: 'coloring' },
    element('option', { value: 'occupancy' }, 'entries in use'),
    element('option', { value: 'key' }, 'storage key'),
  );
  const state = element(
    'select',
    { id: 'state' },
    element('option', { value: '' }, 'valid and absent'),
    element('option', { value: 'valid' }, 'valid'),
    element('option', { value: 'absent' }, 'absent'),
  );
  const key = element('input', { id: 'key', inputmode: 'numeric', size: 4, placeholder: 'any' });
  const address = element('input', { id: 'address', size: 20, placeholder: 'any, such as 0x10000' });
  const summary = element('p', { id: 'summary' });
  const legend = element('ul', { class: 'legend', 'aria-label': 'Colours' });
  const everything = element('button', { type: 'button' }, 'All groups');
  const list = new EntryList();
  const label = (id: string, text: string, control: HTMLElement) => element('label', { for: id }, text, control);
  main.append(
    element('h1', {}, 'Hashed page table'),
    summary,
    element('div', { class: 'bar' }, label('coloring', 'Colour by ', coloring), everything),
    element('p', { id: 'help', class: 'help' }, 'Arrow keys move from group to group; Enter lists the entries of one.'),
    element('div', { class: 'canvas' }, canvas),
    legend,
    element('h2', {}, 'Entries in use'),
    element(
      'div',
      { class: 'bar' },
      label('state', 'State ', state),
      label('key', 'Key ', key),
      label('address', 'Address ', address),
    ),
    list.element,
  );

  let table: PageTableData | undefined;
  let cells = new Uint8Array();
  let grid: Grid = gridFor(1, 1);
  let selected: number | undefined;
  let group: number | undefined;

  const draw = () => {
    if (!table) return;
    grid = gridFor(table.groupCount, Math.max(200, main.clientWidth - 32));
    const scale = window.devicePixelRatio;
    canvas.width = grid.columns * grid.cell * scale;
    canvas.height = grid.rows * grid.cell * scale;
    canvas.style.width = `${grid.columns * grid.cell}px`;
    canvas.style.height = `${grid.rows * grid.cell}px`;
    const context = canvas.getContext('2d');
    if (!context) return;
    context.scale(scale, scale);
    const gap = grid.cell > 4 ? 1 : 0;
    const colors = new Map<string, string>();
    const color = (token: string) => {
      const known = colors.get(token) ?? themeColor(token);
      colors.set(token, known);
      return known;
    };
    for (let one = 0; one < table.groupCount; one++) {
      const { used, key: highest } = summaryOf(cells, one);
      const token =
        used === 0
          ? 'editorWidget-background'
          : coloring.value === 'key'
            ? keyColor(highest)
            : (occupancyColors[used] ?? 'charts-red');
      context.fillStyle = color(token);
      context.fillRect(
        (one % grid.columns) * grid.cell,
        Math.floor(one / grid.columns) * grid.cell,
        grid.cell - gap,
        grid.cell - gap,
      );
    }
    if (selected === undefined) return;
    context.strokeStyle = color('focusBorder') || color('foreground');
    context.lineWidth = 2;
    context.strokeRect(
      (selected % grid.columns) * grid.cell - 1,
      Math.floor(selected / grid.columns) * grid.cell - 1,
      grid.cell + 1,
      grid.cell + 1,
    );
  };
  const drawLegend = () => {
    const rows =
      coloring.value === 'key'
        ? [
            ['charts-green', 'key 0'],
            ['charts-purple', 'keys 1 to 30'],
            ['charts-red', 'key 31: no memory'],
          ]
        : [
            ['editorWidget-background', 'empty'],
            ['charts-blue', '1 or 2 entries'],
            ['charts-green', '3 or 4'],
            ['charts-yellow', '5'],
            ['charts-orange', '6 or 7'],
            ['charts-red', '8: full'],
          ];
    legend.replaceChildren(
      ...rows.map(([token = '', text = '']) =>
        element('li', {}, element('span', { class: `swatch ${token}`, 'aria-hidden': 'true' }), text),
      ),
    );
  };
  const filter = (): EntryFilter => ({
    ...(group === undefined ? {} : { group }),
    ...(/^\d+$/.test(key.value.trim()) ? { key: Number(key.value) } : {}),
    ...(state.value === '' ? {} : { state: state.value as 'valid' | 'absent' }),
    ...(/^(0x[0-9a-f]+|\d+)$/i.test(address.value.trim()) ? { address: address.value.trim() } : {}),
  });
  const select = (one: number) => {
    if (!table) return;
    selected = Math.max(0, Math.min(table.groupCount - 1, one));
    const { used, absent, key: highest } = summaryOf(cells, selected);
    announce(
      `Group 0x${selected.toString(16)}: ${used} of 8 entries in use, ${absent} absent${used > 0 ? `, highest key ${highest}` : ''}.`,
    );
    draw();
  };
  const show = async () => {
    remember({ coloring: coloring.value, state: state.value, key: key.value, address: address.value });
    await list.show(filter());
  };
  const listGroup = (one: number | undefined) => {
    group = one;
    everything.hidden = one === undefined;
    void show();
  };

  canvas.addEventListener('click', ({ offsetX, offsetY }) => {
    const one = table && groupAt(grid, table.groupCount, offsetX, offsetY);
    if (one === undefined) return;
    select(one);
    listGroup(one);
  });
  canvas.addEventListener('keydown', (event) => {
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -grid.columns,
      ArrowDown: grid.columns,
    };
    const move = moves[event.key];
    if (event.key === 'Enter' && selected !== undefined) listGroup(selected);
    else if (move !== undefined) select((selected ?? -move) + move);
    else return;
    event.preventDefault();
  });
  everything.addEventListener('click', () => listGroup(undefined));
  for (const control of [state, key, address]) control.addEventListener('input', () => void show());
  coloring.addEventListener('input', () => {
    draw();
    drawLegend();
    void show();
  });
  new ResizeObserver(draw).observe(main);
  new MutationObserver(draw).observe(document.body, { attributes: true, attributeFilter: ['class'] });

  const before = remembered();
  coloring.value = before['coloring'] ?? 'occupancy';
  state.value = before['state'] ?? '';
  key.value = before['key'] ?? '';
  address.value = before['address'] ?? '';
  everything.hidden = true;
  drawLegend();
  listen((guest) => {
    if (!guest) {
      summary.textContent = 'No guest is being debugged.';
      return;
    }
    void refresh();
  });
  async function refresh(): Promise<void> {
    table = await ask('key31/pageTable', {});
    cells = Uint8Array.from(atob(table.groups), (one) => one.charCodeAt(0));
    summary.textContent = `2^${table.order} bytes: ${table.groupCount} groups of 8, ${table.occupied} of ${table.entryCount} entries in use.`;
    draw();
    await show();
  }
}

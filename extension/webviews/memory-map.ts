/** The guest's physical memory: slots, holes, and what it reaches devices by. */
import { mapRegions, regionHeights, type Region } from '../views/map-regions';
import { hexadecimal, sizeText } from '../views/sizes';
import { element } from './dom';
import { listen } from './host';

const HEIGHT = 560;
const LEAST = 26;

export function memoryMapView(main: HTMLElement): void {
  const note = element('p', {}, 'No guest is being debugged.');
  const map = element('ol', { class: 'map', reversed: true });
  main.append(element('h1', {}, 'Guest physical memory'), note, map);
  listen((state) => {
    if (!state) {
      note.textContent = 'No guest is being debugged.';
      return;
    }
    const regions = mapRegions(state);
    const heights = regionHeights(regions, HEIGHT);
    note.textContent =
      'Highest addresses first. Each doubling of a size adds the same height; holes are drawn at half of it.';
    map.replaceChildren(...regions.map((region, i) => drawn(region, heights[i] ?? LEAST)).reverse());
  });
}

function drawn({ kind, start, end, label }: Region, height: number): HTMLElement {
  const made = element(
    'li',
    { class: `region ${kind.replace(' ', '-')}` },
    element('code', {}, `${hexadecimal(start)} to ${hexadecimal(end)}`),
    element('span', {}, sizeText(end - start)),
    element('span', {}, label),
  );
  made.style.minHeight = `${Math.max(LEAST, height)}px`;
  return made;
}

import { memoryMapView } from './memory-map';
import { pageTableView } from './page-table';
import { walkView } from './walk';

const views: Readonly<Record<string, (main: HTMLElement) => void>> = {
  pageTable: pageTableView,
  walk: walkView,
  memoryMap: memoryMapView,
};

const main = document.querySelector('main');
if (main) views[main.dataset['view'] ?? '']?.(main);

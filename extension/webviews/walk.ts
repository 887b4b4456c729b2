/** A translation, drawn step by step. */
import type { AccessName, GuestStateData } from '../../debug-adapter/custom-protocol';
import { walkSteps, type WalkStep } from '../views/walk-steps';
import { announce, element } from './dom';
import { ask, listen, remember, remembered } from './host';

const accesses: readonly AccessName[] = ['load', 'store', 'fetch'];

export function walkView(main: HTMLElement): void {
  const address = element('input', {
    id: 'address',
    size: 22,
    placeholder: 'such as 0xc000000000000000',
    spellcheck: 'false',
  });
  const choices = accesses.map((name) => element('button', { type: 'button', 'aria-pressed': 'false' }, name));
  const problem = element('p', { class: 'problem', role: 'alert' });
  const verdict = element('p', { id: 'verdict' });
  const steps = element('ol', { class: 'walk' });
  const fault = element('button', { type: 'button' }, 'Walk of the last fault');
  main.append(
    element('h1', {}, 'Translation walk'),
    element(
      'form',
      { class: 'bar' },
      element('label', { for: 'address' }, 'Effective address ', address),
      element('span', { role: 'group', 'aria-label': 'Access' }, ...choices),
      fault,
    ),
    problem,
    verdict,
    steps,
  );

  let access: AccessName = (remembered()['access'] as AccessName | undefined) ?? 'load';
  let guest: GuestStateData | undefined;
  address.value = remembered()['address'] ?? '';

  const walk = async () => {
    choices.forEach((button, i) => button.setAttribute('aria-pressed', String(accesses[i] === access)));
    remember({ access, address: address.value });
    fault.disabled = guest?.fault === undefined;
    if (!guest || address.value.trim() === '') return;
    try {
      const data = await ask('key31/translate', { address: address.value.trim(), access });
      problem.textContent = '';
      verdict.textContent = `${access} at ${data.effectiveAddress}: ${data.verdict}`;
      announce(verdict.textContent);
      steps.replaceChildren(...walkSteps(data).map(drawn));
    } catch (error) {
      problem.textContent = error instanceof Error ? error.message : String(error);
    }
  };
  const walkFault = () => {
    if (!guest?.fault) return;
    ({ access } = guest.fault);
    address.value = guest.fault.effectiveAddress;
    void walk();
  };

  choices.forEach((button, i) =>
    button.addEventListener('click', () => {
      access = accesses[i] ?? 'load';
      void walk();
    }),
  );
  fault.addEventListener('click', walkFault);
  main.querySelector('form')?.addEventListener('submit', (event) => {
    event.preventDefault();
    void walk();
  });
  listen(
    (state) => {
      guest = state;
      if (!state) verdict.textContent = 'No guest is being debugged.';
      else if (address.value === '') walkFault();
      else void walk();
    },
    (wanted) => {
      address.value = wanted;
      void walk();
    },
  );
}

const marks = { passed: '✓', refused: '✗', 'not reached': '·' } as const;

function drawn({ title, text, outcome, level, details, cells }: WalkStep): HTMLElement {
  const mark = element('span', { class: 'mark', 'aria-hidden': 'true' }, marks[outcome]);
  const head = element(
    'div',
    { class: 'head' },
    mark,
    element('strong', {}, title),
    element('code', {}, text),
    element('span', { class: 'outcome' }, outcome),
  );
  const notes = details.map((one) => element('p', { class: 'detail' }, one));
  return element(
    'li',
    { class: `step ${outcome} ${level}` },
    head,
    ...notes,
    ...(cells ? [cellTable(title, cells)] : []),
  );
}

const cellTable = (title: string, cells: NonNullable<WalkStep['cells']>): HTMLElement =>
  element(
    'table',
    { class: 'cells' },
    element('caption', {}, `Entries of the ${title.toLowerCase()}`),
    element(
      'tbody',
      {},
      ...cells.map(({ label, text, outcome }) =>
        element('tr', { class: outcome }, element('th', { scope: 'row' }, label), element('td', {}, text)),
      ),
    ),
  );

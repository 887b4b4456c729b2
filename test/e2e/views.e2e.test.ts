import { mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axeCore from 'axe-core';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { missingTools, VscodeSession } from './vscode-session';
import type { Workbench } from './workbench';

const canRun = missingTools.length === 0;
if (!canRun) console.log(`The end-to-end test of the views is skipped; missing: ${missingTools.join(', ')}.`);

/** What axe finds wrong in a page. */
async function violations(frame: Frame): Promise<string[]> {
  await frame.evaluate(axeCore.source);
  return frame.evaluate(async () => {
    const axe = (
      globalThis as unknown as {
        axe: { run(of: unknown): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      }
    ).axe;
    const { violations: found } = await axe.run((globalThis as unknown as { document: unknown }).document);
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });
}

const pictures = process.env.KEY31_SCREENSHOTS;

describe.skipIf(!canRun)('the views, in a real VS Code', { timeout: 180_000 }, () => {
  let session: VscodeSession;
  let workbench: Workbench;
  let folder: string;

  const keepPictureOfFailure = () =>
    onTestFailed(async ({ task }) => {
      const file = join(tmpdir(), `key31-${task.name.replace(/\W+/g, '-')}.png`);
      await workbench.screenshot(file);
      console.log(`The window as it was: ${file}`);
    });
  const picture = async (name: string) => {
    if (pictures === undefined) return;
    mkdirSync(pictures, { recursive: true });
    const messages = await workbench.page.locator('.notification-list-item').count();
    if (messages > 0) await workbench.command('Notifications: Clear All Notifications');
    await workbench.screenshot(join(pictures, `${name}.png`));
  };

  beforeAll(async () => {
    session = await VscodeSession.begin();
    folder = session.copySample('mmio-trap');
    workbench = await session.open(folder);
    await workbench.openFile('main.c');
    await workbench.page.keyboard.press('F5');
    await workbench.choose('mmio-trap.le.elf');
    await workbench.stopped('exception');
  }, 180_000);
  afterAll(() => session.end());

  it('shows memory slots, segments, the pending exit and registers as trees', async () => {
    keepPictureOfFailure();
    await workbench.page.getByRole('tab', { name: 'Guest MMU', exact: true }).click();
    await workbench.row('Memory Slots', 'Slot 0').waitFor();
    await workbench.row('Memory Slots', '256 MiB').first().waitFor();
    await workbench.row('MMIO Exits', 'Pending: store to').waitFor();
    await workbench.row('Segment Lookaside Buffer', 'VSID').first().waitFor();
    await workbench.row('Registers', 'LPCR').first().waitFor();
    await workbench.row('Events', 'Storage-key faults').first().waitFor();
    await workbench.expand('Memory Slots', 'Slot 0');
    await workbench.row('Memory Slots', 'flags').first().waitFor();
    await picture('guest-mmu');
    expect(workbench.errors).toEqual([]);
  });

  it('toggles a bit of a register from its row', async () => {
    keepPictureOfFailure();
    for (const pane of ['Memory Slots', 'Segment Lookaside Buffer', 'MMIO Exits', 'Events'])
      await workbench.closePane(pane);
    await workbench.expand('Registers', 'MSR');
    const bit = workbench.row('Registers', /^FP[01]$/).first();
    const before = await bit.textContent();
    await workbench.rowAction(bit, 'Toggle Bit');
    await workbench
      .row('Registers', before === 'FP0' ? /^FP1$/ : /^FP0$/)
      .first()
      .waitFor();
    await workbench.rowAction(workbench.row('Registers', /^FP[01]$/).first(), 'Toggle Bit');
    await workbench
      .row('Registers', before ?? '')
      .first()
      .waitFor();
  });

  it('draws the hashed page table and lists its entries, and walks to one', async () => {
    keepPictureOfFailure();
    await workbench.command('Key31: Show Hashed Page Table');
    const table = await workbench.webview('pageTable');
    const summary = table.locator('#summary');
    await summary.getByText('groups of 8').waitFor();
    const used = Number(/, (\d+) of \d+ entries/.exec((await summary.textContent()) ?? '')?.[1]);
    expect(used).toBeGreaterThan(0);
    await table.locator('#count', { hasText: `${used} entries` }).waitFor();
    // Each group with an entry has another colour than the empty ones.
    const colors = await table.locator('canvas').evaluate((canvas) => {
      const { width, height } = canvas as unknown as { width: number; height: number };
      const context = (
        canvas as unknown as {
          getContext(kind: string): { getImageData(...of: number[]): { data: Uint8ClampedArray } };
        }
      ).getContext('2d');
      const { data } = context.getImageData(0, 0, width, height);
      const seen = new Set<string>();
      for (let at = 0; at < data.length; at += 4) seen.add(data.slice(at, at + 4).join());
      return seen.size;
    });
    expect(colors).toBeGreaterThan(1);
    expect(await violations(table)).toEqual([]);
    await picture('page-table');
    await table.locator('#key').fill('31');
    await table.locator('.row.reserved').first().waitFor();
    await table.locator('.row.reserved').first().press('Enter');
    const walk = await workbench.webview('walk');
    await walk.locator('#verdict', { hasText: 'neither group holds a valid entry' }).waitFor();
  });

  it('draws the walk of the fault, with the refusal in its place, and of another access', async () => {
    keepPictureOfFailure();
    await workbench.command('Key31: Show Translation Walk');
    const walk = await workbench.webview('walk');
    await walk.getByRole('button', { name: 'Walk of the last fault' }).click();
    await walk.locator('#verdict', { hasText: 'store at' }).waitFor();
    await walk.locator('.step.refused', { hasText: 'Memory slot' }).waitFor();
    await walk.locator('.step', { hasText: 'key 31' }).first().waitFor();
    expect(await violations(walk)).toEqual([]);
    await picture('walk');
    await walk.getByRole('button', { name: 'load', exact: true }).click();
    await walk.locator('#verdict', { hasText: 'load at' }).waitFor();
  });

  it('draws the guest physical memory', async () => {
    keepPictureOfFailure();
    await workbench.command('Key31: Show Guest Physical Memory');
    const map = await workbench.webview('memoryMap');
    await map.locator('.region.slot', { hasText: '256 MiB' }).waitFor();
    await map.locator('.region.window').first().waitFor();
    expect(await violations(map)).toEqual([]);
    await picture('memory-map');
    expect(workbench.errors).toEqual([]);
  });

  it('has the guest’s console as a terminal, where keys are typed', async () => {
    keepPictureOfFailure();
    await workbench.page.getByRole('tab', { name: /^Terminal/ }).click();
    await workbench.page.locator('.xterm-rows', { hasText: 'Key31 sample guest mmio-trap' }).first().waitFor();
    await workbench.page.locator('.xterm-helper-textarea').first().focus();
    await workbench.page.keyboard.type('hello');
    expect(workbench.errors).toEqual([]);
  });

  it('serves assembly: diagnostics, hover and completion', async () => {
    keepPictureOfFailure();
    // While a guest is debugged, a hover shows values instead.
    await workbench.stopDebugging();
    await workbench.openFile('start.S');
    const { keyboard } = workbench.page;
    const lines = readFileSync(join(folder, 'start.S'), 'utf8').split('\n');
    const line = lines.findIndex((one) => one.includes('stdu '));
    await keyboard.press('Control+G');
    await workbench.answer(`:${line + 1}:${lines[line]!.indexOf('stdu') + 2}`);
    await keyboard.press('Control+K');
    await keyboard.press('Control+I');
    await workbench.page.locator('.monaco-hover:not(.hidden)', { hasText: 'MEM(RA + DS, 8)' }).first().waitFor();
    await picture('hover');
    await keyboard.press('Escape');
    await keyboard.press('End');
    await keyboard.press('Enter');
    await keyboard.type('frob r3');
    await workbench.page.locator('.squiggly-warning').first().waitFor();
    // Enter would take what is suggested.
    await keyboard.press('Escape');
    await keyboard.press('Enter');
    await keyboard.type('rfi');
    await keyboard.press('Control+Space');
    await workbench.page.locator('.suggest-widget.visible .monaco-list-row', { hasText: 'rfid' }).first().waitFor();
    await keyboard.press('Escape');
    expect(workbench.errors).toEqual([]);
  });
});

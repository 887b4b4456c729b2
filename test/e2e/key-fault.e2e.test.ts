import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { missingTools, VscodeSession } from './vscode-session';
import type { Workbench } from './workbench';

/** Scopes that a stop on a storage-key fault shows, in their order. */
const scopes = ['Pending MMIO exit', 'Memory slots', 'Fault', 'Hashed page table', 'MMU', 'Registers'];

const canRun = missingTools.length === 0;
if (!canRun) console.log(`The end-to-end test is skipped; missing: ${missingTools.join(', ')}.`);

const keepPictureOfFailure = (workbench: () => Workbench | undefined) =>
  onTestFailed(async ({ task }) => {
    const file = join(tmpdir(), `key31-${task.name.replace(/\W+/g, '-')}.png`);
    await workbench()?.screenshot(file);
    console.log(`The window as it was: ${file}`);
  });

describe.skipIf(!canRun)('in a real VS Code', { timeout: 120_000 }, () => {
  let session: VscodeSession;
  let workbench: Workbench | undefined;

  beforeAll(async () => {
    session = await VscodeSession.begin();
  }, 120_000);
  afterAll(() => session.end());

  it('F5 in a folder with a guest and no launch.json stops on the storage-key fault', async () => {
    keepPictureOfFailure(() => workbench);
    workbench = await session.open(session.copySample('mmio-trap'));
    await workbench.openFile('main.c');
    await workbench.page.keyboard.press('F5');
    // The sample is built in both byte orders, so there is a choice.
    await workbench.choose('mmio-trap.le.elf');
    await workbench.stopped('exception');

    await workbench.row('Variables', 'guest physical address').first().waitFor();
    await workbench.row('Variables', 'direction =store').first().waitFor();
    // A tree draws the rows that fit, so what is open goes first.
    await workbench.closePane('Watch');
    const callStack = workbench.page.locator('.pane-header[aria-label^="Call Stack"]');
    await callStack.click();
    await workbench.collapse('Variables', 'Pending MMIO exit');
    for (const scope of scopes) await workbench.row('Variables', scope).first().waitFor();
    await workbench.expand('Variables', 'Memory slots');
    await workbench.row('Variables', '256 MiB').first().waitFor();
    expect(workbench.errors).toEqual([]);

    const pictures = process.env.KEY31_SCREENSHOTS;
    if (pictures === undefined) return;
    await callStack.click();
    await workbench.collapse('Variables', 'Memory slots');
    await workbench.expand('Variables', 'Pending MMIO exit');
    await workbench.screenshot(join(pictures, 'key-fault.png'));
  });

  it('F5 in a folder without a guest says what to do', async () => {
    keepPictureOfFailure(() => workbench);
    const folder = session.newFolder('no-guest');
    writeFileSync(join(folder, 'main.c'), 'int main(void) { return 0; }\n');
    workbench = await session.open(folder);
    await workbench.openFile('main.c');
    await workbench.page.keyboard.press('F5');
    await workbench.notification('Key31 found no guest here').waitFor();
  });
});

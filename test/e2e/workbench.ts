import type { BrowserContext, Frame, Locator, Page } from 'playwright-core';

/**
 * One VS Code window. Views are found by their accessible names and rows by their text, and every step waits for the
 * state that it leads to, never for a time.
 */
export class Workbench {
  readonly page: Page;
  /** What went wrong inside the page. */
  readonly errors: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(30_000);
    page.on('pageerror', (error) => this.errors.push(error.message));
  }

  /** Opens a window at an address that {@link CodeServer.url} gave. */
  static async open(context: BrowserContext, url: string): Promise<Workbench> {
    const workbench = new Workbench(await context.newPage());
    await workbench.page.goto(url);
    await workbench.page.locator('.monaco-workbench .part.editor').waitFor({ timeout: 60_000 });
    await workbench.page.locator('.statusbar-item').first().waitFor();
    return workbench;
  }

  /** Runs a command of the palette. */
  async command(title: string): Promise<void> {
    await this.#quickInput('F1', `>${title}`, title);
  }

  /** Opens a file of the folder in an editor. */
  async openFile(name: string): Promise<void> {
    await this.#quickInput('Control+P', name, name);
    await this.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
    await this.page.locator('.editor-group-container.active .view-lines').waitFor();
  }

  /** Picks an item of the list that VS Code shows to choose from. */
  async choose(item: string): Promise<void> {
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: item }).first();
    await row.click();
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  }

  /** A view of the side bar, such as "Variables". */
  pane(title: string): Locator {
    return this.page.locator('.pane', { has: this.page.locator(`.pane-header[aria-label^="${title} Section"]`) });
  }

  /** The rows of a view that contain a text. Only rows that are scrolled into view exist. */
  row(pane: string, text: string | RegExp): Locator {
    return this.pane(pane).locator('.monaco-list-row', { hasText: text });
  }

  /** Opens a row, so that the rows below it appear. */
  async expand(pane: string, text: string): Promise<void> {
    const row = this.row(pane, text).first();
    await row.click();
    if ((await row.getAttribute('aria-expanded')) !== 'true') await this.page.keyboard.press('ArrowRight');
    await this.row(pane, text).and(this.page.locator('[aria-expanded=true]')).first().waitFor();
  }

  /** Closes a row, so that those after it come into view. */
  /** Folds a pane away, so that its neighbours have its room. */
  async closePane(title: string): Promise<void> {
    const header = this.pane(title).locator('.pane-header');
    if ((await header.getAttribute('aria-expanded')) === 'true') await header.click();
    await this.pane(title).locator('.pane-header[aria-expanded=false]').waitFor();
  }
  async collapse(pane: string, text: string): Promise<void> {
    const row = this.row(pane, text).first();
    await row.click();
    if ((await row.getAttribute('aria-expanded')) !== 'false') await this.page.keyboard.press('ArrowLeft');
    await this.row(pane, text).and(this.page.locator('[aria-expanded=false]')).first().waitFor();
  }

  /** Waits until the debugged program stands still, for a reason such as "exception". */
  async stopped(reason: string): Promise<void> {
    const header = this.page.locator('.pane-header[aria-label^="Call Stack"]', { hasText: `Paused on ${reason}` });
    await header.waitFor();
  }

  /** Ends the session. */
  async stopDebugging(): Promise<void> {
    await this.page.keyboard.press('Shift+F5');
    await this.page.locator('.part.statusbar:not(.debugging)').waitFor();
  }

  /** What the stop on an exception says, below the line where the program stands. */
  exception(): Locator {
    return this.page.locator('.exception-widget');
  }

  /** A message in the lower right corner. */
  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-list-item-message', { hasText: text }).first();
  }

  /** The page inside a webview of ours, by the view that it shows. */
  async webview(view: string): Promise<Frame> {
    for (;;) {
      for (const frame of this.page.frames()) {
        const found = await frame
          .locator(`main[data-view="${view}"]`)
          .count()
          .catch(() => 0);
        if (found > 0) return frame;
      }
      await this.page.locator('iframe.webview.ready').first().waitFor({ state: 'attached' });
      await this.page.waitForTimeout(100);
    }
  }

  /** Clicks a button that a row shows under the pointer. */
  async rowAction(row: Locator, title: string): Promise<void> {
    await row.hover();
    await row.locator(`.action-label[aria-label^="${title}"]`).click();
  }

  /** Fills the box that VS Code asks in. */
  async answer(text: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input');
    await input.fill(text);
    await input.press('Enter');
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  }

  /** Saves a picture of the window with the pointer out of the way. */
  async screenshot(file: string): Promise<void> {
    await this.page.mouse.move(1, 1);
    await this.page.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
  }

  // Enter acts on the focused row, so the focused row is what is waited for.
  async #quickInput(key: string, text: string, match: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input[type=text]');
    // A key that is pressed while a view takes the focus is lost.
    for (let tries = 0; tries < 5 && !(await input.isVisible()); tries++) {
      await this.page.keyboard.press(key);
      await input.waitFor({ timeout: 10_000 }).catch(() => undefined);
    }
    await input.fill(text);
    await this.page.locator('.quick-input-list .monaco-list-row.focused', { hasText: match }).waitFor();
    await this.page.keyboard.press('Enter');
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  }
}

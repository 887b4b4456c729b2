import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** The browser to drive, where one is installed. */
export const browserProgram = [process.env.KEY31_CHROMIUM ?? '', '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (program) => program !== '' && existsSync(program),
);

/** Starts the browser so that it reaches for nothing but the page. */
export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    ...(browserProgram !== undefined && { executablePath: browserProgram }),
    args: [
      // Containers run everything as root, where Chromium's sandbox refuses to start.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

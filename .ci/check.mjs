// Runs every check:* script of package.json, two at a time, and reports all failures, not only the first.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const waiting = Object.keys(scripts).filter((name) => name.startsWith('check:'));
const failed = [];
let passed = 0;

const run = (name) =>
  new Promise((resolve) => {
    const started = performance.now();
    const child = spawn(`npm run --silent ${name}`, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
    child.on('close', (status) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.log(`${status === 0 ? 'passed' : 'FAILED'}  ${name}  ${seconds} s`);
      if (status === 0) passed += 1;
      else {
        failed.push(name);
        console.log(output.trimEnd());
      }
      resolve();
    });
  });

const worker = async () => {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await run(name);
};
await Promise.all([worker(), worker()]);

console.log(`${passed} checks passed, ${failed.length} failed${failed.length ? `: ${failed.join(', ')}` : ''}`);
if (failed.length) process.exitCode = 1;

// Installs the VS Code that the end-to-end test drives: code-server, which is VS Code 1.100 in a browser. It comes from
// the npm registry alone. Its own install scripts download from elsewhere, so they are left out, and the native parts
// that are needed are built here (needs a C++ compiler, python3, pkg-config, libkrb5-dev) or taken from Debian (ripgrep).
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { codeServerVersion, vscodeFolder, vscodeIsInstalled, vscodeStamp } from './vscode-location.mjs';

const fail = (message) => {
  console.error(message);
  process.exit(1);
};

const run = (command, folder) => {
  const nodeHeaders = dirname(dirname(process.execPath));
  const environment = existsSync(join(nodeHeaders, 'include/node/node_version.h'))
    ? { ...process.env, npm_config_nodedir: nodeHeaders }
    : process.env;
  const { status, stdout, stderr } = spawnSync(command, {
    cwd: folder,
    shell: true,
    env: environment,
    encoding: 'utf8',
  });
  return { ok: status === 0, output: `${stdout}${stderr}` };
};

const mustRun = (command, folder) => {
  const { ok, output } = run(command, folder);
  if (!ok) fail(`${command} failed in ${folder}:\n${output}`);
};

const npmInstall = 'npm install --no-audit --no-fund --ignore-scripts --loglevel=error';

const install = () => {
  mkdirSync(vscodeFolder, { recursive: true });
  writeFileSync(join(vscodeFolder, 'package.json'), '{ "private": true }\n');
  mustRun(`${npmInstall} code-server@${codeServerVersion}`, vscodeFolder);
  mustRun('npm rebuild argon2', vscodeFolder);

  const server = join(vscodeFolder, 'node_modules/code-server/lib/vscode');
  mustRun(`${npmInstall} --omit=dev`, server);
  mustRun('npm rebuild @vscode/spdlog native-watchdog kerberos', server);
  // The last step of this one looks for a file that the published package lacks; by then the binary has been built.
  const terminal = run('npm rebuild node-pty', server);
  if (!existsSync(join(server, 'node_modules/node-pty/build/Release/pty.node'))) fail(terminal.output);
  mustRun(`${npmInstall} --omit=dev`, join(server, 'extensions'));

  const ripgrep = run('command -v rg', server);
  if (!ripgrep.ok) fail('ripgrep (rg) is not installed.');
  const link = join(server, 'node_modules/@vscode/ripgrep/bin/rg');
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(ripgrep.output.trim(), link);

  writeFileSync(vscodeStamp, '');
};

if (process.platform !== 'linux') fail('The end-to-end test runs on Linux only.');
if (!vscodeIsInstalled()) {
  console.log(`Installing VS Code (code-server ${codeServerVersion}) into ${vscodeFolder}; this takes some minutes.`);
  install();
}

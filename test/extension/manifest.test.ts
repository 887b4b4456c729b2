import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import {
  behaviorNames,
  defaultConfiguration,
  processorNames,
  realModeNames,
} from '../../emulator/machine/configuration';
import { debuggerType, launchSchema } from '../../extension/launch-schema';
import { schemaViolations } from '../../extension/schema-violations';
import { viewCommands } from '../../extension/views/commands';
import { panelCommands } from '../../extension/views/panels';
import { treeViews } from '../../extension/views/tree-views';
import manifest from '../../package.json';

// Only inside VS Code is there such a module; nothing here calls it.
vi.mock('vscode', () => ({}));

const [contribution] = manifest.contributes.debuggers;

describe('package.json', () => {
  it('describes the launch configuration as the code does', () => {
    const { type, ...launch } = launchSchema;
    expect(type).toBe('object');
    expect(contribution!.configurationAttributes).toEqual({ launch });
  });

  it('names the debugger type as the code does', () => {
    expect(contribution!.type).toBe(debuggerType);
    expect(manifest.activationEvents).toEqual([
      `onDebugResolve:${debuggerType}`,
      'onDebugInitialConfigurations',
      `onDebugDynamicConfigurations:${debuggerType}`,
      'onLanguage:asm',
    ]);
  });

  it('explains every attribute', () => {
    for (const [name, attribute] of Object.entries(launchSchema.properties)) {
      expect(attribute.description, name).toMatch(/\.$/);
    }
  });

  it('takes breakpoints in every language that it debugs', () => {
    expect(manifest.contributes.breakpoints.map(({ language }) => language)).toEqual(contribution!.languages);
  });

  it.each(contribution!.initialConfigurations)('begins a launch.json with a valid configuration', (configuration) => {
    expect(schemaViolations(launchSchema, configuration, '')).toEqual([]);
  });

  it.each(contribution!.configurationSnippets)('offers "$label" as a valid configuration', ({ body }) => {
    expect(schemaViolations(launchSchema, body, '')).toEqual([]);
  });

  it('is typed by the oldest VS Code that it accepts', () => {
    expect(manifest.engines.vscode).toBe(`^${manifest.devDependencies['@types/vscode']}`);
  });
});

describe('the launch configuration', () => {
  const { cpu, memory, smp, kvm } = launchSchema.properties;

  it('offers the choices that the emulator has', () => {
    expect(cpu.enum).toEqual(processorNames);
    expect(kvm.properties.behavior.enum).toEqual(behaviorNames);
    expect(kvm.properties.realMode.enum).toEqual(realModeNames);
  });

  it('documents the defaults that the emulator has', () => {
    expect({
      cpu: cpu.default,
      memory: Number.parseInt(memory.default) * 2 ** 20,
      smp: smp.default,
      behavior: kvm.properties.behavior.default,
      realMode: kvm.properties.realMode.default,
    }).toEqual({
      cpu: defaultConfiguration.cpu,
      memory: defaultConfiguration.memory,
      smp: defaultConfiguration.smp,
      behavior: defaultConfiguration.behavior,
      realMode: defaultConfiguration.realMode,
    });
  });
});

describe('commands and views', () => {
  const { commands, views, menus, walkthroughs } = manifest.contributes;
  const source = readFileSync(join(import.meta.dirname, '../../extension/main.ts'), 'utf8');

  it('declares each view that the code fills, and no other', () => {
    expect(views.key31.map(({ id }) => id).sort()).toEqual(Object.keys(treeViews).sort());
  });

  it('declares each command that the code has, and no other', () => {
    const registered = [...Object.keys(viewCommands(undefined as never)), ...panelCommands, 'key31.openSample'];
    // A row's own click; nobody chooses it from a list.
    const declared = [...commands.map(({ command }) => command), 'key31.openSource'];
    expect(source).toContain("'key31.openSample'");
    expect([...registered].sort()).toEqual([...declared].sort());
  });

  it('names only commands that there are in menus and in the walkthrough', () => {
    const known = new Set(commands.map(({ command }) => command));
    for (const item of Object.values(menus).flat()) expect(known).toContain(item.command);
    const events = walkthroughs.flatMap(({ steps }) => steps.flatMap(({ completionEvents }) => completionEvents));
    for (const event of events) {
      const [kind, name = ''] = event.split(':');
      if (kind === 'onCommand') expect(known).toContain(name);
      if (kind === 'onView') expect(Object.keys(treeViews)).toContain(name);
      if (kind === 'onContext') expect(source).toContain(`'${name}'`);
    }
  });
});

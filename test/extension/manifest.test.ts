import { describe, expect, it } from 'vitest';
import {
  behaviorNames,
  defaultConfiguration,
  processorNames,
  realModeNames,
} from '../../emulator/machine/configuration';
import { debuggerType, launchSchema } from '../../extension/launch-schema';
import { schemaViolations } from '../../extension/schema-violations';
import manifest from '../../package.json';

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

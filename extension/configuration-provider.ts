import type { DebugConfiguration, DebugConfigurationProvider } from 'vscode';
import type { DebugHost, Guest } from './debug-host';
import { debuggerType, launchSchema } from './launch-schema';
import { schemaViolations } from './schema-violations';

/** undefined ends the start of a session, null opens launch.json instead. */
type Resolved = DebugConfiguration | undefined | null;

/** Completes a configuration, down to none at all (F5 in a folder without launch.json), and refuses a wrong one. */
export function configurationProvider(host: DebugHost): DebugConfigurationProvider {
  return {
    async resolveDebugConfiguration(folder, configuration) {
      if (typeof configuration.program === 'string') return configuration;
      const guests = await host.findGuests(folder);
      if (guests.length === 0) return refuse(host, noGuest);
      const guest = guests.length === 1 ? guests[0] : await host.chooseGuest(guests);
      return guest && { ...configurationFor(guest), ...named(configuration), program: guest.program };
    },

    async resolveDebugConfigurationWithSubstitutedVariables(_folder, configuration) {
      const problem = schemaViolations(launchSchema, configuration, '')[0] ?? (await fileProblem(host, configuration));
      return problem === undefined ? configuration : refuse(host, `${configuration.name}: ${problem}`);
    },
  };
}

/** Offers each guest in the folder in the list of configurations, without a launch.json. */
export function dynamicConfigurationProvider(host: DebugHost): DebugConfigurationProvider {
  return {
    async provideDebugConfigurations(folder) {
      return (await host.findGuests(folder)).map(configurationFor);
    },
  };
}

const noGuest =
  'Key31 found no guest here: no *.elf or vmlinux that is a 64-bit PowerPC program, in this folder or two folders ' +
  'below it. Build one, for example with powerpc64-linux-gnu-gcc, or name it as "program" in launch.json.';

const configurationFor = ({ program, label }: Guest): DebugConfiguration => ({
  type: debuggerType,
  request: 'launch',
  name: `Debug ${label}`,
  program,
});

/** F5 without a launch.json hands over a configuration whose type, request and name are missing or empty. */
const named = (configuration: DebugConfiguration) =>
  Object.fromEntries(Object.entries(configuration).filter(([, value]) => value !== '' && value !== undefined));

async function refuse(host: DebugHost, message: string): Promise<Resolved> {
  return (await host.complain(message)) ? null : undefined;
}

async function fileProblem(host: DebugHost, configuration: DebugConfiguration): Promise<string | undefined> {
  const program = configuration.program as string;
  const initrd = configuration.initrd as string | undefined;
  switch (await host.inspect(program)) {
    case 'unreadable':
      return `the guest "${program}" cannot be read. Is it built?`;
    case 'other':
      return `"${program}" is not a guest: it must be a linked 64-bit PowerPC ELF file.`;
    case 'guest':
      if (initrd === undefined || (await host.inspect(initrd)) !== 'unreadable') return undefined;
      return `the initial RAM disk "${initrd}" cannot be read.`;
  }
}

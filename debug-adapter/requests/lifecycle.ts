/** How a session begins and ends. */
import {
  ContinuedEvent,
  Event,
  ExitedEvent,
  InitializedEvent,
  OutputEvent,
  TerminatedEvent,
  ThreadEvent,
} from '@vscode/debugadapter';
import type { DebugProtocol as Dap } from '@vscode/debugprotocol';
import type { MachineEvent } from '../../emulator/index';
import type { ConsoleEventBody } from '../custom-protocol';
import { errors } from '../errors';
import { eventSummary } from '../explain/event';
import { vcpuOf, type Guest } from '../session/guest';
import { namesOf } from '../session/names';
import { ConsoleLines } from '../session/console-lines';
import { EventLog } from '../session/event-log';
import { readLaunchConfiguration, type LaunchConfiguration } from '../session/launch-configuration';
import { makeGuest } from '../session/make-guest';
import { Runner, type RunnerListener } from '../session/runner';
import { endingText, exitCode, type Ending } from '../session/stop';
import { capabilities } from './capabilities';
import type { Context } from './context';
import type { Request } from './request';
import { object } from './shape';
import { moduleList } from './sources';
import { reportStop } from './report-stop';

export const initialize: Request<'initialize'> = {
  shape: object(
    {},
    {
      linesStartAt1: 'boolean',
      supportsInvalidatedEvent: 'boolean',
      supportsMemoryEvent: 'boolean',
      supportsProgressReporting: 'boolean',
      supportsANSIStyling: 'boolean',
    },
  ),
  handle: (context, given) => {
    context.linesStartAt1 = given.linesStartAt1 ?? true;
    context.supportsInvalidatedEvent = given.supportsInvalidatedEvent ?? false;
    context.supportsMemoryEvent = given.supportsMemoryEvent ?? false;
    context.supportsProgress = given.supportsProgressReporting ?? false;
    context.supportsStyling = given.supportsANSIStyling ?? false;
    return capabilities;
  },
};

export const launch: Request<'launch'> = {
  shape: 'anything',
  handle: (context, args) => {
    if (context.launched) throw errors.alreadyLaunched();
    load(context, readLaunchConfiguration(args));
    // Breakpoints can be looked up only now that the guest's symbols are known.
    context.client.afterResponse(() => {
      announce(context);
      context.client.sendEvent(new InitializedEvent());
    });
    return undefined;
  },
};

export const attach: Request<'attach'> = {
  shape: 'anything',
  handle: () => {
    throw errors.noAttach();
  },
};

export const configurationDone: Request<'configurationDone'> = {
  shape: 'anything',
  handle: (context) => {
    context.requireLaunched();
    context.client.afterResponse(() => begin(context));
    return undefined;
  },
};

export const restart: Request<'restart'> = {
  shape: object({}, { arguments: 'anything' }),
  handle: (context, { arguments: changed }) => {
    const before = context.requireLaunched();
    const configuration = readLaunchConfiguration(changed ?? before.configuration.given);
    before.runner.discard();
    before.console.flush();
    load(context, configuration);
    const { guest } = context.requireLaunched();
    context.breakpoints.startAgain(guest.program);
    context.data.startAgain(vcpuOf(guest, 0));
    context.client.afterResponse(() => begin(context));
    return undefined;
  },
};

export const disconnect: Request<'disconnect'> = {
  shape: 'anything',
  handle: (context) => {
    end(context);
    context.client.afterResponse(() => context.client.close());
    return undefined;
  },
};

export const terminate: Request<'terminate'> = {
  shape: 'anything',
  handle: (context) => {
    end(context);
    context.client.afterResponse(() => context.client.sendEvent(new TerminatedEvent()));
    return undefined;
  },
};

function load(context: Context, configuration: LaunchConfiguration): void {
  const guest = makeGuest(configuration, context.makeMachine);
  const console = new ConsoleLines((text) => context.client.sendEvent(new OutputEvent(text, 'stdout')));
  const eventLog = new EventLog();
  const rules = {
    breakpoints: context.breakpoints,
    eventKinds: () => new Set([...context.events.kinds, ...eventLog.kinds]),
    stopsAt: (on: Guest, event: MachineEvent) => {
      eventLog.add(event);
      return context.events.take(event, () => namesOf(vcpuOf(on, Number(event.fields.vcpu ?? 0n))), {
        describe: eventSummary,
        say: (text) => context.client.sendEvent(new OutputEvent(`${text}\n`, 'console')),
      });
    },
    data: context.data,
  };
  const runner = new Runner(guest, rules, listener(context, console), configuration.maxInstructions);
  context.launched = { guest, runner, console, eventLog, configuration };
  context.stop = undefined;
  context.focus = 0;
  context.forgetState();
  context.handles.invalidate();
}

/** Tells a client that shows such things what there is: a process, its vCPUs, its file. */
function announce(context: Context): void {
  const { guest } = context.requireLaunched();
  const { client } = context;
  client.sendEvent(
    new Event('process', { name: guest.program.path, isLocalProcess: true, startMethod: 'launch', pointerSize: 64 }),
  );
  for (const { number } of guest.target.vcpus) client.sendEvent(new ThreadEvent('started', number + 1));
  for (const module of moduleList(context)) client.sendEvent(new Event('module', { reason: 'new', module }));
}

function begin(context: Context): void {
  const { runner, configuration, guest } = context.requireLaunched();
  if (runner.isRunning || guest.target.instructionCount > 0 || context.stop) return;
  if (configuration.stopOnEntry) reportStop(context, { kind: 'entry', vcpu: 0 });
  else {
    context.client.sendEvent(new ContinuedEvent(1, true));
    context.progress.begin();
    runner.start(0);
  }
}

function end({ launched, progress }: Context): void {
  progress.end();
  launched?.runner.discard();
  launched?.console.flush();
}

const listener = (context: Context, console: ConsoleLines): RunnerListener => ({
  stopped: (stop) => {
    context.progress.end();
    console.flush();
    reportStop(context, stop);
  },
  ended: (ending) => {
    context.progress.end();
    console.flush();
    reportEnd(context, ending);
  },
  failed: (error) => {
    console.flush();
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    context.client.sendEvent(new OutputEvent(`Internal error of Key31: ${text}\n`, 'stderr'));
    context.client.sendEvent(new TerminatedEvent());
  },
  console: (bytes) => {
    console.add(bytes);
    const body: ConsoleEventBody = { bytes: Buffer.from(bytes).toString('base64') };
    const event: Dap.Event = new Event('key31/console', body);
    context.client.sendEvent(event);
  },
  say: (text) => context.client.sendEvent(new OutputEvent(`${text}\n`, 'console')),
});

function reportEnd(context: Context, ending: Ending): void {
  const { guest } = context.requireLaunched();
  context.stop = undefined;
  const text = endingText(ending, guest.target.instructionCount);
  context.client.sendEvent(new OutputEvent(`${text}\n`, ending.kind === 'powered-off' ? 'console' : 'important'));
  context.client.sendEvent(new ExitedEvent(exitCode(ending)));
  context.client.sendEvent(new TerminatedEvent());
}

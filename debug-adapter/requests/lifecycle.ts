/** How a session begins and ends. */
import {
  ContinuedEvent,
  Event,
  ExitedEvent,
  InitializedEvent,
  OutputEvent,
  TerminatedEvent,
} from '@vscode/debugadapter';
import type { DebugProtocol as Dap } from '@vscode/debugprotocol';
import type { MachineEvent } from '../../emulator/index';
import type { ConsoleEventBody } from '../custom-protocol';
import { errors } from '../errors';
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
import { reportStop } from './report-stop';

export const initialize: Request<'initialize'> = {
  shape: object({}, { linesStartAt1: 'boolean', supportsInvalidatedEvent: 'boolean' }),
  handle: (context, { linesStartAt1 = true, supportsInvalidatedEvent = false }) => {
    context.linesStartAt1 = linesStartAt1;
    context.supportsInvalidatedEvent = supportsInvalidatedEvent;
    return capabilities;
  },
};

export const launch: Request<'launch'> = {
  shape: 'anything',
  handle: (context, args) => {
    if (context.launched) throw errors.alreadyLaunched();
    load(context, readLaunchConfiguration(args));
    // Breakpoints can be looked up only now that the guest's symbols are known.
    context.client.afterResponse(() => context.client.sendEvent(new InitializedEvent()));
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
    context.breakpoints.startAgain(context.requireLaunched().guest.program);
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
    eventKinds: () => new Set([...context.filters.kinds, ...eventLog.kinds]),
    stopsAt: (event: MachineEvent) => {
      eventLog.add(event);
      return context.filters.match(event);
    },
  };
  const runner = new Runner(guest, rules, listener(context, console), configuration.maxInstructions);
  context.launched = { guest, runner, console, eventLog, configuration };
  context.stop = undefined;
  context.focus = 0;
  context.forgetState();
  context.handles.invalidate();
}

function begin(context: Context): void {
  const { runner, configuration, guest } = context.requireLaunched();
  if (runner.isRunning || guest.target.instructionCount > 0 || context.stop) return;
  if (configuration.stopOnEntry) reportStop(context, { kind: 'entry', vcpu: 0 });
  else {
    context.client.sendEvent(new ContinuedEvent(1, true));
    runner.start(0);
  }
}

function end({ launched }: Context): void {
  launched?.runner.discard();
  launched?.console.flush();
}

const listener = (context: Context, console: ConsoleLines): RunnerListener => ({
  stopped: (stop) => {
    console.flush();
    reportStop(context, stop);
  },
  ended: (ending) => {
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

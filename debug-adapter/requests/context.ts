import type { DebugProtocol as Dap } from '@vscode/debugprotocol';
import type { PageTableEntryView } from '../../emulator/index';
import { errors } from '../errors';
import { Breakpoints } from '../session/breakpoints';
import { callStack, type Frame } from '../session/call-stack';
import { DataBreakpoints } from '../session/data-breakpoints';
import { EventRules } from '../session/event-rules';
import { vcpuOf, type Guest, type VcpuOfGuest } from '../session/guest';
import type { LaunchConfiguration } from '../session/launch-configuration';
import type { MachineMaker } from '../session/make-guest';
import type { ConsoleLines } from '../session/console-lines';
import type { EventLog } from '../session/event-log';
import type { Runner } from '../session/runner';
import type { Stop } from '../session/stop';
import { AddressNumbers } from './numbers';
import { BootProgress } from '../session/boot-progress';
import { VariableHandles } from '../variables/handles';

/** The other end of the connection. */
export interface Client {
  sendEvent(event: Dap.Event): void;
  /** Runs an action when the request that is being handled has been answered. */
  afterResponse(action: () => void): void;
  /** Ends the connection. */
  close(): void;
}

/** A guest that this session runs. */
export interface Launched {
  readonly guest: Guest;
  readonly runner: Runner;
  readonly console: ConsoleLines;
  readonly eventLog: EventLog;
  readonly configuration: LaunchConfiguration;
}

const FRAMES_OF_VCPU = 1000;

/** All state of one debug session; every request handler is a function of it and its arguments. */
export class Context {
  readonly client: Client;
  readonly makeMachine: MachineMaker | undefined;
  readonly handles = new VariableHandles();
  readonly breakpoints = new Breakpoints();
  readonly data = new DataBreakpoints();
  readonly events = new EventRules();
  /** Whether the client counts lines from 1. */
  linesStartAt1 = true;
  supportsInvalidatedEvent = false;
  supportsMemoryEvent = false;
  supportsProgress = false;
  /** Both sides understand colours. */
  supportsStyling = false;
  readonly targets = new AddressNumbers();
  readonly progress = new BootProgress(this);
  launched: Launched | undefined;
  /** Why the guest stands still; undefined while it runs, before it begins and after its end. */
  stop: Stop | undefined;
  /** The vCPU that a request without a thread is about: the one that stopped last. */
  focus = 0;
  /** The page table's entries in use, as they were read last. */
  pageTableLook: { readonly instructionCount: number; readonly entries: readonly PageTableEntryView[] } | undefined;
  #frames = new Map<number, readonly Frame[]>();

  constructor(client: Client, makeMachine?: MachineMaker) {
    this.client = client;
    this.makeMachine = makeMachine;
  }

  requireLaunched(): Launched {
    if (!this.launched) throw errors.notLaunched();
    return this.launched;
  }

  /** Refuses what makes sense only while the guest stands still. */
  requireStopped(request: string): Launched {
    const launched = this.requireLaunched();
    if (launched.runner.isRunning) throw errors.running(request);
    if (!this.stop) throw launched.guest.target.ended ? errors.ended() : errors.running(request);
    return launched;
  }

  /** The vCPU of a DAP thread. */
  thread(id: number): VcpuOfGuest {
    return vcpuOf(this.requireLaunched().guest, id - 1);
  }
  /** The vCPU that a frame belongs to, or the one in focus. */
  vcpuOfFrame(id: number | undefined): VcpuOfGuest {
    const vcpu = id === undefined ? this.focus : Math.floor(id / FRAMES_OF_VCPU) - 1;
    return vcpuOf(this.requireLaunched().guest, vcpu);
  }

  frameId = (vcpu: number, index: number): number => (vcpu + 1) * FRAMES_OF_VCPU + index;
  frame(id: number): Frame {
    const of = this.vcpuOfFrame(id);
    const frame = this.framesOf(of)[id % FRAMES_OF_VCPU];
    if (!frame) throw errors.noFrame(id);
    return frame;
  }
  /** The call stack of a vCPU, made once a stop. */
  framesOf(of: VcpuOfGuest): readonly Frame[] {
    const known = this.#frames.get(of.vcpu.number) ?? callStack(of, this.#isAtLineOfBreakpoint);
    this.#frames.set(of.vcpu.number, known);
    return known;
  }

  /** A breakpoint on a line of a function that is inlined stops in that function, even where it begins. */
  get #isAtLineOfBreakpoint(): boolean {
    return this.stop?.kind === 'breakpoint' && this.stop.hits.some(({ group }) => group.startsWith('source'));
  }

  /** The guest's state is another one now: what was read of it counts no more. */
  forgetState(): void {
    this.#frames = new Map();
    this.pageTableLook = undefined;
  }

  clientLine = (line: number): number => (this.linesStartAt1 ? line : line - 1);
  guestLine = (line: number): number => (this.linesStartAt1 ? line : line + 1);
}

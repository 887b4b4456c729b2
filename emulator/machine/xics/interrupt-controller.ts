/**
 * XICS, the interrupt controller of PAPR (7.3.10, 14.5.4.2 to 14.5.4.5): sources, each routed to a server with a
 * priority, and a presentation controller for each server, which is a vCPU. Less is more urgent; 0xff is never.
 */

const LEAST_FAVORED = 0xff;
/** The source number that a server's own interprocessor interrupt is presented as. */
const INTERPROCESSOR_INTERRUPT = 2;

export type SourceKind = 'level' | 'message';
interface Source {
  readonly kind: SourceKind;
  server: number;
  priority: number;
  /** What ibm,int-on gives back. */
  savedPriority: number;
  /** The line of a level source is raised. */
  asserted: boolean;
  /** A level source's interrupt has been presented and not been ended yet. */
  sent: boolean;
  /** A message that could not be presented, because its server or its own priority did not allow it. */
  waiting: boolean;
}
interface Server {
  /** CPPR: only what is more urgent than this interrupts the server. */
  priority: number;
  /** XISR: the source that is being presented, or 0. */
  source: number;
  sourcePriority: number;
  /** MFRR: how urgently another server wants this one. */
  requested: number;
}

/** All that the controller is made of, as plain data. */
export interface InterruptControllerState {
  readonly sources: ReadonlyMap<number, Readonly<Source>>;
  readonly servers: readonly Readonly<Server>[];
}

export class InterruptController {
  #sources = new Map<number, Source>();
  #servers: Server[];

  constructor(servers: number) {
    this.#servers = Array.from({ length: servers }, () => ({
      priority: 0,
      source: 0,
      sourcePriority: LEAST_FAVORED,
      requested: LEAST_FAVORED,
    }));
  }

  /** Makes a source. A device then raises and lowers it (`level`), or sends it (`message`). */
  addSource(number: number, kind: SourceKind): void {
    if (this.#sources.has(number)) throw new Error(`interrupt source 0x${number.toString(16)} exists already`);
    const route = { server: 0, priority: LEAST_FAVORED, savedPriority: LEAST_FAVORED };
    this.#sources.set(number, { kind, ...route, asserted: false, sent: false, waiting: false });
  }
  /** The line of a level source. */
  setLevel(number: number, raised: boolean): void {
    const source = this.#known(number);
    source.asserted = raised;
    this.#presentSource(number, source);
  }
  /** A message source has fired. */
  send(number: number): void {
    const source = this.#known(number);
    source.waiting = true;
    this.#presentSource(number, source);
  }

  /** Whether the external interrupt of a vCPU is pending. */
  isPending(server: number): boolean {
    return this.#servers[server]?.source !== 0;
  }
  hasServer(server: number): boolean {
    return this.#servers[server] !== undefined;
  }

  /** H_XIRR: takes the presented interrupt, which is now in service. CPPR as it was, and the source. */
  accept(number: number): number {
    const server = this.#server(number);
    const taken = this.poll(number).xirr;
    if (server.source !== 0) server.priority = server.sourcePriority;
    withdraw(server);
    return taken;
  }
  /** H_IPOLL: looks without taking. */
  poll(number: number): { readonly xirr: number; readonly requested: number } {
    const { priority, source, requested } = this.#server(number);
    return { xirr: ((priority << 24) | source) >>> 0, requested };
  }
  /** H_EOI: the interrupt of an XIRR is over, and the priority is what it was before. */
  end(number: number, xirr: number): void {
    const ended = this.#sources.get(xirr & 0xff_ffff);
    if (ended) ended.sent = false;
    this.setPriority(number, xirr >>> 24);
    this.#presentAll(number);
  }
  /** H_CPPR. */
  setPriority(number: number, priority: number): void {
    const server = this.#server(number);
    server.priority = priority;
    if (server.source !== 0 && priority <= server.sourcePriority) this.#reject(server);
    this.#presentAll(number);
  }
  /** H_IPI: MFRR of any server. */
  request(number: number, priority: number): void {
    const server = this.#server(number);
    server.requested = priority;
    this.#presentRequest(server);
  }

  /** Where a source goes; undefined: there is no such source. */
  route(number: number): { readonly server: number; readonly priority: number } | undefined {
    return this.#sources.get(number);
  }
  /** ibm,set-xive. False: there is no such source. */
  setRoute(number: number, server: number, priority: number): boolean {
    const source = this.#sources.get(number);
    if (!source) return false;
    Object.assign(source, { server, priority, savedPriority: priority });
    this.#presentSource(number, source);
    return true;
  }
  /** ibm,int-off. False: there is no such source. */
  mask(number: number): boolean {
    const source = this.#sources.get(number);
    if (source) source.priority = LEAST_FAVORED;
    return source !== undefined;
  }
  /** ibm,int-on. */
  unmask(number: number): boolean {
    const source = this.#sources.get(number);
    if (!source) return false;
    source.priority = source.savedPriority;
    this.#presentSource(number, source);
    return true;
  }

  get state(): InterruptControllerState {
    return { sources: this.#sources, servers: this.#servers };
  }
  set state({ sources, servers }: InterruptControllerState) {
    this.#sources = new Map([...sources].map(([number, source]) => [number, { ...source }]));
    this.#servers = servers.map((server) => ({ ...server }));
  }

  #known(number: number): Source {
    const source = this.#sources.get(number);
    if (!source) throw new Error(`there is no interrupt source 0x${number.toString(16)}`);
    return source;
  }
  #server(number: number): Server {
    const server = this.#servers[number];
    if (!server) throw new Error(`there is no interrupt server ${String(number)}`);
    return server;
  }

  #presentSource(number: number, source: Source): void {
    const wants = source.kind === 'level' ? source.asserted && !source.sent : source.waiting;
    const server = this.#servers[source.server];
    if (!wants || !server || source.priority === LEAST_FAVORED) return;
    if (!this.#present(server, number, source.priority)) return;
    if (source.kind === 'level') source.sent = true;
    else source.waiting = false;
  }
  #presentRequest(server: Server): void {
    if (server.requested !== LEAST_FAVORED) this.#present(server, INTERPROCESSOR_INTERRUPT, server.requested);
  }
  /** What waits for a server that has become more willing. */
  #presentAll(number: number): void {
    this.#presentRequest(this.#server(number));
    for (const [source, one] of this.#sources) if (one.server === number) this.#presentSource(source, one);
  }

  #present(server: Server, source: number, priority: number): boolean {
    if (priority >= server.priority || (server.source !== 0 && server.sourcePriority <= priority)) return false;
    if (server.source !== 0) this.#reject(server);
    server.source = source;
    server.sourcePriority = priority;
    return true;
  }
  /** Takes back what is presented; it waits for another time. MFRR stands as it is. */
  #reject(server: Server): void {
    const source = this.#sources.get(server.source);
    withdraw(server);
    if (source?.kind === 'level') source.sent = false;
    else if (source) source.waiting = true;
  }
}

function withdraw(server: Server): void {
  server.source = 0;
  server.sourcePriority = LEAST_FAVORED;
}

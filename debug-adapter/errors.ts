/** An error that a person caused or can do something about. The message is one sentence for that person. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly id: number;
  /** Whether the client should bring it before the person at once, rather than where the request came from. */
  readonly showUser: boolean;

  constructor(id: number, message: string, showUser = false) {
    super(message);
    this.id = id;
    this.showUser = showUser;
  }
}

const quoted = (value: unknown): string => (typeof value === 'string' ? `"${value}"` : String(value));

/** Every error that the adapter words itself, by name. */
export const errors = {
  unknownRequest: (command: string) => new UserError(100, `This debugger does not answer the request "${command}".`),
  badArgument: (request: string, argument: string, expected: string) =>
    new UserError(101, `${request}: "${argument}" must be ${expected}.`),
  badAddress: (text: unknown) => new UserError(102, `${quoted(text)} is not an address such as 0xc000000000000000.`),
  notLaunched: () => new UserError(103, 'No guest has been launched yet.'),
  running: (request: string) => new UserError(104, `The guest is running; pause it before "${request}".`),
  ended: () => new UserError(105, 'The guest has ended; start it again to go on.'),
  alreadyLaunched: () => new UserError(106, 'This session has launched a guest already; use restart.'),
  noThread: (id: number) => new UserError(107, `There is no vCPU with thread number ${id}.`),
  noFrame: (id: number) => new UserError(108, `There is no stack frame ${id} at this stop.`),
  staleVariables: () => new UserError(109, 'These variables belong to an earlier stop.'),
  noVariable: (name: string) => new UserError(110, `There is no variable "${name}" here.`),
  readOnly: (name: string) => new UserError(111, `"${name}" cannot be changed.`),
  badValue: (text: string, expected: string) => new UserError(112, `"${text}" is not ${expected}.`),
  badExpression: (problem: string) => new UserError(113, problem),
  unreadable: (address: string) => new UserError(114, `The memory at ${address} cannot be read.`),
  unwritable: (address: string) => new UserError(115, `The memory at ${address} cannot be written.`),
  noReturnAddress: () =>
    new UserError(116, 'The caller of this function cannot be found, so there is nowhere to stop.'),
  notOnException: () => new UserError(117, 'The guest is not stopped on an event.'),
  noAttach: () =>
    new UserError(
      120,
      'request: Key31 runs the guest itself, so there is nothing to attach to; use "request": "launch".',
      true,
    ),
  launch: (field: string, problem: string) => new UserError(121, `${field}: ${problem}`, true),
  internal: (request: string, error: unknown) =>
    new UserError(
      1,
      `Internal error of Key31 in "${request}": ${error instanceof Error ? error.message : String(error)}`,
    ),
};

import type { VcpuOfGuest } from '../session/guest';
import type { NamedValue } from '../variables/named-value';
import type { Context } from '../requests/context';

/** What a command says, and what of that can be opened. */
export interface Said {
  readonly text: string;
  readonly tree?: NamedValue;
}

/** A command of the debug console: help and completion come from its record too. */
export interface ConsoleCommand {
  readonly name: string;
  readonly parameters: string;
  readonly help: string;
  /** It changes the guest or the session, so that no watch or hover may run it. */
  readonly changes?: true;
  /** False: it changes the session, and may do so while the guest runs. */
  readonly needsStop?: false;
  /** Words that its arguments may begin with. */
  completion?(): readonly string[];
  run(context: Context, of: VcpuOfGuest, rest: string): Said;
}

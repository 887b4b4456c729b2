import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Checkpoint, MachineConfiguration } from '../../emulator/index';
import { UsageError } from './usage';

/** What a checkpoint's file says before the checkpoint itself. */
interface CheckpointFile {
  readonly format: typeof FORMAT;
  /** Of the guest and all that it was started with. */
  readonly digest: string;
  readonly checkpoint: Checkpoint;
}
const FORMAT = 'Key31 checkpoint 1';

/** Equal for machines that a checkpoint can go between. Which engine runs them does not matter. */
function digestOf({ engine: _engine, ...configuration }: MachineConfiguration): string {
  return createHash('sha256').update(serialize(configuration)).digest('hex');
}

export function writeCheckpoint(path: string, configuration: MachineConfiguration, checkpoint: Checkpoint): void {
  const file: CheckpointFile = { format: FORMAT, digest: digestOf(configuration), checkpoint };
  try {
    writeFileSync(path, gzipSync(serialize(file), { level: 1 }));
  } catch (error) {
    throw new UsageError(`The checkpoint cannot be written to ${path}: ${reason(error)}`);
  }
}

export function readCheckpoint(path: string, configuration: MachineConfiguration): Checkpoint {
  const file = read(path);
  if (file.digest === digestOf(configuration)) return file.checkpoint;
  throw new UsageError(
    `${path} was taken of another guest or with other options: give --from the same guest and options as then.`,
  );
}

function read(path: string): CheckpointFile {
  let content: Buffer;
  try {
    content = readFileSync(path);
  } catch (error) {
    throw new UsageError(`The checkpoint ${path} cannot be read: ${reason(error)}`);
  }
  try {
    const file = deserialize(gunzipSync(content)) as Partial<CheckpointFile> | undefined;
    if (file?.format === FORMAT) return file as CheckpointFile;
  } catch {
    // Not compressed, cut short, or not ours: all the same to who named it.
  }
  throw new UsageError(`${path} is not a checkpoint of this version of Key31.`);
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

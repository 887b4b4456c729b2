/** A command line that cannot be understood: one sentence, and exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const exitStatus = { success: 0, ourError: 1, usage: 2, stuck: 3, limit: 4 } as const;

export const generalHelp = `key31: debug a 64-bit Power guest's MMU under KVM

  key31 dap                serve one debugger on standard input and output
  key31 dap --port N       serve debuggers on 127.0.0.1, port N (0: any, which is then printed)
  key31 run GUEST          run a guest; see key31 run --help
  key31 demo               debug the sample guest and show what a debugger shows
  key31 --version
  key31 --help
`;

export const runHelp = `key31 run GUEST [options]: run a guest, its console on standard input and output

At a terminal each key goes to the guest; Ctrl-A x ends the run, Ctrl-A Ctrl-A is a Ctrl-A for the guest.

  --config FILE            a launch.json, or one launch configuration; other options come before what it says
  --name NAME              which of its configurations
  --append TEXT            the guest kernel's command line
  --initrd FILE            the initial RAM disk
  --cpu power7|power8      the processor (power8)
  --memory SIZE            such as 256M, the default
  --smp N                  virtual processors, 1 to 8
  --behavior NAME          whose KVM: rfc-2011, v3.4 or v6.1 (the default)
  --real-mode vrma|rma     what stands behind accesses with translation off (vrma)
  --engine NAME            what runs its instructions: interpreter (WebAssembly, the default) or reference (a
                           hundred times slower, and what the other is tested against); the run is the same
  --device TYPE[,FIELD=VALUE]...
                           a device on the PCI bus: serial, virtio-blk, virtio-console, virtio-rng, virtio-net;
                           may be given several times. Fields are those of a launch configuration's devices.
  --drive FILE[,readOnly=true][,save=FILE]
                           a virtio-blk with a file's contents, which is not written to; save names a file
                           that gets the disk's contents when the run ends
  --stop-on FILTER[:CONDITION]
                           explain each such event on standard error, and go on; may be given several times.
                           Filters: FILTERS
                           Example: --stop-on 'key-fault:store && gpa >= 0x80000000'
  --checkpoint-at N FILE   write the machine's whole state after N instructions to FILE, and go on
  --from FILE              go on from such a state; the guest and the options must be the same
  --max-instructions N     stop after N instructions
  --stats                  say at the end how much was run, how fast, by which engine, in how much memory, and how often
                           each event happened
  --json                   events and statistics as JSON, one object a line, on standard error:
                           {"type":"event","kind","instructionCount","vcpu","fields":{…},"explanation"},
                           {"type":"stats","engine","instructions","seconds","instructionsPerSecond",
                           "peakMemoryBytes","events":{KIND:COUNT,…}},
                           {"type":"end","how":"power-off"|"reboot"|"stuck"|"limit"|"quit","message"}.
                           Numbers of 64 bits are texts such as "0xc000000000000000".

Exit status: 0 the guest powered off; 1 an error of Key31; 2 the command line or a file it names is wrong;
3 the guest is stuck; 4 the instruction limit is reached.
`;

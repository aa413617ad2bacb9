/** What the exit status of a service or a command means, after sysexits.h where it has a name for it. */
export const exitCode = {
  ok: 0,
  /** The service failed, or had to be ended by force. */
  failed: 1,
  /** EX_USAGE. */
  wrongArguments: 64,
  /** EX_CONFIG: restarting without changing the configuration is of no use. */
  configuration: 78,
} as const;

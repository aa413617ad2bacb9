/** Settings of a write session that decide whether a metadata write leaves the time series alone. */
export interface SessionSettings {
  /** Idle expiry in ms. */
  readonly clientTimeout: number;
  readonly autoWriteNoData: false;
  readonly extendData: false;
  readonly insertReplaceData: false;
  readonly autoCreateDatasets: boolean;
}

/**
 * Canary's own defaults add points: `autoWriteNoData` a "No Data" point when the session ends, `extendData` values up to
 * now. Both are always off here, and datasets are created in Test mode only.
 */
export function sessionSettings(options: { clientTimeoutMs: number; testMode: boolean }): SessionSettings {
  return {
    clientTimeout: options.clientTimeoutMs,
    autoWriteNoData: false,
    extendData: false,
    insertReplaceData: false,
    autoCreateDatasets: options.testMode,
  };
}

/** When the circuit opens, for how long, and how it closes again. */
export interface CircuitPolicy {
  /** Opens after this many failures in a row, in one pod or in the fleet. */
  consecutiveFailures: number;
  /** Opens when at least this share of the calls in the window ended with a server error (5xx), percent. */
  serverErrorPercent: number;
  windowSeconds: number;
  /** The share counts only from this many calls in the window on. */
  minimumVolume: number;
  /** Time without any call before one probe is let through, ms. */
  openMs: number;
  /** Time over which the rate rises to its full height after the probe has succeeded, ms. */
  rampMs: number;
  /** A probe not heard of for this long is taken for lost, ms. */
  probeLeaseMs: number;
}

export const defaultCircuitPolicy: CircuitPolicy = {
  consecutiveFailures: 20,
  serverErrorPercent: 2,
  windowSeconds: 60,
  minimumVolume: 200,
  openMs: 60_000,
  rampMs: 30_000,
  probeLeaseMs: 30_000,
};

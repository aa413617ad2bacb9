import type { DeviceIdentity } from '@uns/metadata-store';
import { NewestMap } from '@uns/service';

/** Of each device, as many as are kept. Beyond it a birth that comes again is read again. */
const mostDevices = 10_000;

export interface RememberedBirth {
  /** As `Birth.digest` of @uns/sparkplug. */
  digest: Buffer;
  /** What the store calls the birth. */
  fingerprint: Buffer;
  metrics: number;
  properties: number;
}

/**
 * The last birth of each device that left nothing to say: no faults, and nothing in it that depends on other births. After a restart of a
 * broker or an edge node the same comes again, and is recognised by its bytes. Kept by this process alone, so that a new release, new
 * rules and new limits read every birth anew.
 */
export class RememberedBirths {
  readonly #births: NewestMap<string, RememberedBirth>;

  constructor(most = mostDevices) {
    this.#births = new NewestMap(most);
  }

  find(device: DeviceIdentity, digest: Buffer | null): RememberedBirth | null {
    const birth = this.#births.get(keyOf(device));
    return birth !== undefined && digest?.equals(birth.digest) === true ? birth : null;
  }

  remember(device: DeviceIdentity, birth: RememberedBirth): void {
    this.#births.put(keyOf(device), birth);
  }
}

function keyOf({ group, edge, device }: DeviceIdentity): string {
  return JSON.stringify([group, edge, device]);
}

import { resolve } from 'node:path';
import { removeCluster } from './cluster.ts';
import { placeDataFolder } from './data-folder.ts';
import { endLeftoverPostmaster } from './postmaster-file.ts';
import { serverAccount } from './server-account.ts';

/** Ends the server that a killed process left running on `dataDir`, wherever its data really is, and removes the data. */
export async function endLeftoverPostgres(dataDir: string): Promise<void> {
  const folder = await placeDataFolder(resolve(dataDir), await serverAccount());
  await endLeftoverPostmaster(folder);
  await removeCluster(folder);
}

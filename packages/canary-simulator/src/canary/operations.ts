import { getDatasets, version } from '../saf/service-calls.ts';
import { getSessionToken, keepAlive, revokeSessionToken, updateSettings } from '../saf/session-calls.ts';
import { storeData } from '../saf/store-data.ts';
import { obsoleteTags, unobsoleteTags } from '../saf/tag-calls.ts';
import { browseNodes } from '../views/browse-nodes.ts';
import { browseStatus } from '../views/browse-status.ts';
import { browseTags } from '../views/browse-tags.ts';
import { getTagProperties } from '../views/get-tag-properties.ts';
import type { Operation } from './operation.ts';

/** What answers each path of both services. */
export const operations: ReadonlyMap<string, Operation> = new Map([
  ['/api/v1/getSessionToken', getSessionToken],
  ['/api/v1/keepAlive', keepAlive],
  ['/api/v1/revokeSessionToken', revokeSessionToken],
  ['/api/v1/updateSettings', updateSettings],
  ['/api/v1/storeData', storeData],
  ['/api/v1/getDatasets', getDatasets],
  ['/api/v1/version', version],
  ['/api/v1/obsoleteTags', obsoleteTags],
  ['/api/v1/unobsoleteTags', unobsoleteTags],
  ['/api/v2/browseNodes', browseNodes],
  ['/api/v2/browseTags', browseTags],
  ['/api/v2/getTagProperties', getTagProperties],
  ['/api/v2/browseStatus', browseStatus],
]);

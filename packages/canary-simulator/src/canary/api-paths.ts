const saf = (name: string): string => `/api/v1/${name}`;
const views = (name: string): string => `/api/v2/${name}`;

/** Calls that carry a session token. */
export const sessionPaths = [
  'keepAlive',
  'revokeSessionToken',
  'updateSettings',
  'storeData',
  'obsoleteTags',
  'unobsoleteTags',
].map(saf);

export const viewsPaths = ['browseNodes', 'browseTags', 'getTagProperties', 'browseStatus'].map(views);

export const storeDataPath = saf('storeData');

/** Every call either service knows. */
export const apiPaths: readonly string[] = [
  ...['getSessionToken', 'getDatasets', 'version'].map(saf),
  ...sessionPaths,
  ...viewsPaths,
];

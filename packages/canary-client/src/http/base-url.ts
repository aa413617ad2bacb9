import { ClientOptionsError } from '../client-options-error.ts';

/**
 * Checks the base URL of a service and cuts its trailing slashes.
 *
 * @throws ClientOptionsError for anything but an `https:` URL without credentials; `http:` passes when `allowHttp` is set.
 */
export function baseUrl(text: string, allowHttp: boolean): string {
  const url = URL.parse(text);
  if (url === null) throw new ClientOptionsError('the base URL of Canary is not a URL');
  // Said without the URL: this one holds a secret.
  if (url.username !== '' || url.password !== '') {
    throw new ClientOptionsError('the base URL of Canary must not hold a user name or password');
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && allowHttp)) {
    throw new ClientOptionsError(`the API token of Canary travels in the request, so ${text} must be an https: URL`);
  }
  if (url.search !== '' || url.hash !== '') throw new ClientOptionsError(`${text} must end with its path`);
  return url.href.replace(/\/+$/, '');
}

import { isIP } from 'node:net';
import { generate } from 'selfsigned';

/** A server certificate with the CA that signed it, all PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
  readonly ca: string;
}

/** Makes a CA and a certificate for these host names and addresses, so that clients can verify the server. Valid for a year. */
export async function makeCertificate(hosts: readonly string[]): Promise<Certificate> {
  const common = { keyType: 'ec', algorithm: 'sha256', notBeforeDate: new Date(Date.now() - 3_600_000) } as const;
  const ca = await generate([{ name: 'commonName', value: 'Canary simulator CA' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const altNames = hosts.map((host) =>
    isIP(host) === 0 ? { type: 2 as const, value: host } : { type: 7 as const, ip: host },
  );
  const leaf = await generate([{ name: 'commonName', value: 'Canary simulator' }], {
    ...common,
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames },
    ],
  });
  return { key: leaf.private, cert: leaf.cert, ca: ca.cert };
}

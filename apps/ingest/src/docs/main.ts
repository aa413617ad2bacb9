import { sparkplugDocument } from './sparkplug-document.ts';

process.stdout.write(sparkplugDocument());

import { ConfigurationError, runService } from '../index.ts';

// Starts, fails with what FAILURE says, and takes a moment to stop.
await runService({
  name: 'failing',
  summary: 'Fails.',
  settings: {},
  start: () => {
    const failed = Promise.withResolvers<never>();
    setImmediate(() =>
      failed.reject(
        process.env['FAILURE'] === 'configuration'
          ? new ConfigurationError('failing', ['the server is set up wrong'])
          : new Error('it broke'),
      ),
    );
    return Promise.resolve({
      failed: failed.promise,
      stop: async () => {
        await new Promise((resolve) => setTimeout(resolve, 10));
        process.stdout.write('released\n');
        if (process.env['FAILURE'] === 'stop') throw new Error('it would not stop');
      },
    });
  },
});

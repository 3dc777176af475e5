import { describe, expect, it } from 'vitest';
import { readEmulateOptions } from '../../../scripts/emulate/options.ts';

const keys = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };

describe('the arguments of npm run emulate', () => {
  it.each<[string, object]>([
    ['', { inbox: 'inbox', outbox: 'outbox' }],
    ['--inbox in-1 --outbox out-1', { inbox: 'in-1', outbox: 'out-1' }],
    ['--quiet-seconds 3', { inbox: 'inbox', outbox: 'outbox', quietSeconds: 3 }],
    [
      '--s3 http://127.0.0.1:9000',
      {
        inbox: 'inbox',
        outbox: 'outbox',
        s3: {
          endpoint: 'http://127.0.0.1:9000',
          credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
        },
      },
    ],
  ])('%j', (args, expected) => {
    expect(readEmulateOptions(args.split(' ').filter(Boolean), keys)).toEqual(expected);
  });

  it.each<[string, RegExp]>([
    ['--quiet-seconds 0', /whole number from 1, not '0'/],
    ['--quiet-seconds 1.5', /whole number/],
    ['--quiet-seconds', /argument missing/],
    ['--inbox A', /no name of a bucket: 'A'/],
    ['--inbox same --outbox same', /two names/],
    ['--s3 localhost', /http address/],
    ['--port 1', /Unknown option '--port'/],
    ['more', /Unexpected argument 'more'/],
  ])('%j is refused, with the usage', (args, message) => {
    const read = readEmulateOptions(args.split(' '), keys);
    expect(read).toEqual({ usage: expect.stringMatching(message) });
    expect(read).toEqual({ usage: expect.stringContaining('usage: npm run emulate') });
  });

  it('needs the keys of a foreign S3', () => {
    const read = readEmulateOptions(['--s3', 'http://127.0.0.1:9000'], {});
    expect(read).toEqual({ usage: expect.stringMatching(/AWS_ACCESS_KEY_ID/) });
  });
});

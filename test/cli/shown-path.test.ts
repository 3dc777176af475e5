import { expect, test } from 'vitest';
import { shownPath } from '../../shared/cli/shown-path.ts';

test.each([
  ['/home/me/work/out/report.html', 'out/report.html'],
  ['/home/me/out/report.html', '../out/report.html'],
  ['/home/out/report.html', '/home/out/report.html'],
  ['/tmp/report.html', '/tmp/report.html'],
  ['/home/me/work', '/home/me/work'],
])('%s', (path, shown) => {
  expect(shownPath(path, '/home/me/work')).toBe(shown);
});

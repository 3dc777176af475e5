import { afterEach, expect, test, vi } from 'vitest';
import { endOthers } from '../../../functions/worker/end-others.ts';

const USER = 54_321;

afterEach(() => {
  vi.restoreAllMocks();
});

/** Processes of a container: this one, where it comes from, and some more; the killed are gone. */
function container(user: number) {
  vi.spyOn(process, 'getuid').mockReturnValue(user);
  const killed: number[] = [];
  vi.spyOn(process, 'kill').mockImplementation((pid) => {
    killed.push(pid);
    if (pid === 31) throw new Error('ESRCH');
    return true;
  });
  const all = [
    { pid: 1, parent: 0, user: USER, begun: 0 },
    { pid: 2, parent: 1, user: USER, begun: 1 },
    { pid: process.pid, parent: 1, user: USER, begun: 5 },
    { pid: 30, parent: process.pid, user: USER, begun: 5 },
    { pid: 31, parent: 1, user: USER, begun: 9 },
    { pid: 40, parent: 1, user: 0, begun: 9 },
  ];
  const processes = () => all.filter(({ pid }) => !killed.includes(pid));
  return { killed, processes };
}

test('all of this user that began behind this process', () => {
  const { killed, processes } = container(USER);
  expect(endOthers(processes)).toBe(2);
  expect(killed).toEqual([30, 31]);
  expect(endOthers(processes)).toBe(0);
});

test('those that are started meanwhile, too, and not for ever', () => {
  const { killed, processes } = container(USER);
  let next = 100;
  const breeding = () => [...processes(), { pid: next++, parent: 1, user: USER, begun: 9 }];
  expect(endOthers(breeding)).toBe(102);
  expect(killed).toHaveLength(102);
});

test('root’s are not only ours', () => {
  const { killed, processes } = container(0);
  expect(() => endOthers(processes)).toThrow('root');
  expect(killed).toEqual([]);
});

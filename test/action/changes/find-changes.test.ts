import { describe, expect, test } from 'vitest';
import { changesBetween, pointerTo } from '../_commits.ts';
import { onnxModel, splitModel, tfjsModel } from '../_models.ts';

const [a, b, c] = [onnxModel(1), onnxModel(2), onnxModel(3)];

const config = (...lines: string[]): string => ['version: 1', 'models:', ...lines, ''].join('\n');
const digits = (source: string, more = ''): string =>
  config('  digits:', `    source: ${source}`, `    data: data/test.npz${more}`);

describe('without a configuration', () => {
  test.each([
    ['changed', { 'm/a.onnx': a }, { 'm/a.onnx': b }, ['m/a changed: m/a.onnx → m/a.onnx']],
    ['added', {}, { 'm/a.onnx': a }, ['m/a added: ∅ → m/a.onnx']],
    ['deleted', { 'm/a.onnx': a }, {}, ['m/a deleted: m/a.onnx → ∅']],
    ['moved', { 'm/a.onnx': a }, { 'n/b.onnx': a }, ['n/b renamed: m/a.onnx → n/b.onnx']],
    [
      'moved and changed',
      { 'm/a.onnx': a },
      { 'n/a.onnx': b },
      ['n/a renamed: m/a.onnx → n/a.onnx'],
    ],
    [
      'converted',
      { 'm/a.onnx': a, 'm/c.onnx': c },
      { 'm/c.onnx': c, 'm/a.tflite': 'xxxxTFL3' },
      ['m/a renamed: m/a.onnx → m/a.tflite'],
    ],
    ['the same', { 'm/a.onnx': a, 'x.md': '1' }, { 'm/a.onnx': a, 'x.md': '2' }, []],
    ['only called so', {}, { 'm/sample.pb': 'no graph', 'm/b.keras': 'text' }, []],
    [
      'two of one name',
      {},
      { 'm/a.onnx': a, 'm/a.tflite': 'xxxxTFL3' },
      ['m/a added: ∅ → m/a.onnx', 'm/a.tflite added: ∅ → m/a.tflite'],
    ],
    [
      'data beside it',
      {},
      { 'm/a.onnx': a, 'm/test.npz': 'PK' },
      ['m/a added: ∅ → m/a.onnx with m/test.npz'],
    ],
    [
      'a name in other letters',
      {},
      { 'mödel ☃/a.onnx': a },
      [expect.stringMatching(/^model-\/?.*a.* added/)],
    ],
  ])('a model that is %s', async (_, base, head, expected) => {
    const { short, problems } = await changesBetween({ base, head });
    expect(problems).toEqual([]);
    expect(short).toEqual(expected);
  });

  test('a model in a folder is one, whichever of its files changed', async () => {
    const base = { 'web/model.json': tfjsModel('1'), 'web/w.bin': 'one', 'web/readme.md': 'x' };
    const { short } = await changesBetween({ base, head: { ...base, 'web/w.bin': 'two' } });
    const files = 'web/model.json + web/w.bin';
    expect(short).toEqual([`web changed: ${files} → ${files}`]);
  });

  test('weights beside an ONNX model are of it', async () => {
    const [one, two] = [splitModel('a.onnx', 1), splitModel('a.onnx', 2)];
    const base = { 'm/a.onnx': one.header, 'm/a.onnx.data': one.weights };
    const { short } = await changesBetween({
      base,
      head: { ...base, 'm/a.onnx.data': two.weights },
    });
    const files = 'm/a.onnx + m/a.onnx.data';
    expect(short).toEqual([`m/a changed: ${files} → ${files}`]);
  });

  test('weights that were not committed are a problem of that model alone', async () => {
    const { header } = splitModel('a.onnx', 1);
    const { short, problems } = await changesBetween({
      base: {},
      head: { 'm/a.onnx': header, 'm/b.onnx': a },
    });
    expect(short).toEqual(['m/b added: ∅ → m/b.onnx']);
    expect(problems).toMatchObject([
      { level: 'error', where: 'm/a.onnx', message: expect.stringContaining('m/a.onnx.data') },
    ]);
  });

  test('a format that is not read is a warning', async () => {
    const { short, problems } = await changesBetween({
      base: {},
      head: { 'm/a.gguf': 'GGUF....' },
    });
    expect(short).toEqual([]);
    expect(problems).toMatchObject([
      { level: 'warning', message: expect.stringContaining('GGUF') },
    ]);
  });

  test('no bytes are read of models that did not change', async () => {
    const base = { 'm/a.onnx': a, 'm/b.onnx': b, 'x.ts': '1' };
    const { calls } = await changesBetween({ base, head: { ...base, 'm/b.onnx': c, 'x.ts': '2' } });
    expect(calls.filter((call) => call.startsWith('blob'))).toEqual([
      'blob m/b.onnx',
      'blob m/b.onnx',
    ]);
  });
});

describe('with a configuration', () => {
  const base = {
    'fettle.yml': digits('m/a.onnx'),
    'm/a.onnx': a,
    'data/test.npz': 'PK',
    'm/b.onnx': b,
  };
  const files = 'm/a.onnx → m/a.onnx with data/test.npz';

  test.each([
    ['nothing of it', { 'm/b.onnx': c, 'README.md': 'x' }, []],
    ['its bytes', { 'm/a.onnx': c }, [`digits changed: ${files}`]],
    ['its data', { 'data/test.npz': 'PK2' }, [`digits changed: ${files}`]],
    [
      'its settings',
      { 'fettle.yml': digits('m/a.onnx', '\n    seed: 3') },
      [`digits changed: ${files}`],
    ],
    ['a comment in the configuration', { 'fettle.yml': `# hello\n${digits('m/a.onnx')}` }, []],
    [
      'its place',
      { 'fettle.yml': digits('n/x.onnx'), 'm/a.onnx': null, 'n/x.onnx': a },
      ['digits renamed: m/a.onnx → n/x.onnx with data/test.npz'],
    ],
    [
      'that it is there',
      { 'fettle.yml': config('  other:', '    source: m/b.onnx'), 'm/a.onnx': null },
      ['other changed: m/b.onnx → m/b.onnx', 'digits deleted: m/a.onnx → ∅'],
    ],
  ])('a change of %s', async (_, change, expected) => {
    const head = Object.fromEntries(
      Object.entries({ ...base, ...change }).filter(
        (entry): entry is [string, string | Uint8Array] => entry[1] !== null,
      ),
    );
    const { short, problems } = await changesBetween({ base, head });
    expect(problems).toEqual([]);
    expect(short).toEqual(expected);
  });

  test('the line of the budget is known', async () => {
    const budget = digits('m/a.onnx', '\n    threads: 1\n    budget: { size: 5 MB }');
    const { changes } = await changesBetween({ base, head: { ...base, 'fettle.yml': budget } });
    expect(changes[0]).toMatchObject({ where: 'fettle.yml:7', configLine: 7, folder: '' });
  });

  test('paths start from its folder', async () => {
    const nested = {
      'ml/fettle.yml': digits('../m/a.onnx'),
      'm/a.onnx': a,
      'ml/data/test.npz': 'PK',
    };
    const { short, changes } = await changesBetween(
      { base: nested, head: { ...nested, 'm/a.onnx': b } },
      { configPath: 'ml/fettle.yml' },
    );
    expect(short).toEqual(['digits changed: m/a.onnx → m/a.onnx with ml/data/test.npz']);
    expect(changes[0]).toMatchObject({ folder: 'ml', where: 'ml/fettle.yml:3' });
  });

  test('a mistake names its line, and the other models are compared', async () => {
    const text = `${config('  digits:', '    source: m/a.onnx', '    ship: int9', '  b:', '    source: m/b.onnx')}`;
    const { short, problems } = await changesBetween({
      base,
      head: { ...base, 'fettle.yml': text, 'm/b.onnx': c },
    });
    expect(short).toEqual(['b changed: m/b.onnx → m/b.onnx']);
    expect(problems).toMatchObject([
      { level: 'error', where: 'fettle.yml', line: 5, message: expect.stringContaining('int9') },
    ]);
  });

  test('a file that is no configuration is a problem at its line', async () => {
    const { short, problems } = await changesBetween({
      base,
      head: { ...base, 'fettle.yml': 'version: 1\nmodles: {}\n' },
    });
    expect(short).toEqual([]);
    expect(problems).toMatchObject([
      { level: 'error', where: 'fettle.yml', line: 2, hint: expect.stringContaining('models') },
    ]);
  });

  test.each([
    ['a model that is not there', digits('m/none.onnx'), 'm/none.onnx'],
    ['data that are not there', digits('m/a.onnx').replace('test', 'none'), 'data/none.npz'],
    ['a path out of the repository', digits('../../a.onnx'), 'leads out'],
  ])('%s is said', async (_, text, message) => {
    const { problems } = await changesBetween({ base, head: { ...base, 'fettle.yml': text } });
    expect(problems).toMatchObject([
      {
        level: 'error',
        where: 'fettle.yml',
        line: expect.any(Number),
        message: expect.stringContaining(message),
      },
    ]);
  });

  test('a model that the file stops naming is said', async () => {
    const text = config('  b:', '    source: m/b.onnx');
    const { problems } = await changesBetween({ base, head: { ...base, 'fettle.yml': text } });
    expect(problems).toMatchObject([
      { level: 'warning', message: expect.stringContaining('no longer names digits') },
    ]);
  });

  test('of a fork all but the model is of the base', async () => {
    const head = {
      ...base,
      'm/a.onnx': c,
      'fettle.yml': digits('m/b.onnx', '\n    budget: { size: 5 GB }'),
      'data/test.npz': 'forged',
    };
    const { changes, short } = await changesBetween({ base, head }, { trusted: 'base' });
    expect(short).toEqual([`digits changed: ${files}`]);
    expect(changes[0]?.settings.budget).toBeUndefined();
    const { changes: own } = await changesBetween({ base, head: { ...base, 'm/a.onnx': c } });
    expect(changes[0]?.data).toEqual(own[0]?.data);
  });

  test('code of a pull request is that of the base', async () => {
    const text = digits('m/a.onnx').replace(
      'data: data/test.npz',
      'data: { all: data/test.npz, metric: ./score.ts }',
    );
    const before = { ...base, 'fettle.yml': text, 'score.ts': 'old' };
    const head = { ...before, 'score.ts': 'new', 'm/a.onnx': b };
    const pull = await changesBetween({ base: before, head });
    const push = await changesBetween({ base: before, head }, { code: 'head' });
    expect(pull.changes[0]?.module).toMatchObject({ path: 'score.ts', bytes: 3 });
    expect(pull.changes[0]?.module?.blob).not.toBe(push.changes[0]?.module?.blob);
    const added = await changesBetween({ base, head });
    expect(added.changes[0]?.module).toBeUndefined();
  });
});

describe('without a commit to compare with', () => {
  test('all models of the configuration are measured', async () => {
    const head = {
      'fettle.yml': digits('m/a.onnx'),
      'm/a.onnx': a,
      'data/test.npz': 'PK',
      'm/b.onnx': b,
    };
    const { short } = await changesBetween({ head });
    expect(short).toEqual(['digits unchanged: ∅ → m/a.onnx with data/test.npz']);
  });
});

describe('Git LFS', () => {
  const base = { 'm/a.onnx': pointerTo(a) };
  const head = { 'm/a.onnx': pointerTo(b) };

  test('sizes and digests are those of the files', async () => {
    const { changes } = await changesBetween({ base, head }, { lfs: [a, b] });
    expect(changes[0]?.head?.files[0]?.lfs?.bytes).toBe(b.length);
    expect(changes[0]?.base?.files[0]?.lfs?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test('no bytes are needed where only digests are asked for', async () => {
    const { short, problems } = await changesBetween({ base, head }, { savesLfs: true, lfs: [] });
    expect(problems).toEqual([]);
    expect(short).toEqual(['m/a changed: m/a.onnx → m/a.onnx']);
  });

  test('a file that became a pointer to itself changes', async () => {
    const { short } = await changesBetween(
      { base: { 'm/a.onnx': a }, head: { 'm/a.onnx': pointerTo(a) } },
      { lfs: [a] },
    );
    expect(short).toEqual(['m/a changed: m/a.onnx → m/a.onnx']);
  });

  test('an object that nobody pushed is a problem', async () => {
    const { problems } = await changesBetween({ base, head }, { lfs: [a] });
    expect(problems).toMatchObject([
      { level: 'error', message: expect.stringContaining('m/a.onnx') },
    ]);
  });
});

describe('many', () => {
  const many = (value: string): Record<string, string | Uint8Array> => {
    const entries = Array.from({ length: 60 }, (_, at) => [`other/${at}/file.txt`, value]);
    return { ...Object.fromEntries(entries), 'm/a.onnx': a, 'data/test.npz': 'PK' };
  };

  test('a repository that is too large to be listed is listed where it changed', async () => {
    const base = { ...many('1'), 'fettle.yml': digits('m/a.onnx'), 'z/c.onnx': c };
    const head = { ...base, 'fettle.yml': digits('m/a.onnx', '\n    seed: 1') };
    const { short, calls } = await changesBetween({ base, head }, { mostEntries: 20 });
    expect(short).toEqual(['digits changed: m/a.onnx → m/a.onnx with data/test.npz']);
    expect(calls.filter((call) => call === 'tree other' || call === 'tree z')).toEqual([]);
  });

  test('more than anybody looks at are refused before they are fetched', async () => {
    const head = Object.fromEntries(
      Array.from({ length: 301 }, (_, at) => [`m/${at}.onnx`, String(at)]),
    );
    await expect(changesBetween({ base: {}, head })).rejects.toMatchObject({ exitCode: 4 });
  });

  test('two hundred models are found in two listings', async () => {
    const commit = (value: number) =>
      Object.fromEntries(
        Array.from({ length: 200 }, (_, at) => [
          `m/${at}.tflite`,
          `${value}${String(at).padStart(3, '0')}TFL3`,
        ]),
      );
    const { short, calls } = await changesBetween({ base: commit(1), head: commit(2) });
    expect(short.length).toBe(200);
    expect(calls.filter((call) => call.startsWith('tree')).length).toBe(2);
  });
});

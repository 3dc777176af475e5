import { describe, expect, it } from 'vitest';
import {
  execute,
  type Functions,
  invoke,
  machine,
  memoryObjects,
  outcome,
  service,
} from './_run.ts';
import type { Json } from './json.ts';

const GET = 'arn:aws:states:::s3:getObject';
const functions: Functions = {
  echo: (input) => input,
  odd: (input) => {
    if (Number(input) % 2 === 0) return input;
    throw Object.assign(new Error(`odd ${input}`), { name: 'Odd' });
  },
};

const map = (more: Record<string, Json>, name = 'echo'): Json =>
  machine({
    M: {
      Type: 'Map',
      Label: 'shards',
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        StartAt: 'A',
        States: { A: invoke(name) },
      },
      End: true,
      ...more,
    },
  });
const reader = (key: string, config: Record<string, Json>, Resource = GET): Json => ({
  Resource,
  ReaderConfig: config,
  Arguments: { Bucket: '{% $states.input.bucket %}', Key: key },
});
const objects = memoryObjects({
  'b/shards.json': '[1, {"a": 2}]',
  'b/deep.json': '{"plan": {"a/b": [3]}}',
  'b/shards.jsonl': '{"n":1}\n\n{"n":2}\n',
  'b/shards.csv': '\ufeffn,m\n1,a\n2,"b, ""c""\nd"\n',
  'b/bare.csv': '1|a\n2|b\n',
  'b/none.json': '{"a": 1}',
});

describe('the items of a distributed map', () => {
  it.each<[string, Json, Json]>([
    ['of a JSON array', reader('shards.json', { InputType: 'JSON' }), [1, { a: 2 }]],
    ['at a pointer', reader('deep.json', { InputType: 'JSON', ItemsPointer: '/plan/a~1b' }), [3]],
    ['of JSON lines', reader('shards.jsonl', { InputType: 'JSONL' }), [{ n: 1 }, { n: 2 }]],
    [
      'of quoted CSV',
      reader('shards.csv', { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' }),
      [
        { n: '1', m: 'a' },
        { n: '2', m: 'b, "c"\nd' },
      ],
    ],
    [
      'of CSV without a header, with another delimiter',
      reader('bare.csv', {
        InputType: 'CSV',
        CSVHeaderLocation: 'GIVEN',
        CSVHeaders: ['x', 'y'],
        CSVDelimiter: 'PIPE',
        MaxItems: 1,
      }),
      [{ x: '1', y: 'a' }],
    ],
    [
      'up to a number that an expression gives',
      reader('shards.json', { InputType: 'JSON', MaxItems: '{% $states.input.most %}' }),
      [1],
    ],
    [
      'of a listing',
      {
        Resource: 'arn:aws:states:::s3:listObjectsV2',
        Arguments: { Bucket: 'b', Prefix: 'shards.json' },
      },
      ['shards.json', 'shards.jsonl'].map((Key) => ({
        Etag: '"e"',
        Key,
        LastModified: 0,
        Size: objects.stored.get(`b/${Key}`)?.length ?? 0,
        StorageClass: 'STANDARD',
      })),
    ],
  ])('%s', async (_, ItemReader, expected) => {
    const execution = await execute(
      map({ ItemReader }),
      { bucket: 'b', most: 1 },
      { functions, objects },
    );
    expect(outcome(execution)).toEqual({ status: 'SUCCEEDED', output: expected });
  });

  it.each<[string, Json, RegExp]>([
    ['nothing there', reader('nowhere.json', { InputType: 'JSON' }), /NoSuchKey: nowhere.json/],
    ['no array', reader('none.json', { InputType: 'JSON' }), /no JSON array at ''/],
    ['no JSON', reader('shards.csv', { InputType: 'JSON' }), /JSON/],
    ['no type', reader('shards.json', {}), /needs an InputType/],
    ['an inventory', reader('shards.json', { InputType: 'MANIFEST' }), /no S3 inventory/],
  ])('fail by name: %s', async (_, ItemReader, cause) => {
    const execution = await execute(map({ ItemReader }), { bucket: 'b' }, { functions, objects });
    expect(outcome(execution)).toEqual({
      status: 'FAILED',
      error: 'States.ItemReaderFailed',
      cause: expect.stringMatching(cause),
    });
  });

  it('are what ItemSelector makes of them, which sees variables that children do not', async () => {
    const definition = machine({
      V: { Type: 'Pass', Assign: { v: 'seen' }, Next: 'M' },
      M: {
        Type: 'Map',
        Items: [5, 6],
        ItemSelector: {
          value: '{% $states.context.Map.Item.Value %}',
          index: '{% $states.context.Map.Item.Index %}',
          v: '{% $v %}',
        },
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          StartAt: 'A',
          States: {
            A: {
              Type: 'Pass',
              Output: {
                input: '{% $states.input %}',
                hidden: '{% $exists($v) or $exists($states.context.Map) %}',
                own: '{% $states.context.Execution.Input.index %}',
              },
              End: true,
            },
          },
        },
        Next: 'S',
      },
      S: { Type: 'Succeed' },
    });
    const execution = await execute(definition);
    expect(outcome(execution).output).toEqual(
      [5, 6].map((value, index) => ({
        input: { value, index, v: 'seen' },
        hidden: false,
        own: index,
      })),
    );
  });

  it.each<[string, Record<string, Json>, Json]>([
    ['by number', { MaxItemsPerBatch: 2 }, [[1, 2], [3, 4], [5]]],
    [
      'by an expression',
      { MaxItemsPerBatch: '{% 3 %}' },
      [
        [1, 2, 3],
        [4, 5],
      ],
    ],
    // {"Items":[]} has 12 bytes, an item two.
    ['by bytes', { MaxInputBytesPerBatch: 16 }, [[1, 2], [3, 4], [5]]],
  ])('come in batches: %s', async (_, ItemBatcher, expected) => {
    const execution = await execute(
      map({ Items: [1, 2, 3, 4, 5], ItemBatcher }),
      {},
      { functions },
    );
    expect(outcome(execution).output).toEqual((expected as Json[]).map((Items) => ({ Items })));
  });

  it('come in batches with what they share', async () => {
    const ItemBatcher = { MaxItemsPerBatch: 5, BatchInput: { job: '{% $states.input.job %}' } };
    const execution = await execute(
      map({ Items: [1, 2], ItemBatcher }),
      { job: 'j' },
      { functions },
    );
    expect(outcome(execution).output).toEqual([{ BatchInput: { job: 'j' }, Items: [1, 2] }]);
  });
});

describe('failures of a distributed map', () => {
  const exceeded = {
    status: 'FAILED',
    error: 'States.ExceedToleratedFailureThreshold',
    cause: 'The specified tolerated failure threshold was exceeded',
  };
  const done = { status: 'SUCCEEDED', output: [2, 4] };
  it.each<[string, Record<string, Json>, object]>([
    ['none by default', {}, exceeded],
    ['up to a count', { ToleratedFailureCount: 2 }, done],
    ['not beyond a count', { ToleratedFailureCount: 1 }, exceeded],
    ['a count by an expression', { ToleratedFailureCount: '{% $states.input.n %}' }, done],
    ['up to a percentage', { ToleratedFailurePercentage: 50 }, done],
    ['not beyond a percentage', { ToleratedFailurePercentage: 49.9 }, exceeded],
    ['both must hold', { ToleratedFailureCount: 1, ToleratedFailurePercentage: 90 }, exceeded],
    ['both do hold', { ToleratedFailureCount: 2, ToleratedFailurePercentage: 50 }, done],
  ])('are tolerated: %s', async (_, tolerance, expected) => {
    const definition = map({ Items: [1, 2, 3, 4], ...tolerance }, 'odd');
    expect(outcome(await execute(definition, { n: 2 }, { functions }))).toEqual(expected);
  });

  it('count all items of a batch', async () => {
    const more = { Items: [1, 2, 3], ItemBatcher: { MaxItemsPerBatch: 2 } };
    const world = { functions: { odd: () => Promise.reject(new Error('no')) } };
    const run = async (ToleratedFailureCount: number) =>
      outcome(await execute(map({ ...more, ToleratedFailureCount }, 'odd'), {}, world)).status;
    expect([await run(2), await run(3)]).toEqual(['FAILED', 'SUCCEEDED']);
  });

  it('may stand as null in the output', async () => {
    const definition = map({ Items: [1, 2], ToleratedFailureCount: 1 }, 'odd');
    const execution = await execute(definition, {}, { functions, toleratedFailures: 'null' });
    expect(outcome(execution).output).toEqual([null, 2]);
  });

  it('stop the children that still run, and start no more', async () => {
    const begun: Json[] = [];
    const definition = map({ Items: [1, 2, 3], MaxConcurrency: 2 }, 'f');
    const execution = await execute(
      definition,
      {},
      {
        functions: {
          f: (input, { signal }) => {
            begun.push(input);
            if (input === 2) throw new Error('no');
            return new Promise((resolve) => signal.addEventListener('abort', () => resolve(null)));
          },
        },
      },
    );
    expect(outcome(execution)).toEqual(exceeded);
    expect(begun).toEqual([1, 2]);
  });

  it('can be caught', async () => {
    const definition = machine({
      M: {
        Type: 'Map',
        Items: [1],
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          StartAt: 'A',
          States: { A: invoke('odd') },
        },
        Catch: [{ ErrorEquals: [exceeded.error], Next: 'S' }],
        End: true,
      },
      S: { Type: 'Succeed', Output: '{% $states.input.Error %}' },
    });
    expect(outcome(await execute(definition, {}, { functions })).output).toBe(exceeded.error);
  });
});

describe('the result writer', () => {
  it('writes a manifest, and rows of what succeeded and what failed', async () => {
    const store = memoryObjects({});
    const definition = map(
      {
        Items: [1, 2],
        ToleratedFailureCount: 1,
        ResultWriter: {
          Resource: 'arn:aws:states:::s3:putObject',
          Arguments: { Bucket: 'b', Prefix: 'out' },
        },
      },
      'odd',
    );
    const { output } = outcome(await execute(definition, {}, { functions, objects: store }));
    const MapRunArn = expect.stringMatching(/^arn:aws:states:us-east-1:0+:mapRun:m\/shards:/);
    expect(output).toEqual({
      MapRunArn,
      ResultWriterDetails: { Bucket: 'b', Key: expect.stringMatching(/^out\/.*\/manifest.json$/) },
    });
    const read = (end: string): Json => {
      const [path = ''] = [...store.stored.keys()].filter((key) => key.endsWith(end));
      return JSON.parse(store.stored.get(path) ?? 'null');
    };
    expect(read('manifest.json')).toEqual({
      DestinationBucket: 'b',
      MapRunArn,
      ResultFiles: {
        FAILED: [{ Key: expect.stringMatching(/FAILED_0.json$/), Size: expect.any(Number) }],
        PENDING: [],
        SUCCEEDED: [{ Key: expect.stringMatching(/SUCCEEDED_0.json$/), Size: expect.any(Number) }],
      },
    });
    expect(read('SUCCEEDED_0.json')).toMatchObject([
      { Input: '2', Output: '2', Status: 'SUCCEEDED' },
    ]);
    expect(read('/FAILED_0.json')).toMatchObject([
      { Input: '1', Error: 'Odd', Cause: 'odd 1', Status: 'FAILED' },
    ]);
  });

  it.each([
    ['COMPACT', 'JSON', '[[1,2],[3]]'],
    ['FLATTEN', 'JSON', '[1,2,3]'],
    ['FLATTEN', 'JSONL', '1\n2\n3\n'],
  ])('%s as %s', async (Transformation, OutputType, expected) => {
    const store = memoryObjects({});
    const definition = map({
      Items: [[1, 2], [3]],
      ResultWriter: {
        Resource: 'arn:aws:states:::s3:putObject',
        Arguments: { Bucket: 'b' },
        WriterConfig: { Transformation, OutputType },
      },
    });
    await execute(definition, {}, { functions, objects: store });
    expect([...store.stored].find(([key]) => key.includes('SUCCEEDED_0'))?.[1]).toBe(expected);
  });
});

describe('a distributed map', () => {
  it('runs so many children at once, each an execution of its own', async () => {
    let running = 0;
    let most = 0;
    const states = service({
      functions: {
        f: async (input) => {
          most = Math.max(most, ++running);
          await new Promise((resolve) => setImmediate(resolve));
          running--;
          return input;
        },
      },
    });
    const definition = map({ Items: [1, 2, 3, 4, 5], MaxConcurrency: '{% 2 %}' }, 'f');
    const execution = states.startExecution(states.createMachine('m', JSON.stringify(definition)));
    await execution.ended();
    expect(most).toBe(2);
    const [run] = states.mapRuns.values();
    const child = run?.children[4]?.execution;
    expect(child?.options.arn).toMatch(/:execution:m\/shards:/);
    expect(states.execution(child?.options.arn ?? '')).toBe(child);
    expect(child?.history.events.map(({ type }) => type)).toContain('TaskSucceeded');
    expect(execution.history.events.map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'MapStateEntered',
      'MapStateStarted',
      'MapRunStarted',
      'MapRunSucceeded',
      'MapStateSucceeded',
      'MapStateExited',
      'ExecutionSucceeded',
    ]);
  });
});

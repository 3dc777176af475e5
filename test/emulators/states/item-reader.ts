/** Reads the items of a distributed map from S3. */
import { parse } from 'csv-parse/sync';
import type { StateOf } from './definition.ts';
import { isJsonObject, type Json } from './json.ts';
import type { ObjectAccess } from './object-access.ts';
import { StatesError } from './states-error.ts';
import { evaluateIn, integerIn, type VisitOf } from './visit.ts';

type Reader = NonNullable<StateOf<'Map'>['ItemReader']>;

/** All items, at most `MaxItems`; any fault is `States.ItemReaderFailed`. */
export async function readItems(visit: VisitOf<'Map'>, reader: Reader): Promise<readonly Json[]> {
  const { MaxItems } = reader.ReaderConfig;
  const limit = MaxItems === undefined ? 0 : await integerIn(visit, 'MaxItems', MaxItems);
  const place = await evaluateIn(visit, reader.Arguments);
  try {
    const items = await read(visit.frame.runtime.objects, reader, place);
    return limit === 0 ? items : items.slice(0, limit);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new StatesError('States.ItemReaderFailed', message);
  }
}

async function read(objects: ObjectAccess, reader: Reader, place: Json): Promise<readonly Json[]> {
  const Bucket = textOf(place, 'Bucket');
  if (reader.Resource.endsWith(':listObjectsV2')) {
    const prefix = isJsonObject(place) && typeof place.Prefix === 'string' ? place.Prefix : '';
    const listed = await objects.list(Bucket, prefix);
    return listed.map((object) => ({ ...object }));
  }
  const text = new TextDecoder().decode(await objects.get(Bucket, textOf(place, 'Key')));
  switch (reader.ReaderConfig.InputType) {
    case 'CSV':
      return csvRows(text, reader.ReaderConfig);
    case 'JSONL':
      return text
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line): Json => JSON.parse(line));
    case 'JSON':
      return jsonItems(JSON.parse(text), reader.ReaderConfig.ItemsPointer);
    case 'MANIFEST':
      throw new Error('the emulator reads no S3 inventory');
    default:
      throw new Error('getObject needs an InputType');
  }
}

function textOf(place: Json, key: string): string {
  const value = isJsonObject(place) ? place[key] : undefined;
  if (typeof value === 'string') return value;
  throw new Error(`Arguments need ${key}: ${JSON.stringify(place)}`);
}

/** `pointer`: a JSON pointer (RFC 6901) to the array. */
function jsonItems(document: Json, pointer = ''): readonly Json[] {
  const keys = pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const found = keys.reduce<Json | undefined>(
    (value, key) => (isJsonObject(value) ? value[key] : undefined),
    document,
  );
  if (Array.isArray(found)) return found;
  throw new Error(`no JSON array at '${pointer}'`);
}

const DELIMITERS = { COMMA: ',', PIPE: '|', SEMICOLON: ';', SPACE: ' ', TAB: '\t' };

function csvRows(text: string, config: Reader['ReaderConfig']): readonly Json[] {
  const { CSVHeaderLocation, CSVHeaders, CSVDelimiter = 'COMMA' } = config;
  if (!CSVHeaderLocation) throw new Error('CSV needs a CSVHeaderLocation');
  if (CSVHeaderLocation === 'GIVEN' && !CSVHeaders) throw new Error('CSV needs CSVHeaders');
  const columns = CSVHeaderLocation === 'GIVEN' ? [...(CSVHeaders ?? [])] : true;
  return parse<Record<string, string>>(text, {
    columns,
    delimiter: DELIMITERS[CSVDelimiter],
    skip_empty_lines: true,
    relax_column_count_less: true,
  });
}

/**
 * Makes `fixtures/openapi.json` and `fixtures/schema.graphql` out of GitHub's own descriptions, which unpack to 404 MB
 * and are therefore no dependency. To take a newer version:
 *
 *     npm install --no-save --prefix /tmp/github @octokit/openapi @octokit/graphql-schema
 *     node test/emulators/github/prune.ts /tmp/github/node_modules/@octokit
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { pruneGraphql } from './prune-graphql.ts';
import { isRecord, pruneOpenapi } from './prune-openapi.ts';

const HERE = import.meta.dirname;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const folder = process.argv[2];
  if (folder === undefined) throw new Error('give the folder that holds openapi, graphql-schema');
  const openapi: unknown = JSON.parse(
    readFileSync(join(folder, 'openapi', 'generated', 'api.github.com.json'), 'utf8'),
  );
  if (!isRecord(openapi)) throw new Error('no OpenAPI description');
  writeFileSync(join(HERE, 'fixtures', 'openapi.json'), JSON.stringify(pruneOpenapi(openapi)));
  const schema = readFileSync(join(folder, 'graphql-schema', 'schema.graphql'), 'utf8');
  writeFileSync(join(HERE, 'fixtures', 'schema.graphql'), `${pruneGraphql(schema)}\n`);
}

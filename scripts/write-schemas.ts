/** Writes the JSON Schemas that the package ships, from the zod schemas: `node scripts/write-schemas.ts`. */

import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { configSchema } from '../shared/pipeline/config/schema.ts';
import { apiAnswerSchema, apiRequestSchema } from '../shared/pipeline/distributed/api-messages.ts';
import { planSchema } from '../shared/pipeline/plan.ts';
import { reportSchema } from '../shared/report/schema.ts';

/** Every shipped schema by its file name under `schema/`. */
export const SCHEMAS = {
  'api-answer.schema.json': apiAnswerSchema,
  'api-request.schema.json': apiRequestSchema,
  'config.schema.json': configSchema,
  'plan.schema.json': planSchema,
  'report.schema.json': reportSchema,
} as const satisfies Record<string, z.ZodType>;

/** The file's text. Input mode: fields that a later version adds stay legal for older readers. */
export function jsonSchemaText(schema: z.ZodType): string {
  return `${JSON.stringify(z.toJSONSchema(schema, { io: 'input' }), null, 2)}\n`;
}

if (import.meta.main) {
  for (const [file, schema] of Object.entries(SCHEMAS)) {
    writeFileSync(new URL(`../schema/${file}`, import.meta.url), jsonSchemaText(schema));
  }
}

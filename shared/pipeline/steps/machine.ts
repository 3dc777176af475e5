/** The machine as part of a measurement's key. */
import { z } from 'zod';

export const machineSchema = z.object({
  cpu: z.string(),
  features: z.array(z.string()).readonly(),
  cores: z.int(),
});

/** What a step does, in the words of a message: `the time ran out while …`. */
const TITLES: ReadonlyMap<string, string> = new Map([
  ['import', 'reading the model'],
  ['verify', 'comparing the conversion with its source'],
  ['describe', 'looking at the model'],
  ['prepare', 'optimizing the model exactly'],
  ['prepare-look', 'looking at the model'],
  ['prepare-layout', 'optimizing the model exactly'],
  ['rename', 'renaming inputs and outputs'],
  ['probe-shapes', 'finding shapes at which the model runs'],
  ['split', 'reading the data'],
  ['compress', 'compressing a variant'],
  ['float16-plan', 'planning a variant'],
  ['weights-layout', 'laying out a variant'],
  ['weights-part', 'making a part of a model'],
  ['weights-join', 'joining the parts of a model'],
  ['build', 'building a target'],
  ['score', 'running the model over the samples'],
  ['judge', 'comparing scores'],
  ['memory', 'measuring memory'],
  ['latency', 'measuring latency'],
  ['latency-group', 'measuring latency'],
]);

/** A step that has no words is called by its name. */
export const stepTitle = (step: string): string => TITLES.get(step) ?? `running ${step}`;

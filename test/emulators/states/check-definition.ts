/** What the shape of a definition alone does not tell: names that lead somewhere, variables, kinds of maps. */
import type { MachineDefinition, State, StateOf } from './definition.ts';

/** Throws with the place of the first fault, as the service refuses to create such a machine. */
export function checkDefinition(definition: MachineDefinition): void {
  checkMachine(definition, '', new Set(), new Set());
}

/**
 * `outer`: the variables of the scopes around, which an inner one can read but not assign.
 * `names`: of the states so far, unique in the whole machine.
 */
function checkMachine(
  { StartAt, States }: MachineDefinition,
  path: string,
  outer: ReadonlySet<string>,
  names: Set<string>,
): void {
  const known = (name: string, from: string): void => {
    if (!Object.hasOwn(States, name)) throw fault(`${path}${from}`, `names no state '${name}'`);
  };
  known(StartAt, 'StartAt');
  const assigned = new Set(Object.values(States).flatMap(assignedBy));
  const twice = [...assigned].find((name) => outer.has(name));
  if (twice !== undefined) throw fault(path, `assigns $${twice} of an outer scope`);
  const scope = new Set([...outer, ...assigned]);
  for (const [name, state] of Object.entries(States)) {
    const where = `${path}${name}`;
    if (names.has(name)) throw fault(where, 'has the name of another state');
    names.add(name);
    for (const next of nextOf(state, where)) known(next, name);
    if (state.Type === 'Parallel') {
      for (const branch of state.Branches) checkMachine(branch, `${where}/`, scope, names);
    }
    if (state.Type === 'Map') {
      const isDistributed = checkMap(state, where);
      checkMachine(state.ItemProcessor, `${where}/`, isDistributed ? new Set() : scope, names);
    }
  }
}

function assignedBy(state: State): readonly string[] {
  const rules = [
    'Assign' in state ? state.Assign : undefined,
    ...('Catch' in state ? state.Catch.map((catcher) => catcher.Assign) : []),
    ...('Choices' in state ? state.Choices.map((choice) => choice.Assign) : []),
  ];
  return rules.flatMap((assign) => Object.keys(assign ?? {}));
}

function nextOf(state: State, where: string): readonly string[] {
  switch (state.Type) {
    case 'Succeed':
    case 'Fail':
      return [];
    case 'Choice': {
      const chosen = state.Choices.map((rule) => rule.Next);
      return state.Default === undefined ? chosen : [...chosen, state.Default];
    }
    default: {
      if ((state.Next === undefined) === (state.End === undefined)) {
        throw fault(where, 'needs either Next or End');
      }
      const caught = 'Catch' in state ? state.Catch.map((rule) => rule.Next) : [];
      return state.Next === undefined ? caught : [state.Next, ...caught];
    }
  }
}

/** What only a distributed map may say. */
const DISTRIBUTED_ONLY = [
  'ItemReader',
  'ItemBatcher',
  'ResultWriter',
  'ToleratedFailureCount',
  'ToleratedFailurePercentage',
  'Label',
] as const;

function checkMap(state: StateOf<'Map'>, where: string): boolean {
  if (state.Items !== undefined && state.ItemReader !== undefined) {
    throw fault(where, 'has both Items and ItemReader');
  }
  if (state.ItemProcessor.ProcessorConfig?.Mode === 'DISTRIBUTED') return true;
  const wrong = DISTRIBUTED_ONLY.find((field) => state[field] !== undefined);
  if (wrong) throw fault(where, `has ${wrong} but is no DISTRIBUTED map`);
  return false;
}

const fault = (where: string, what: string): Error =>
  new Error(`Invalid definition: ${where === '' ? 'the machine' : where} ${what}`);

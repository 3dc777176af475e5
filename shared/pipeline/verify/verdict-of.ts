/** What a report says of a conversion that was compared, or was not. */
import { isNanAlone } from '../../measure/check-output.ts';
import { roundUp } from './round-up.ts';
import type { Compared, Verification } from './verify-conversion.ts';

export interface ConversionVerdict {
  /** The contract's sentence: "agrees within 1e-6 of …", "DOES NOT AGREE with …" or "not verified". */
  readonly verified: string;
  /** Absent where nothing was compared. */
  readonly agrees?: boolean;
  /** Why not, or where they differ. */
  readonly notes: readonly string[];
}

/** The sentence of a report, and the notes below it. */
export function verdictOf(result: Verification): ConversionVerdict {
  if (result.status === 'not verified')
    return { verified: 'not verified', notes: [`not verified: ${result.reason}`] };
  const { against, isWithinTolerance, reference } = result;
  if (isWithinTolerance)
    return { verified: agreement(result), agrees: true, notes: unprovedNotes(result) };
  const also = reference?.status === 'compared' ? secondWord(reference) : undefined;
  return {
    verified: `DOES NOT AGREE with ${against}${also ? `, ${also}` : onWhat(result)}`,
    agrees: false,
    notes: [
      `the conversion does not agree with ${against}: ${worstOf(result)}`,
      ...referenceNotes(result),
    ],
  };
}

const onWhat = ({ synthetic }: Compared): string => (synthetic ? ' on synthetic inputs' : '');

const agreement = (result: Compared): string =>
  `agrees within ${roundUp(result.maxAbsError)} of ${result.against}${onWhat(result)}`;

const secondWord = (reference: Compared): string =>
  reference.isWithinTolerance ? `but ${agreement(reference)}` : `nor with ${reference.against}`;

function worstOf({ outputs, maxAbsError, divergence }: Compared): string {
  const worst = outputs.find(({ isWithinTolerance }) => !isWithinTolerance);
  const where = divergence ? `; first at "${divergence.source}"` : '';
  const how = worst?.broken
    ? `cannot be compared at ${worst.broken} of ${worst.broken + worst.nan + worst.compared} places (NaN or infinite on one side alone, or another shape)`
    : `differs by ${roundUp(maxAbsError)}`;
  return `output ${worst?.name} ${how}${where}`;
}

/** Whether the golden outputs are off or the conversion, as far as the source's own runtime tells. */
function referenceNotes({ reference }: Compared): string[] {
  if (!reference) return [];
  if (reference.status === 'not verified')
    return [
      `whether the golden outputs or the conversion is off is not known: ${reference.reason}`,
    ];
  if (!reference.isWithinTolerance)
    return [`${reference.against} does not agree either: ${worstOf(reference)}`];
  return [
    `${reference.against}, asked as well, agrees: the golden outputs are of another model, or for other inputs`,
  ];
}

function unprovedNotes({ outputs, remark }: Compared): string[] {
  const unproved = outputs.filter(isNanAlone).map(({ name }) => name);
  return [
    ...(remark === undefined ? [] : [remark]),
    ...(unproved.length > 0
      ? [`nothing is proved of ${unproved.join(', ')}: NaN everywhere on both sides`]
      : []),
  ];
}

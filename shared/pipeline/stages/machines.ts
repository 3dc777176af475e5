/**
 * Where models are measured: on the machine of the job, and on others for hardware that it is not. What is measured
 * on one says nothing of another, so each measures the base too.
 */
import type { Hardware } from '../../base/hardware.ts';
import { architectureOf, type Machine } from '../../runtime/machine.ts';
import type { PipelineContext } from '../context.ts';
import type { ModelWork } from './model-work.ts';

export type Machines = Pick<PipelineContext, 'machine' | 'otherMachines'>;

/** The job's own first. */
export const machinesOf = ({ machine, otherMachines = [] }: Machines): readonly Machine[] => [
  machine,
  ...otherMachines,
];

/** Whether what is built for a hardware can be measured on a machine. */
export function runsOn(hardware: Hardware, machine: Pick<Machine, 'features'>): boolean {
  const architecture = architectureOf(machine);
  switch (hardware) {
    case 'x64':
      return architecture === 'x64';
    case 'x64-vnni':
      return (
        architecture === 'x64' &&
        machine.features.some((feature) => feature === 'avx512_vnni' || feature === 'avx_vnni')
      );
    case 'arm64':
      return architecture === 'arm64';
    case 'cuda':
    case 'web':
      return false;
  }
}

/** The first that runs it. */
export const machineFor = (hardware: Hardware, machines: Machines): Machine | undefined =>
  machinesOf(machines).find((machine) => runsOn(hardware, machine));

/** Of the hardware asked for, the first that the job's own machine is, else the first that another is. */
export function nativeHardware(
  asked: readonly Hardware[],
  machines: Machines,
): Hardware | undefined {
  for (const machine of machinesOf(machines)) {
    const native = asked.find((hardware) => runsOn(hardware, machine));
    if (native) return native;
  }
  return undefined;
}

/** The same work as it is done on a machine. */
export const workOn = (work: ModelWork, machine: Machine): ModelWork => ({
  ...work,
  context: { ...work.context, machine },
});

/** A site that measures nothing but one hardware, where that is measured at all. */
export const onlyOn = (site: PipelineContext, hardware: Hardware): PipelineContext => ({
  ...site,
  machine: machineFor(hardware, site) ?? site.machine,
  ...(site.otherMachines && { otherMachines: [] }),
});

/** What is added to the name of a task that each machine has: nothing for the job's own. */
export const onMachine = ({ machine, otherMachines = [] }: Machines): string =>
  otherMachines.includes(machine) ? ` on ${architectureOf(machine)}` : '';

/** Why a build has no numbers. */
export const whyNotMeasured = (hardware: Hardware, { otherMachines }: Machines): string =>
  otherMachines
    ? `not measured: this stack has no machine that is ${hardware}`
    : `not measured: this machine is no ${hardware}`;

import { describe, expect, it } from 'vitest';
import {
  ExtraLanes,
  type ExtraLanesProps,
  extraLaneSizes,
  hasContainers,
} from '../../cdk/extra-lanes.ts';
import { Images } from '../../cdk/image.ts';
import { _IMAGE, _places, _sandbox, _templateOf } from './_template.ts';

const make = (asked: Pick<ExtraLanesProps, 'cpuQueue' | 'gpuQueue' | 'gpuFunction'>) =>
  _templateOf((stack) => {
    const places = _places(stack);
    new ExtraLanes(stack, 'Extra', {
      ...asked,
      images: new Images(stack, 'x86_64', { x86_64: _IMAGE, gpu: `${_IMAGE}-gpu` }),
      architecture: 'x86_64',
      names: places.names,
      sandbox: _sandbox(stack, places, hasContainers(asked)),
    });
  });

const endpoints = (asked: Parameters<typeof make>[0]): number =>
  Object.keys(make(asked).findResources('AWS::EC2::VPCEndpoint')).length - 1;

describe('ExtraLanes', () => {
  it('cost nothing unless asked for', () => {
    expect(endpoints({})).toBe(0);
    expect(hasContainers({})).toBe(false);
  });

  it('share one network, which has what the most demanding of them needs', () => {
    expect(endpoints({ cpuQueue: {} })).toBe(3);
    expect(endpoints({ gpuFunction: {} })).toBe(3);
    expect(endpoints({ cpuQueue: {}, gpuQueue: {} })).toBe(6);
  });

  it('run the image with CUDA on GPUs', () => {
    const jobs = Object.values(
      make({ cpuQueue: {}, gpuQueue: {} }).findResources('AWS::Batch::JobDefinition'),
    );
    expect(jobs.map(({ Properties: job }) => job.ContainerProperties.Image).toSorted()).toEqual([
      _IMAGE,
      `${_IMAGE}-gpu`,
    ]);
  });

  it('are told to advance with their sizes', () => {
    expect(extraLaneSizes({ cpuQueue: { memoryGb: 8, hours: 1 }, gpuFunction: {} })).toEqual({
      batch: { memoryMb: 8192, seconds: 3600 },
      gpu: { memoryMb: 8192, seconds: 900 },
    });
  });

  it('refuse two lanes with a GPU', () => {
    expect(() => make({ gpuQueue: {}, gpuFunction: {} })).toThrow('not both');
  });
});

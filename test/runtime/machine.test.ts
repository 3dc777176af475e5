import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { describeMachine, parseFeatures } from '../../shared/runtime/machine.ts';

describe('parseFeatures', () => {
  it('reads /proc/cpuinfo of an x64 machine', () => {
    const text =
      'processor\t: 0\nmodel name\t: Some CPU\nflags\t\t: fpu sse4_2 avx fma avx2 avx512f avx512_vnni amx_int8\nbugs : avx_vnni\n';
    expect(parseFeatures(text)).toEqual([
      'sse4_2',
      'avx',
      'fma',
      'avx2',
      'avx512',
      'avx512_vnni',
      'amx_int8',
    ]);
  });

  it('reads /proc/cpuinfo of an ARM machine', () => {
    const text = 'processor\t: 0\nFeatures\t: fp asimd asimdhp asimddp i8mm bf16 sve\n';
    expect(parseFeatures(text)).toEqual(['neon', 'fp16', 'dotprod', 'i8mm', 'bf16', 'sve']);
  });

  it('reads sysctl of both kinds of Mac, and takes 0 for absent', () => {
    expect(
      parseFeatures(
        'machdep.cpu.features: FPU SSE4.2 AVX1.0 FMA F16C\nmachdep.cpu.leaf7_features: AVX2 BMI1\n',
      ),
    ).toEqual(['sse4_2', 'avx', 'f16c', 'fma', 'avx2']);
    expect(
      parseFeatures(
        'hw.optional.AdvSIMD: 1\nhw.optional.arm.FEAT_DotProd: 1\nhw.optional.arm.FEAT_I8MM: 0\n',
      ),
    ).toEqual(['neon', 'dotprod']);
  });

  it('finds nothing in nothing', () => {
    expect(parseFeatures('')).toEqual([]);
  });
});

it('describes this machine', async () => {
  const machine = await describeMachine();
  expect(machine.cpu).not.toBe('');
  expect(machine.cores).toBe(availableParallelism());
  if (process.arch === 'arm64') expect(machine.features).toContain('neon');
});

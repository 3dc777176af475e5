import { expect, it } from 'vitest';
import {
  LAYER_FAMILIES,
  layerOf,
  OPERATION_FAMILIES,
  operationOf,
} from '../../../shared/formats/keras/layer-table.ts';

it.each([
  ['layer', LAYER_FAMILIES],
  ['operation', OPERATION_FAMILIES],
])('no %s stands in two families', (_, families) => {
  const names = Object.values(families).flatMap((table) => Object.keys(table));
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

it('layers and operations of one name are two things', () => {
  expect(layerOf('Subtract')).toBeDefined();
  expect(operationOf('Subtract')).toBeDefined();
  expect(layerOf('Subtract')).not.toBe(operationOf('Subtract'));
  expect(layerOf('constructor')).toBeUndefined();
});

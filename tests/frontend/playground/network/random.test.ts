import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../../../vae_widgets/frontend/src/playground/network/random.ts";

test("the same seed gives the same numbers, another one others", () => {
  const draw = (seed: number) => {
    const random = new Random(seed);
    return Array.from({ length: 5 }, () => random.uniform());
  };
  assert.deepEqual(draw(1), draw(1));
  assert.notDeepEqual(draw(1), draw(2));
});

test("uniform and normal numbers have the moments of their distributions", () => {
  const random = new Random(0);
  const n = 100_000;
  const uniform = Array.from({ length: n }, () => random.uniform());
  const normal = Array.from({ length: n }, () => random.normal());
  const mean = (values: number[], power = 1) => values.reduce((sum, value) => sum + value ** power, 0) / n;
  assert.ok(uniform.every((value) => value >= 0 && value < 1));
  assert.ok(Math.abs(mean(uniform) - 1 / 2) < 0.01);
  assert.ok(Math.abs(mean(uniform, 2) - 1 / 3) < 0.01);
  assert.ok(Math.abs(mean(normal)) < 0.02);
  assert.ok(Math.abs(mean(normal, 2) - 1) < 0.03);
  assert.ok(Math.abs(mean(normal, 4) - 3) < 0.2);
});

test("a shuffled list has each number once, and each at each place about as often", () => {
  const random = new Random(0);
  const first = [0, 0, 0, 0];
  for (let i = 0; i < 8000; i++) {
    const list = Uint32Array.of(0, 1, 2, 3);
    random.shuffle(list);
    assert.deepEqual([...list].sort(), [0, 1, 2, 3]);
    first[list[0]]++;
  }
  assert.ok(first.every((count) => Math.abs(count - 2000) < 200), String(first));
});

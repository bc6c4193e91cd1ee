/**
 * Signs that the text font lacks, drawn as lines. A stroke is a list of points, in thousandths of the letter size: x to the
 * right of the sign's left edge, y upwards from the base line.
 */
export interface Sign {
  /** Advance. */
  readonly width: number;
  readonly strokes: readonly (readonly (readonly [x: number, y: number])[])[];
}

type Stroke = Sign["strokes"][number];

const SHAFT: Stroke = [
  [80, 330],
  [820, 330],
];
const UPRIGHT: Stroke = [
  [300, 0],
  [300, 660],
];
const RIGHT: Stroke = [
  [600, 530],
  [820, 330],
  [600, 130],
];
const LEFT: Stroke = [
  [300, 530],
  [80, 330],
  [300, 130],
];
const CHECK: Sign = {
  width: 720,
  strokes: [
    [
      [90, 330],
      [270, 90],
      [620, 640],
    ],
  ],
};
const CROSS: Sign = {
  width: 680,
  strokes: [
    [
      [110, 90],
      [570, 610],
    ],
    [
      [110, 610],
      [570, 90],
    ],
  ],
};

export const SIGNS: ReadonlyMap<string, Sign> = new Map([
  ["→", { width: 900, strokes: [SHAFT, RIGHT] }],
  ["←", { width: 900, strokes: [SHAFT, LEFT] }],
  ["↔", { width: 900, strokes: [SHAFT, LEFT, RIGHT] }],
  ["↑", { width: 600, strokes: [UPRIGHT, [[100, 440], [300, 660], [500, 440]]] }], // biome-ignore format: one sign, one line
  ["↓", { width: 600, strokes: [UPRIGHT, [[100, 220], [300, 0], [500, 220]]] }], // biome-ignore format: one sign, one line
  ["▶", { width: 600, strokes: [[[100, 60], [500, 330], [100, 600], [100, 60]]] }], // biome-ignore format: one sign, one line
  ["◀", { width: 600, strokes: [[[500, 60], [100, 330], [500, 600], [500, 60]]] }], // biome-ignore format: one sign, one line
  ["✓", CHECK],
  ["✔", CHECK],
  ["✗", CROSS],
  ["✘", CROSS],
]);

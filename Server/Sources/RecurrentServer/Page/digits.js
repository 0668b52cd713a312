// Digits as a pen writes them: strokes of points from 0 to 1, each time a little different.

const arc = (x, y, width, height, from, to) => {
  const count = Math.max(2, Math.ceil(Math.abs(to - from) / 10));
  return Array.from({ length: count + 1 }, (_, place) => {
    const angle = ((from + ((to - from) * place) / count) * Math.PI) / 180;
    return [x + width * Math.cos(angle), y + height * Math.sin(angle)];
  });
};

// Angles are in degrees, clockwise from the right.
const shapes = [
  [arc(0.5, 0.5, 0.2, 0.32, -90, 270)],
  [[[0.42, 0.26], [0.53, 0.17], [0.53, 0.84]]],
  [[...arc(0.5, 0.35, 0.19, 0.18, 195, 395), [0.31, 0.82], [0.71, 0.82]]],
  [[...arc(0.48, 0.33, 0.18, 0.16, 205, 450), ...arc(0.48, 0.66, 0.21, 0.17, 270, 510)]],
  [[[0.53, 0.17], [0.29, 0.58], [0.74, 0.58]], [[0.63, 0.36], [0.6, 0.85]]],
  [[[0.68, 0.18], [0.38, 0.18], [0.35, 0.46], ...arc(0.48, 0.63, 0.2, 0.19, 235, 500)]],
  [[[0.6, 0.16], [0.47, 0.3], [0.37, 0.47], ...arc(0.5, 0.66, 0.17, 0.17, 190, 550)]],
  [[[0.3, 0.18], [0.71, 0.18], [0.56, 0.48], [0.46, 0.84]]],
  [[...arc(0.5, 0.33, 0.15, 0.16, 90, 450), ...arc(0.5, 0.67, 0.18, 0.18, 270, 630)]],
  [[...arc(0.5, 0.34, 0.17, 0.17, 10, 370), [0.65, 0.6], [0.57, 0.85]]],
];

const between = (low, high) => low + (high - low) * Math.random();

// Points close enough together that a line through them can be bent.
const dense = (stroke) =>
  stroke.flatMap((point, place) => {
    if (place === 0) return [point];
    const [x, y] = stroke[place - 1];
    const count = Math.max(1, Math.ceil(Math.hypot(point[0] - x, point[1] - y) / 0.03));
    return Array.from({ length: count }, (_, part) => {
      const share = (part + 1) / count;
      return [x + (point[0] - x) * share, y + (point[1] - y) * share];
    });
  });

export const writtenDigit = (digit) => {
  const slant = between(-0.18, 0.1);
  const [width, height] = [between(0.9, 1.1), between(0.92, 1.05)];
  const [phaseX, phaseY] = [between(0, 6.3), between(0, 6.3)];
  return shapes[digit].map((stroke) =>
    dense(stroke).map(([x, y]) => [
      0.5 + (x - 0.5) * width + (0.5 - y) * -slant + 0.012 * Math.sin(9 * y + phaseX),
      0.5 + (y - 0.5) * height + 0.012 * Math.sin(9 * x + phaseY),
    ]));
};

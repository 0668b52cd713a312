// The signals of a layer: what each means, and its units as a picture of the row that was read.

import { colors, drawGrid, drawLine, element, fillKeys, find, number, prepared, shade } from "./elements.js";

const meanings = {
  "input": "How much of the candidate is let in.",
  "forget": "How much of the memory is kept: 1 keeps all of it, 0 wipes it.",
  "candidate": "What the row would write into the memory, if it is let in.",
  "output": "How much of the memory is shown outside.",
  "cell state": "The memory: kept from row to row, changed by the gates alone.",
  "hidden state": "What is shown: the answer is made of it, and the next row is read with it.",
  "reset": "How much of what it knows the candidate may look at.",
  "update": "How much of what it knows is kept; the rest is replaced by the candidate.",
  "memory pace": "How fast the memory follows its candidate.",
  "hidden pace": "How fast the hidden state follows its candidate.",
  "memory candidate": "What would be written into the memory.",
  "hidden candidate": "What would be written into the hidden state.",
  "memory": "What is kept from row to row.",
  "normaliser": "How much was let in altogether; the memory is divided by it.",
};
const plain = (name) => name.toLowerCase().replace(/ gate$/, "");
const meaning = (name, names) => {
  // Without a reset gate an update gate lets the candidate in rather than keeps the old.
  if (plain(name) === "update" && !names.includes("reset")) return "How much of what it knows the candidate replaces.";
  if (plain(name) === "hidden state" && !names.includes("output")) return "What it knows: the answer is made of it, and the next row is read with it.";
  return meanings[plain(name)] ?? "";
};

// As near to twice as wide as high as the number of units allows.
const grid = (units) => {
  for (let rows = Math.max(1, Math.floor(Math.sqrt(units / 2))); rows > 1; rows--) {
    if (units % rows === 0 && units / rows <= 6 * rows) return [units / rows, rows];
  }
  const columns = Math.min(units, Math.max(1, Math.ceil(Math.sqrt(2 * units))));
  return [columns, Math.ceil(units / columns)];
};

export const makeSignals = ({ onUnit }) => {
  let layer = null;
  let maps = [];
  let unit = 0;
  let step = 0;

  // Shares are told from 0 to 1, everything else evenly about zero.
  const range = (signal) => {
    const all = signal.values.flat();
    const [low, high] = all.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [0, 0]);
    if (low >= 0 && high <= 1 && !signal.name.includes("state")) return [0, 1];
    const reach = Math.ceil(10 * Math.max(1, -low, high)) / 10;
    return [-reach, reach];
  };

  const show = (chosen) => {
    const isSame = layer && layer.name === chosen.name && layer.signals.length === chosen.signals.length;
    // What is shown outside comes of all the others, and last.
    const isShown = (signal) => signal.name === "hidden state";
    layer = { ...chosen, signals: [...chosen.signals].sort((one, other) => isShown(one) - isShown(other)) };
    const names = layer.signals.map((signal) => plain(signal.name));
    const units = layer.signals[0]?.values[0]?.length ?? 0;
    if (!isSame) {
      maps = layer.signals.map((signal) => {
        const span = element("span");
        const canvas = element("canvas", { role: "img" });
        const figure = element("figure", {}, element("figcaption", {}, element("b", {}, signal.name), span), canvas,
          element("p", {}, meaning(signal.name, names)));
        canvas.addEventListener("click", (event) => {
          const [columns, rows] = grid(units);
          const box = canvas.getBoundingClientRect();
          const column = Math.floor(((event.clientX - box.left) / box.width) * columns);
          const row = Math.floor(((event.clientY - box.top) / box.height) * rows);
          if (row * columns + column < units) onUnit(Math.max(0, row * columns + column));
        });
        return { canvas, span, figure };
      });
      find("#maps").replaceChildren(...maps.map(({ figure }) => figure));
      find("#unit").max = Math.max(1, units);
      fillKeys(find("#belt-names"), layer.signals.map((signal) => signal.name));
      unit = liveliest(units);
      find("#unit").value = unit + 1;
    }
    layer.signals.forEach((signal, place) => {
      [maps[place].low, maps[place].high] = range(signal);
      const { low, high, canvas, span } = maps[place];
      span.textContent = `${number(low, low < 0 ? 1 : 0)} to ${number(high, low < 0 ? 1 : 0)}`;
      canvas.setAttribute("aria-label", `${signal.name}: the ${units} units at the chosen row, shaded from ${span.textContent}`);
    });
  };

  // The unit whose last signal moves most is the one to begin with.
  const liveliest = (units) => {
    const values = layer.signals.at(-1)?.values ?? [];
    const span = (one) => Math.max(...values.map((row) => row[one])) - Math.min(...values.map((row) => row[one]));
    return Array.from({ length: units }, (_, one) => one).reduce((best, one) => (span(one) > span(best) ? one : best), 0);
  };

  const drawMaps = () => {
    const units = layer.signals[0]?.values[0]?.length ?? 0;
    const [columns, rows] = grid(units);
    layer.signals.forEach((signal, place) => {
      const { canvas, low, high } = maps[place];
      const height = Math.round((canvas.clientWidth * rows) / columns);
      const [drawing, width] = prepared(canvas, height);
      const values = signal.values[step];
      drawGrid(drawing, width, height, columns, rows, (row, column) => {
        const one = row * columns + column;
        return shade(one < units ? values[one] : low < 0 ? 0 : low, low, high);
      });
      const size = width / columns;
      drawing.strokeStyle = colors().strong;
      drawing.lineWidth = 2;
      drawing.strokeRect((unit % columns) * size + 1, Math.floor(unit / columns) * (height / rows) + 1, Math.max(2, size - 2), Math.max(2, height / rows - 2));
    });
  };

  const value = (name, row) => {
    const signal = layer.signals.find((one) => plain(one.name) === name);
    return signal && row >= 0 ? signal.values[row][unit] : 0;
  };

  const equation = () => {
    const names = layer.signals.map((signal) => plain(signal.name));
    const isLSTM = names.join() === "input,forget,candidate,output,cell state,hidden state";
    if (!isLSTM) {
      return layer.signals.map((signal) => `${signal.name} ${number(signal.values[step][unit])}`).join(", ");
    }
    const [input, forget, candidate] = ["input", "forget", "candidate"].map((name) => number(value(name, step)));
    return `memory ${number(value("cell state", step))} = kept ${forget} \u00d7 ${number(value("cell state", step - 1))} before`
      + ` + let in ${input} \u00d7 ${candidate} new; shown: ${number(value("hidden state", step))}`;
  };

  const drawBelt = () => {
    const height = 180;
    const [drawing, width] = prepared(find("#belt"), height);
    const steps = layer.signals[0].values.length;
    const all = layer.signals.flatMap((signal) => signal.values.map((row) => row[unit]));
    const [low, high] = [Math.min(-1, ...all), Math.max(1, ...all)];
    const x = (row) => ((row + 0.5) * width) / steps;
    const y = (one) => 6 + (height - 12) * (1 - (one - low) / (high - low));
    for (const line of [-1, 0, 1]) drawLine(drawing, [[0, y(line)], [width, y(line)]], colors().grid, line === 0 ? 2 : 1);
    drawLine(drawing, [[x(step), 0], [x(step), height]], colors().strong, 1.5);
    layer.signals.forEach((signal, place) => {
      const isState = signal.name.includes("state");
      drawLine(drawing, signal.values.map((row, at) => [x(at), y(row[unit])]), colors().series[place % 7], isState ? 3 : 1.5);
    });
    find("#unit-number").textContent = `${unit + 1} of ${layer.signals[0].values[0].length}`;
    find("#equation").textContent = equation();
  };

  const draw = (at) => {
    if (!layer || !layer.signals.length) return;
    step = at;
    drawMaps();
    drawBelt();
  };
  return { show, draw, choose: (one) => { unit = one; find("#unit").value = one + 1; } };
};

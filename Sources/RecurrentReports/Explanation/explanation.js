"use strict";
// Draws the page of one explained example from the numbers that stand in it, and lets them be followed.
(() => {
  const page = JSON.parse(document.getElementById("numbers").textContent);
  const find = (selector) => document.querySelector(selector);
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  // Numbers stand in the page as the bytes of 32-bit floats, little-endian, in base64.
  const floats = (text) => {
    const characters = atob(text);
    const view = new DataView(new ArrayBuffer(characters.length));
    for (let place = 0; place < characters.length; place++) {
      view.setUint8(place, characters.charCodeAt(place));
    }
    return Float32Array.from({ length: characters.length / 4 }, (_, place) => view.getFloat32(4 * place, true));
  };

  const steps = page.steps;
  const answers = floats(page.answers.values);
  const outputs = page.answers.names.length;
  const inputs = page.input.values ? floats(page.input.values) : null;
  const attributions = page.attributions.map((one) => ({
    ...one,
    values: one.values ? floats(one.values) : null,
    bySteps: one.bySteps ? floats(one.bySteps) : null,
  }));
  const layers = page.layers.map((layer) => ({
    ...layer,
    signals: layer.signals.map((signal) => ({ ...signal, values: floats(signal.values) })),
    sums: layer.sums.map((sum) => ({
      ...sum, fromInput: floats(sum.fromInput), fromState: floats(sum.fromState), bias: floats(sum.bias),
    })),
  }));

  const state = { step: steps - 1, layer: 0, unit: 0, attribution: -1, order: [] };

  // MARK: Texts

  const minus = (text) => text.replace("-", "\u2212");
  const number = (value) => minus(value.toFixed(4));
  const factor = (value) => (value < 0 ? `(${number(value)})` : number(value));
  const percent = (share) => {
    if (share > 0.9999 && share < 1) return ">99.99%";
    if (share > 0 && share < 0.0001) return "<0.01%";
    return `${(100 * share).toFixed(share > 0.99 || share < 0.01 ? 2 : 0)}%`;
  };
  const element = (name, attributes = {}, text = "") => {
    const result = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) result.setAttribute(key, value);
    result.textContent = text;
    return result;
  };

  // MARK: Colours

  const palette = () =>
    dark.matches
      ? { ink: [232, 235, 238], paper: [29, 33, 38], plus: [242, 153, 74], minus: [86, 180, 233], full: [156, 214, 250],
          line: "#9ba6b1", grid: "#2a3037", strong: "#e8ebee",
          series: ["#56b4e9", "#f2994a", "#2cc295", "#e29ac0", "#f0e442", "#9bd3f5", "#cfd6dc"] }
      : { ink: [27, 31, 36], paper: [243, 245, 247], plus: [208, 88, 0], minus: [0, 114, 178], full: [0, 74, 120],
          line: "#566270", grid: "#e3e7eb", strong: "#1b1f24",
          series: ["#0072b2", "#d05800", "#00805d", "#a9467f", "#996800", "#2b83b3", "#3c4650"] };
  let colors = palette();
  const mix = (from, to, share) => from.map((value, place) => Math.round(value + (to[place] - value) * share));
  const shade = (value, low, high) => {
    if (low < 0) {
      const share = Math.max(-1, Math.min(1, value / Math.max(-low, high)));
      return share < 0 ? mix(colors.paper, colors.minus, -share) : mix(colors.paper, colors.plus, share);
    }
    return mix(colors.paper, colors.full, Math.max(0, Math.min(1, (value - low) / (high - low))));
  };

  // MARK: Canvases

  const prepared = (canvas, height) => {
    const width = canvas.clientWidth;
    const scale = window.devicePixelRatio || 1;
    canvas.style.height = `${height}px`;
    canvas.width = Math.max(1, Math.round(width * scale));
    canvas.height = Math.max(1, Math.round(height * scale));
    const drawing = canvas.getContext("2d");
    drawing.setTransform(scale, 0, 0, scale, 0, 0);
    return [drawing, width];
  };

  // A grid of colours, drawn cell by cell in memory and then enlarged without smoothing.
  const drawGrid = (drawing, width, height, columns, rows, colorAt) => {
    const cells = document.createElement("canvas");
    cells.width = columns;
    cells.height = rows;
    const context = cells.getContext("2d");
    const image = context.createImageData(columns, rows);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const [red, green, blue] = colorAt(row, column);
        image.data.set([red, green, blue, 255], 4 * (row * columns + column));
      }
    }
    context.putImageData(image, 0, 0);
    drawing.imageSmoothingEnabled = false;
    drawing.drawImage(cells, 0, 0, width, height);
  };

  const drawLine = (drawing, points, color, thickness) => {
    drawing.strokeStyle = color;
    drawing.lineWidth = thickness;
    drawing.lineJoin = "round";
    drawing.beginPath();
    points.forEach(([x, y], place) => (place === 0 ? drawing.moveTo(x, y) : drawing.lineTo(x, y)));
    drawing.stroke();
  };

  const drawCursor = (drawing, width, height, columns) => {
    const size = width / columns;
    drawing.strokeStyle = colors.strong;
    drawing.lineWidth = 1.5;
    drawing.strokeRect(state.step * size + 0.75, 0.75, Math.max(size - 1.5, 1), height - 1.5);
  };

  // MARK: The input

  const bounds = (values) => values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
  const readAt = () => {
    const all = page.input.positions;
    const features = page.input.features;
    return all ? all.slice(state.step * features, (state.step + 1) * features)
      : Array.from({ length: features }, (_, feature) => state.step * features + feature);
  };
  // The first step at which each number of the input is read.
  const firstRead = (() => {
    if (page.input.kind !== "image") return null;
    const result = new Array(page.input.rows * page.input.columns).fill(Infinity);
    const features = page.input.features;
    for (let step = steps - 1; step >= 0; step--) {
      for (let feature = 0; feature < features; feature++) {
        const place = step * features + feature;
        result[page.input.positions ? page.input.positions[place] : place] = step;
      }
    }
    return result;
  })();

  const drawImage = () => {
    const canvas = find("#input");
    const { rows, columns } = page.input;
    const side = Math.min(canvas.parentElement.clientWidth, 360);
    canvas.style.width = `${side}px`;
    const height = (side * rows) / columns;
    const [drawing] = prepared(canvas, height);
    const chosen = attributions[state.attribution];
    const shown = chosen && chosen.values ? chosen.values : inputs;
    const [low, high] = bounds(shown);
    const [inputLow, inputHigh] = bounds(inputs);
    const now = new Set(readAt());
    const reach = Math.max(-low, high);
    drawGrid(drawing, side, height, columns, rows, (row, column) => {
      const place = row * columns + column;
      if (chosen && chosen.values) {
        // What was read shows through.
        const ink = (inputs[place] - inputLow) / (inputHigh - inputLow || 1);
        return mix(shade(shown[place], -reach, reach), colors.ink, 0.35 * ink);
      }
      const color = mix(colors.paper, colors.ink, (shown[place] - low) / (high - low || 1));
      return firstRead[place] > state.step ? mix(colors.paper, color, 0.25) : now.has(place) ? mix(color, colors.plus, 0.3) : color;
    });
  };

  const drawSeries = () => {
    const canvas = find("#input");
    const names = page.input.names;
    const height = 220;
    const [drawing, width] = prepared(canvas, height);
    const [low, high] = bounds(inputs);
    const x = (step) => ((step + 0.5) * width) / steps;
    const y = (value) => 8 + (height - 16) * (1 - (value - low) / (high - low || 1));
    const chosen = attributions[state.attribution];
    if (chosen) {
      const by = chosen.bySteps;
      const reach = Math.max(...by.map(Math.abs)) || 1;
      for (let step = 0; step < steps; step++) {
        drawing.fillStyle = `rgb(${shade(by[step], -reach, reach).join(",")})`;
        drawing.fillRect((step * width) / steps, 0, width / steps + 0.5, height);
      }
    }
    names.forEach((_, feature) => {
      const points = Array.from({ length: steps }, (_, step) => [x(step), y(inputs[step * names.length + feature])]);
      drawLine(drawing, points, colors.series[feature % colors.series.length], names.length > 8 ? 1 : 1.75);
    });
    drawCursor(drawing, width, height, steps);
  };

  const drawTokens = () => {
    const list = find("#input");
    const chosen = attributions[state.attribution];
    const reach = chosen ? Math.max(...chosen.bySteps.map(Math.abs)) || 1 : 1;
    [...list.children].forEach((item, step) => {
      item.classList.toggle("now", step === state.step);
      item.classList.toggle("later", step > state.step && !chosen);
      item.style.backgroundColor = chosen ? `rgb(${shade(chosen.bySteps[step], -reach, reach).join(",")})` : "";
    });
  };

  const drawInput = { image: drawImage, series: drawSeries, text: drawTokens }[page.input.kind];

  // MARK: The answers

  const answer = (step, output) => answers[step * outputs + output];
  const ranked = (step) =>
    Array.from({ length: outputs }, (_, output) => output)
      .sort((first, second) => answer(step, second) - answer(step, first) || first - second);
  const named = (output) => page.answers.names[output];
  const sentence = () => {
    const place = `${page.stepNoun} ${state.step + 1}`;
    if (page.answers.kind === "numbers") {
      return `After ${place} it answers ${page.answers.names.map((name, output) => `${name} ${number(answer(state.step, output))}`).join(", ")}.`;
    }
    const [best] = ranked(state.step);
    return `After ${place} it is ${percent(answer(state.step, best))} sure of \u201c${named(best)}\u201d.`;
  };

  const drawAnswers = () => {
    find("#sentence").textContent = sentence();
    const list = find("#bars");
    list.replaceChildren();
    const isNumbers = page.answers.kind === "numbers";
    const shown = isNumbers || outputs <= 12
      ? Array.from({ length: outputs }, (_, output) => output) : ranked(state.step).slice(0, 8);
    for (const output of shown) {
      const value = answer(state.step, output);
      const item = element("li", output === page.answers.truth ? { class: "truth" } : {});
      item.append(element("span", { class: "name" }, named(output)));
      const bar = element("span", { class: "bar" });
      const fill = element("span");
      fill.style.width = isNumbers ? "0" : `${100 * value}%`;
      bar.append(fill);
      item.append(bar, element("span", { class: "value" }, isNumbers ? number(value) : percent(value)));
      list.append(item);
    }
    drawCurves();
  };

  // The outputs whose curves have a colour: those that were ever likely, the likeliest first.
  const colored = (() => {
    const greatest = Array.from({ length: outputs }, (_, output) =>
      Math.max(...Array.from({ length: steps }, (_, step) => answer(step, output))));
    return Array.from({ length: outputs }, (_, output) => output)
      .filter((output) => page.answers.kind === "numbers" || greatest[output] > 0.1)
      .sort((first, second) => greatest[second] - greatest[first])
      .slice(0, 7);
  })();

  const drawCurves = () => {
    const height = 200;
    const [drawing, width] = prepared(find("#curves"), height);
    const [low, high] = page.answers.kind === "numbers" ? bounds(answers) : [0, 1];
    const x = (step) => ((step + 0.5) * width) / steps;
    const y = (value) => 8 + (height - 16) * (1 - (value - low) / (high - low || 1));
    for (const share of [0, 0.5, 1]) {
      drawLine(drawing, [[0, y(low + share * (high - low))], [width, y(low + share * (high - low))]], colors.grid, 1);
    }
    const curve = (output) => Array.from({ length: steps }, (_, step) => [x(step), y(answer(step, output))]);
    for (let output = 0; output < outputs; output++) {
      if (!colored.includes(output)) drawLine(drawing, curve(output), colors.grid, 1);
    }
    colored.forEach((output, place) => drawLine(drawing, curve(output), colors.series[place], 2));
    drawCursor(drawing, width, height, steps);
    const legend = find("#curve-names");
    if (!legend.children.length) {
      colored.forEach((output, place) => {
        const item = element("li");
        item.append(element("span", { class: `key k${place}`, "aria-hidden": "true" }), document.createTextNode(named(output)));
        legend.append(item);
      });
    }
  };

  // MARK: Gates and states

  const layer = () => layers[state.layer];
  const at = (signal, step, unit) => signal.values[step * signal.units + unit];
  const isReversed = () => layer().isReversed;

  const orders = {
    number: (one) => Array.from({ length: one.units }, (_, unit) => unit),
    signal: (one, signal) => {
      const means = Array.from({ length: one.units }, (_, unit) => {
        let sum = 0;
        for (let step = 0; step < steps; step++) sum += at(signal, step, unit);
        return sum;
      });
      return means.map((_, unit) => unit).sort((first, second) => means[second] - means[first] || first - second);
    },
  };
  const reorder = () => {
    const choice = find("#order").value;
    const signal = layer().signals.find((one) => one.name === choice);
    state.order = signal ? orders.signal(layer(), signal) : orders.number(layer());
  };

  const buildMaps = () => {
    const list = find("#maps");
    list.replaceChildren();
    for (const signal of layer().signals) {
      const figure = element("figure");
      const range = signal.low < 0 ? `${minus(String(signal.low))} to ${signal.high}` : `${signal.low} to ${signal.high}`;
      const caption = element("figcaption");
      caption.append(element("b", {}, signal.name), element("span", { class: "note" }, ` ${range}`));
      const canvas = element("canvas", {
        role: "img",
        "aria-label": `${signal.name}: ${signal.units} units from top to bottom, ${steps} steps from left to right, shaded from ${range}`,
      });
      figure.append(caption, canvas);
      list.append(figure);
      canvas.addEventListener("pointerdown", (event) => {
        pick(event, canvas, signal);
        canvas.setPointerCapture(event.pointerId);
      });
      canvas.addEventListener("pointermove", (event) => {
        if (event.buttons) pick(event, canvas, signal);
      });
      signal.canvas = canvas;
    }
    const order = find("#order");
    order.replaceChildren(element("option", { value: "" }, "their number"));
    for (const signal of layer().signals) {
      order.append(element("option", { value: signal.name }, `mean ${signal.name}, largest first`));
    }
    find("#unit").max = layer().units;
    state.unit = Math.min(state.unit, layer().units - 1);
    reorder();
    drawMaps();
  };

  const pick = (event, canvas, signal) => {
    const box = canvas.getBoundingClientRect();
    const place = (share, count) => Math.max(0, Math.min(count - 1, Math.floor(share * count)));
    const row = place((event.clientY - box.top) / box.height, signal.units);
    const unit = signal.units === layer().units ? state.order[row] : row;
    show(place((event.clientX - box.left) / box.width, steps), Math.min(unit, layer().units - 1));
  };

  // What has not changed since a map was drawn is kept beside it.
  const drawMaps = () => {
    for (const signal of layer().signals) {
      const height = Math.max(96, Math.min(signal.units * 1.5, 224));
      const [drawing, width] = prepared(signal.canvas, height);
      const isOrdered = signal.units === layer().units;
      drawGrid(drawing, width, height, steps, signal.units, (row, step) =>
        shade(at(signal, step, isOrdered ? state.order[row] : row), signal.low, signal.high));
      drawCursor(drawing, width, height, steps);
      if (!isOrdered) continue;
      const size = height / signal.units;
      const top = state.order.indexOf(state.unit) * size;
      drawing.strokeStyle = colors.strong;
      drawing.lineWidth = 1;
      drawing.strokeRect(0.5, top - 1, width - 1, size + 2);
    }
  };

  // MARK: One unit

  const previous = () => (isReversed() ? state.step + 1 : state.step - 1);
  const value = (name, step) => {
    const signal = layer().signals.find((one) => one.name === name);
    return step >= 0 && step < steps ? at(signal, step, state.unit) : layer().initial[name] ? layer().initial[name][state.unit] : 0;
  };
  const functions = {
    "": [(one) => one, (text) => text, factor],
    complement: [(one) => 1 - one, (text) => `(1 \u2212 ${text})`, (one) => `(1 \u2212 ${number(one)})`],
    tanh: [Math.tanh, (text) => `tanh(${text})`, (one) => `tanh(${number(one)})`],
  };
  const subscript = (one) => `${one.symbol}${one.isBefore ? "\u2032" : ""}`;

  const drawUnit = () => {
    find("#unit").value = state.unit + 1;
    find("#unit-number").textContent = `${state.unit + 1} of ${layer().units}`;
    const height = 200;
    const [drawing, width] = prepared(find("#belt"), height);
    const shown = layer().signals.filter((signal) => signal.units === layer().units);
    const low = Math.min(-1, ...shown.map((signal) => Math.min(...Array.from({ length: steps }, (_, step) => at(signal, step, state.unit)))));
    const high = Math.max(1, ...shown.map((signal) => Math.max(...Array.from({ length: steps }, (_, step) => at(signal, step, state.unit)))));
    const x = (step) => ((step + 0.5) * width) / steps;
    const y = (one) => 8 + (height - 16) * (1 - (one - low) / (high - low));
    drawLine(drawing, [[0, y(0)], [width, y(0)]], colors.grid, 1);
    const legend = find("#belt-names");
    legend.replaceChildren();
    shown.forEach((signal, place) => {
      const isState = place >= shown.length - layer().stateCount;
      const points = Array.from({ length: steps }, (_, step) => [x(step), y(at(signal, step, state.unit))]);
      drawLine(drawing, points, colors.series[place % 7], isState ? 3 : 1.5);
      const item = element("li");
      item.append(
        element("span", { class: `key k${place % 7}`, "aria-hidden": "true" }),
        document.createTextNode(`${signal.name} ${number(at(signal, state.step, state.unit))}`));
      legend.append(item);
    });
    drawCursor(drawing, width, height, steps);
    const lines = find("#arithmetic");
    lines.replaceChildren();
    for (const sum of layer().sums) {
      const place = state.step * sum.bias.length + state.unit;
      const parts = [sum.fromInput[place], sum.fromState[place], sum.bias[state.unit]];
      const total = parts.reduce((one, other) => one + other, 0);
      const item = element("li");
      item.append(
        element("span", { class: "name" }, sum.gate),
        element("code", {}, `${sum.symbol} = ${sum.function}(W\u00b7x + U\u00b7h\u2032 + b)`),
        element("code", {}, `= ${sum.function}(${number(parts[0])} + ${factor(parts[1])} + ${factor(parts[2])}) = ${sum.function}(${number(total)})`),
        element("code", { class: "sum" }, `= ${number(sum.function === "tanh" ? Math.tanh(total) : 1 / (1 + Math.exp(-total)))}`));
      lines.append(item);
    }
    for (const equation of layer().equations) {
      const parts = equation.terms.map((term) => term.map((one) => {
        const [apply, formula, spelled] = functions[one.function];
        const used = value(one.signal, one.isBefore ? previous() : state.step);
        return { result: apply(used), formula: formula(subscript(one)), spelled: spelled(used) };
      }));
      const joined = (key) => parts.map((term) => term.map((one) => one[key]).join(" \u00b7 ")).join(" + ");
      const sum = parts.reduce((total, term) => total + term.reduce((product, one) => product * one.result, 1), 0);
      const item = element("li");
      item.append(
        element("span", { class: "name" }, equation.result),
        element("code", {}, `${equation.symbol} = ${joined("formula")}`),
        element("code", {}, `= ${joined("spelled")}`),
        element("code", { class: "sum" }, `= ${number(sum)}`));
      lines.append(item);
    }
    find("#arithmetic-place").textContent =
      `Unit ${state.unit + 1} at ${page.stepNoun} ${state.step + 1}` +
      (layer().equations.length || layer().sums.length ? "; a prime (\u2032) marks what was held before" : "");
  };

  // MARK: Following

  let isWaiting = false;
  const draw = () => {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(() => {
      isWaiting = false;
      find("#step").value = state.step + 1;
      find("#step-number").textContent = `${state.step + 1} of ${steps}`;
      drawInput();
      drawAnswers();
      if (layers.length) {
        drawMaps();
        drawUnit();
      }
    });
  };
  const show = (step, unit = state.unit) => {
    state.step = step;
    state.unit = unit;
    draw();
  };

  let timer = 0;
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    find("#play").textContent = "Play";
  };
  find("#play").addEventListener("click", () => {
    if (timer) return stop();
    find("#play").textContent = "Pause";
    if (state.step === steps - 1) show(0);
    timer = setInterval(() => {
      if (state.step + 1 < steps) show(state.step + 1);
      else stop();
    }, Math.max(40, Math.min(400, 8000 / steps)));
  });
  find("#step").addEventListener("input", (event) => {
    stop();
    show(Number(event.target.value) - 1);
  });
  for (const choice of document.querySelectorAll("input[name=attribution]")) {
    choice.addEventListener("change", () => {
      state.attribution = Number(choice.value);
      find("#attribution-note").textContent = state.attribution < 0 ? page.input.note : attributions[state.attribution].note;
      draw();
    });
  }
  if (page.input.kind === "text") {
    [...find("#input").children].forEach((item, step) => item.addEventListener("click", () => show(step)));
  } else if (page.input.kind === "series") {
    find("#input").addEventListener("pointerdown", (event) => {
      const box = event.target.getBoundingClientRect();
      show(Math.max(0, Math.min(steps - 1, Math.floor(((event.clientX - box.left) / box.width) * steps))));
    });
  }
  if (layers.length) {
    find("#unit").addEventListener("input", (event) => show(state.step, Number(event.target.value) - 1));
    find("#order").addEventListener("change", () => {
      reorder();
      draw();
    });
    const choice = find("#layer");
    if (choice) {
      choice.addEventListener("change", () => {
        state.layer = Number(choice.value);
        buildMaps();
        draw();
      });
    }
    buildMaps();
    // The unit that moved most is the one to begin with.
    const states = layer().signals[layer().signals.length - 1];
    const span = (unit) => {
      const [low, high] = bounds(Array.from({ length: steps }, (_, step) => at(states, step, unit)));
      return high - low;
    };
    state.unit = Array.from({ length: layer().units }, (_, unit) => unit)
      .reduce((best, unit) => (span(unit) > span(best) ? unit : best), 0);
  }
  dark.addEventListener("change", () => {
    colors = palette();
    draw();
  });
  new ResizeObserver(draw).observe(find("main"));
  document.documentElement.classList.add("drawn");
  draw();
})();

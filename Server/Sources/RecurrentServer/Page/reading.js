// A drawn image goes in row by row: what is seen, the answer after each row, and what goes on inside.

import {
  colors, dark, drawGrid, drawLine, fillKeys, fillTable, find, likeliest, makeBars, mix, percent, prepared, stillness,
} from "./elements.js";
import { makePad } from "./pad.js";
import { post, tell } from "./server.js";
import { makeSignals } from "./signals.js";

// Milliseconds that a row is shown, and that lie between two requests while one draws.
const pause = 180;
const gap = 80;
const wait = (time) => new Promise((done) => setTimeout(done, time));

export const makeReading = () => {
  let model = null;
  let fillBars = () => {};
  let trace = null;
  let settled = 0;
  let step = 0;
  let timer = 0;

  // MARK: Asking, one request at a time

  let isAsking = false;
  let isWanted = false;
  let isFinal = false;
  // Counted up when what was asked about is gone.
  let generation = 0;

  const ask = async () => {
    if (isAsking) {
      isWanted = true;
      return;
    }
    isAsking = true;
    do {
      isWanted = false;
      const [wasFinal, asked, of] = [isFinal, generation, model];
      if (pad.isBlank() || !of) break;
      try {
        const picture = await pad.png();
        const answer = await (of.gates ? post(of, "trace", "image/png", picture) : post(of, "predict", "image/png", picture));
        if (asked === generation && !pad.isBlank()) {
          tell("");
          if (of.gates) receive(answer, wasFinal);
          else receiveAnswer(answer.outputs[0]);
        }
      } catch (problem) {
        if (asked === generation) tell(problem);
      }
      if (!isFinal || isWanted) await wait(gap);
    } while (isWanted);
    isAsking = false;
  };

  const pad = makePad({
    onStart: () => {
      stop();
      isFinal = false;
      if (pad.isBlank()) forget();
    },
    onChange: () => ask(),
    onEnd: () => {
      isFinal = true;
      ask();
    },
  });

  const forget = () => {
    stop();
    generation++;
    trace = null;
    tell("");
    find("#thinking").hidden = true;
    find("#before").hidden = !model.gates;
    find("#verdict").textContent = "?";
    find("#so-far").textContent = "";
    find("#final").textContent = "Nothing is drawn yet.";
    find("#sight-note").textContent = "Draw something: it is scaled and centred, and goes in row by row, from the top.";
    fillBars(null);
    drawSight();
  };

  // MARK: What was answered

  const name = (output) => model.outputs[output] ?? `${output}`;
  const rowAt = (at) => (trace ? Math.floor(((at + 0.5) * trace.inputs.length) / trace.steps) : 0);
  const noun = () => (trace.inputs.length === trace.steps ? "row" : "step");

  const receiveAnswer = (answer) => {
    find("#verdict").textContent = answer.class;
    find("#final").textContent = `It is ${percent(Math.max(...answer.probabilities))} sure of ${answer.class}.`;
    fillBars(answer.probabilities);
  };

  const receive = (answer, wasFinal) => {
    const isFirst = !trace;
    trace = answer;
    const last = likeliest(trace.answers[trace.steps - 1]);
    settled = trace.steps - 1;
    while (settled > 0 && likeliest(trace.answers[settled - 1]) === last) settled--;
    find("#thinking").hidden = false;
    find("#before").hidden = true;
    find("#step").max = trace.steps;
    const choice = find("#layer");
    if (isFirst) {
      choice.replaceChildren(...trace.layers.map((layer, place) => new Option(layer.name, place)));
      find("#layer-label").hidden = trace.layers.length < 2;
    }
    if (trace.layers.length) signals.show(trace.layers[Number(choice.value) || 0]);
    fillKeys(find("#curve-names"), coloured().map(name));
    if (find("#numbers").open) fillNumbers();
    const sure = percent(trace.answers[trace.steps - 1][last]);
    find("#final").textContent = `Having read all ${trace.steps} ${noun()}s it is ${sure} sure of ${name(last)}.`;
    find("#settled-note").textContent = settled === 0 ? `It answers ${name(last)} from the first ${noun()} on.`
      : `From ${noun()} ${settled + 1} on the answer stays ${name(last)}: there the dashed line is.`;
    find("#sight").setAttribute("aria-label", `The picture as the network sees it, ${trace.inputs.length} rows; it is taken for ${name(last)}`);
    find("#sight-note").textContent = `Scaled and centred, it goes in ${noun()} by ${noun()}. Framed is the one being read; pale is what is still to come.`;
    find("#maps-note").textContent = `${trace.layers.length ? `${trace.layers[Number(choice.value) || 0].name.replace("->", "\u2192")}: ` : ""}each square is one unit at the ${noun()} being read. Touch one to follow it below.`;
    const mark = find("#settled");
    mark.hidden = false;
    // The thumb's middle does not reach the ends of its track.
    mark.style.left = `calc(8px + ${settled / Math.max(1, trace.steps - 1)} * (100% - 16px))`;
    const starts = wasFinal && !stillness.matches;
    show(starts ? 0 : trace.steps - 1);
    if (starts) play();
  };

  // MARK: Following

  let isWaiting = false;
  const draw = () => {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(() => {
      isWaiting = false;
      drawSight();
      if (!trace) return;
      const probabilities = trace.answers[step];
      const best = likeliest(probabilities);
      find("#step").value = step + 1;
      find("#step-number").textContent = `${step + 1} of ${trace.steps}`;
      find("#verdict").textContent = name(best);
      find("#verdict").parentElement.classList.toggle("long", name(best).length > 3);
      find("#so-far").textContent = `${percent(probabilities[best])} sure after ${noun()} ${step + 1}`;
      find("#sentence").textContent = sentence(best, probabilities[best]);
      fillBars(probabilities);
      drawCurves();
      signals.draw(step);
    });
  };
  const sentence = (best, probability) => {
    const start = `After ${noun()} ${step + 1} it is ${percent(probability)} sure of \u201c${name(best)}\u201d`;
    if (step === settled) return `${start}; from here on the answer stays.`;
    return `${start}.`;
  };
  const show = (at) => {
    step = Math.max(0, Math.min(trace.steps - 1, at));
    draw();
  };

  const stop = () => {
    clearInterval(timer);
    timer = 0;
    find("#play").textContent = "Play";
    find("#sentence").setAttribute("aria-live", "polite");
  };
  const play = () => {
    stop();
    if (step === trace.steps - 1) show(0);
    find("#play").textContent = "Pause";
    // Read aloud, each row would be out of date before it is said.
    find("#sentence").setAttribute("aria-live", "off");
    timer = setInterval(() => {
      if (step + 1 < trace.steps) show(step + 1);
      else stop();
    }, Math.max(20, (pause * 28) / trace.steps));
  };
  find("#play").addEventListener("click", () => (timer ? stop() : play()));
  find("#step").addEventListener("input", (event) => {
    stop();
    show(Number(event.target.value) - 1);
  });
  document.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (!move || !trace || event.target !== document.body || find("#image-view").hidden) return;
    event.preventDefault();
    stop();
    show(step + move);
  });

  const signals = makeSignals({
    onUnit: (unit) => {
      signals.choose(unit);
      draw();
    },
  });
  find("#unit").addEventListener("input", (event) => {
    signals.choose(Number(event.target.value) - 1);
    draw();
  });
  find("#layer").addEventListener("change", (event) => {
    signals.show(trace.layers[Number(event.target.value)]);
    draw();
  });

  // MARK: Pictures

  const drawSight = () => {
    const canvas = find("#sight");
    const [drawing, width] = prepared(canvas, canvas.clientWidth);
    drawing.clearRect(0, 0, width, width);
    if (!trace) return;
    const { ink, paper, mark } = colors();
    const rows = trace.inputs.length;
    const columns = trace.inputs[0].length;
    const now = rowAt(step);
    drawGrid(drawing, width, width, columns, rows, (row, column) => {
      const full = mix(paper, ink, trace.inputs[row][column]);
      return row > now ? mix(paper, full, 0.22) : full;
    });
    const height = width / rows;
    drawing.strokeStyle = mark;
    drawing.lineWidth = 2.5;
    drawing.strokeRect(1.25, Math.max(1.25, now * height - 1), width - 2.5, Math.min(height + 2, width - now * height - 0.5));
    const y = rowAt(settled) * height;
    drawLine(drawing, [[0, y], [width, y]], mark, 1.5, [5, 5]);
  };

  // The outputs whose curves have a colour: those that were ever likely, the likeliest first.
  const coloured = () => {
    const greatest = model.outputs.map((_, output) => Math.max(...trace.answers.map((row) => row[output])));
    return model.outputs.map((_, output) => output)
      .filter((output) => greatest[output] > 0.1)
      .sort((first, second) => greatest[second] - greatest[first])
      .slice(0, 7);
  };

  const drawCurves = () => {
    const height = 180;
    const [drawing, width] = prepared(find("#curves"), height);
    const x = (at) => ((at + 0.5) * width) / trace.steps;
    const y = (share) => 6 + (height - 12) * (1 - share);
    for (const share of [0, 0.5, 1]) drawLine(drawing, [[0, y(share)], [width, y(share)]], colors().grid, 1);
    drawLine(drawing, [[x(settled), 0], [x(settled), height]], colors().mark, 1.5, [5, 5]);
    drawLine(drawing, [[x(step), 0], [x(step), height]], colors().strong, 1.5);
    const shown = coloured();
    const curve = (output) => trace.answers.map((row, at) => [x(at), y(row[output])]);
    model.outputs.forEach((_, output) => {
      if (!shown.includes(output)) drawLine(drawing, curve(output), colors().grid, 1);
    });
    shown.forEach((output, place) => drawLine(drawing, curve(output), colors().series[place], 2.5));
  };

  const fillNumbers = () => {
    const rows = trace.answers.map((row, at) => [`${at + 1}`, ...row.map(percent)]);
    fillTable(find("#table"), [[noun(), ...model.outputs], ...rows]);
  };
  find("#numbers").addEventListener("toggle", () => {
    if (find("#numbers").open && trace) fillNumbers();
  });

  dark.addEventListener("change", draw);
  new ResizeObserver(draw).observe(find("main"));

  return (chosen) => {
    model = chosen;
    fillBars = makeBars(find("#bars"), chosen.outputs);
    forget();
    isFinal = true;
    ask();
  };
};

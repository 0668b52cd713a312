// The paper one draws on: strokes by mouse, finger or pen, undone one by one, and sent as a PNG.

import { colors, dark, element, find, prepared, stillness } from "./elements.js";
import { writtenDigit } from "./digits.js";

const thickness = 0.075;
const side = 280;

export const makePad = ({ onStart, onChange, onEnd }) => {
  const canvas = find("#pad");
  let strokes = [];
  let pointer = null;
  let pen = 0;

  const trace = (drawing, size, color) => {
    drawing.strokeStyle = color;
    drawing.lineWidth = thickness * size;
    drawing.lineCap = "round";
    drawing.lineJoin = "round";
    for (const stroke of strokes) {
      drawing.beginPath();
      drawing.moveTo(stroke[0][0] * size, stroke[0][1] * size);
      // A line of no length is not drawn.
      if (stroke.length === 1) drawing.lineTo(stroke[0][0] * size + 0.01, stroke[0][1] * size);
      for (const [x, y] of stroke.slice(1)) drawing.lineTo(x * size, y * size);
      drawing.stroke();
    }
  };

  const draw = () => {
    const [drawing, width] = prepared(canvas, canvas.clientWidth);
    drawing.clearRect(0, 0, width, width);
    if (!strokes.length) {
      drawing.fillStyle = colors().muted;
      drawing.font = "15px system-ui, sans-serif";
      drawing.textAlign = "center";
      drawing.fillText("with mouse, finger or pen", width / 2, width / 2);
    }
    trace(drawing, width, colors().strong);
    find("#undo").disabled = find("#clear").disabled = strokes.length === 0;
  };

  // Dark on light whatever the page's colours.
  const png = () => {
    const paper = element("canvas");
    paper.width = paper.height = side;
    const drawing = paper.getContext("2d");
    drawing.fillStyle = "#fff";
    drawing.fillRect(0, 0, side, side);
    trace(drawing, side, "#000");
    return new Promise((done) => paper.toBlob(done, "image/png"));
  };

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    const inside = (value) => Math.max(0, Math.min(1, value));
    return [inside((event.clientX - box.left) / box.width), inside((event.clientY - box.top) / box.height)];
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (pointer !== null || event.button !== 0) return;
    stopWriting();
    pointer = event.pointerId;
    canvas.setPointerCapture(pointer);
    strokes.push([place(event)]);
    onStart();
    draw();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pointer) return;
    const events = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
    strokes.at(-1).push(...(events.length ? events : [event]).map(place));
    draw();
    onChange();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, (event) => {
      if (event.pointerId !== pointer) return;
      pointer = null;
      onEnd();
    });
  }

  const change = (result) => {
    stopWriting();
    strokes = result;
    onStart();
    draw();
    onEnd();
  };
  find("#undo").addEventListener("click", () => change(strokes.slice(0, -1)));
  find("#clear").addEventListener("click", () => change([]));

  const stopWriting = () => {
    cancelAnimationFrame(pen);
    pen = 0;
  };
  const write = (digit) => {
    const whole = writtenDigit(digit);
    if (stillness.matches) return change(whole);
    strokes = [];
    onStart();
    const count = whole.reduce((sum, stroke) => sum + stroke.length, 0);
    const start = performance.now();
    const advance = (now) => {
      let left = Math.max(1, Math.ceil((count * (now - start)) / 900));
      strokes = [];
      for (const stroke of whole) {
        if (left > 0) strokes.push(stroke.slice(0, left));
        left -= stroke.length;
      }
      draw();
      if (left >= 0) {
        pen = 0;
        return onEnd();
      }
      onChange();
      pen = requestAnimationFrame(advance);
    };
    pen = requestAnimationFrame(advance);
  };
  for (let digit = 0; digit < 10; digit++) {
    const button = element("button", { type: "button", "aria-label": `Draw a ${digit} for me` }, `${digit}`);
    button.addEventListener("click", () => write(digit));
    find(".digits").append(button);
  }
  document.addEventListener("keydown", (event) => {
    const isText = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== "range";
    if ((event.ctrlKey || event.metaKey) && event.key === "z" && !isText && strokes.length && canvas.checkVisibility()) {
      event.preventDefault();
      change(strokes.slice(0, -1));
    }
  });

  dark.addEventListener("change", draw);
  new ResizeObserver(draw).observe(canvas);
  return { png, clear: () => change([]), isBlank: () => strokes.length === 0 };
};

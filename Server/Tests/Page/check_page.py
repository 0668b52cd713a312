"""Uses a server's page in headless Chromium as people do: by mouse, finger, pen and keyboard.

Usage: check_page.py CHROMIUM SCREENSHOTS FILES ADDRESS [ADDRESS-WITH-TOKEN TOKEN]

FILES is the folder of wave.csv, a series to be gone on with, and room.csv, one whose rows are to be told.
The server has a run for each task. The page fails that says anything in the console, asks for anything but
its server, is refused anything, is wider than its window, breaks a rule of axe-core's for WCAG 2.1 A and AA,
or shows anything but what the server answered. Screenshots are left in the folder.
"""

import json
import math
import pathlib
import sys

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
FOCUSABLE = "a[href], button:enabled, input, select, textarea, summary, [tabindex='0']"
PATIENCE = 20_000


def arc(x, y, width, height, start, end):
    """Points of an ellipse's arc, its angles in degrees clockwise from the right."""
    count = max(2, abs(end - start) // 12)
    angles = [math.radians(start + (end - start) * place / count) for place in range(count + 1)]
    return [(x + width * math.cos(angle), y + height * math.sin(angle)) for angle in angles]


# Strokes of digits, in parts of the paper's sides.
DIGITS = {
    "0": [arc(0.5, 0.5, 0.19, 0.33, -80, 280)],
    "1": [[(0.4, 0.27), (0.52, 0.16), (0.5, 0.5), (0.5, 0.85)]],
    "3": [arc(0.47, 0.33, 0.18, 0.16, -150, 85) + arc(0.47, 0.66, 0.2, 0.17, -85, 150)],
    "4": [[(0.42, 0.17), (0.3, 0.55), (0.72, 0.55)], [(0.62, 0.2), (0.6, 0.55), (0.58, 0.86)]],
    "7": [[(0.29, 0.2), (0.5, 0.19), (0.71, 0.19), (0.57, 0.5), (0.45, 0.85)]],
}


class Visit:
    """A page that is open in a window, and what went wrong on it."""

    def __init__(self, browser, address, name, problems, width=1600, scheme="light", motion="no-preference"):
        self.name, self.problems, self.address = name, problems, address
        self.context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            reduced_motion=motion,
            has_touch=width == 400,
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        # A refusal that is called for is no problem.
        self.expects_refusal = False
        self.traces = []
        self.page.on("console", lambda message: self.expects_refusal or self.fail(f"console: {message.text}"))
        self.page.on("pageerror", lambda error: self.fail(f"error: {error}"))
        self.page.on("requestfailed", self.failed)
        self.page.on("request", self.asked)
        self.page.on("response", self.answered)
        answer = self.page.goto(address)
        policy = answer.headers.get("content-security-policy", "")
        if "default-src 'none'" not in policy or "unsafe" in policy:
            self.fail(f"its Content-Security-Policy is '{policy}'")

    def fail(self, message):
        self.problems.append(f"{self.name}: {message}")

    def check(self, holds, message):
        if not holds:
            self.fail(message)

    def failed(self, request):
        if request.failure != "net::ERR_ABORTED" or not request.url.endswith("/generate"):
            self.fail(f"failed request: {request.url} {request.failure}")

    def asked(self, request):
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.fail(f"asks for {request.url}")

    def answered(self, response):
        if response.status >= 400 and not self.expects_refusal:
            self.fail(f"{response.status} {response.url}")
        if response.url.endswith("/trace"):
            self.traces.append(response)

    def find(self, selector):
        return self.page.locator(selector)

    def text(self, selector):
        return self.find(selector).inner_text()

    def settle(self):
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def choose(self, model):
        self.find("#model").select_option(label=model["name"])

    def look(self, moment):
        """Judges what is shown at the moment, and leaves a screenshot of it."""
        width, window = self.page.evaluate("() => [document.documentElement.scrollWidth, window.innerWidth]")
        self.check(width <= window, f"{moment}: is {width} pixels wide in a window of {window}")
        for violation in Axe().run(self.page, options=RULES).response["violations"]:
            places = [" ".join(map(str, node["target"])) for node in violation["nodes"]]
            self.fail(f"{moment}: axe {violation['id']}: {violation['help']}: {places[:3]}")
        self.page.evaluate("() => window.scrollTo(0, 0)")
        self.page.screenshot(path=Visit.folder / f"{self.name}-{moment}.png", full_page=True)

    def check_tabs(self):
        """Every control can be reached by the Tab key."""
        visible = "[...document.querySelectorAll(all)].filter((one) => one.checkVisibility())"
        expected = self.page.evaluate(f"(all) => {visible}.length", FOCUSABLE)
        reached = set()
        for _ in range(expected + 8):
            self.page.keyboard.press("Tab")
            reached.add(self.page.evaluate(f"(all) => {visible}.indexOf(document.activeElement)", FOCUSABLE))
        self.check(len(reached - {-1}) == expected, f"the Tab key reaches {len(reached - {-1})} of {expected} controls")

    def last_trace(self):
        return json.loads(self.traces[-1].body())

    def close(self):
        self.context.close()


# MARK: Drawing


def pen_strokes(visit, strokes, kind):
    """Draws strokes on the paper by the events of a mouse, a finger or a pen."""
    pad = visit.find("#pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    session = visit.context.new_cdp_session(visit.page)

    def send(event, x, y):
        if kind == "touch":
            points = [] if event == "up" else [{"x": x, "y": y}]
            name = {"down": "touchStart", "move": "touchMove", "up": "touchEnd"}[event]
            session.send("Input.dispatchTouchEvent", {"type": name, "touchPoints": points})
        else:
            name = {"down": "mousePressed", "move": "mouseMoved", "up": "mouseReleased"}[event]
            session.send("Input.dispatchMouseEvent", {
                "type": name, "x": x, "y": y, "pointerType": kind, "clickCount": 1, "force": 0.6,
                "button": "left", "buttons": 0 if event == "up" else 1,
            })

    for stroke in strokes:
        places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
        send("down", *places[0])
        for (x, y), (next_x, next_y) in zip(places, places[1:]):
            for part in range(1, 7):
                send("move", x + (next_x - x) * part / 6, y + (next_y - y) * part / 6)
        send("up", *places[-1])
    session.detach()


def clear(visit):
    if visit.find("#clear").is_enabled():
        visit.find("#clear").click()
    expect(visit.find("#final")).to_have_text("Nothing is drawn yet.")


def draw(visit, digit, kind):
    """Draws a digit, and checks that it is taken for what it is."""
    clear(visit)
    before = len(visit.traces)
    pen_strokes(visit, DIGITS[digit], kind)
    try:
        expect(visit.find("#final")).to_contain_text(f"sure of {digit}.", timeout=PATIENCE)
    except AssertionError:
        visit.fail(f"a {digit} drawn by {kind}: {visit.text('#final')} {visit.text('#problem')}")
        return
    expect(visit.find("#play")).to_have_text("Pause")
    visit.check(len(visit.traces) > before + 1, f"asked {len(visit.traces) - before} times while a {digit} was drawn")


def write_by_button(visit, digit):
    """Has a digit drawn, by the keyboard."""
    clear(visit)
    button = visit.page.get_by_role("button", name=f"Draw a {digit} for me")
    button.focus()
    visit.page.keyboard.press("Enter")
    try:
        expect(visit.find("#final")).to_contain_text(f"sure of {digit}.", timeout=PATIENCE)
    except AssertionError:
        visit.fail(f"a {digit} drawn by the page: {visit.text('#final')} {visit.text('#problem')}")


# MARK: Following


def likeliest(probabilities):
    return max(range(len(probabilities)), key=lambda place: probabilities[place])


def follow(visit, outputs):
    """Goes through the rows by keyboard, and compares what is shown with what the server answered."""
    play, step = visit.find("#play"), visit.find("#step")
    if play.inner_text() == "Pause":
        play.click()
    expect(play).to_have_text("Play")
    trace = visit.last_trace()
    answers, last = trace["answers"], likeliest(trace["answers"][-1])
    settled = len(answers) - 1
    while settled > 0 and likeliest(answers[settled - 1]) == last:
        settled -= 1
    note = visit.text("#settled-note")
    visit.check(f" {settled + 1} " in note if settled else "first row" in note, f"settles at row {settled + 1}, the page says '{note}'")

    step.focus()
    visit.page.keyboard.press("Home")
    seen = []
    for row in range(len(answers)):
        visit.settle()
        expect(visit.find("#step-number")).to_have_text(f"{row + 1} of {len(answers)}")
        best = likeliest(answers[row])
        sentence = visit.text("#sentence")
        visit.check(f"row {row + 1} " in sentence and f"\u201c{outputs[best]}\u201d" in sentence, f"row {row + 1}: '{sentence}', not {outputs[best]}")
        visit.check(visit.text("#bars .best .name") == outputs[best], f"row {row + 1}: the longest bar is not {outputs[best]}")
        seen.append(visit.page.evaluate("() => [...document.querySelectorAll('#maps canvas')].map((one) => one.toDataURL())"))
        visit.page.keyboard.press("ArrowRight")
    signals = trace["layers"][0]["signals"]
    visit.check(len(seen[0]) == len(signals), f"shows {len(seen[0])} of {len(signals)} signals")
    for place, signal in enumerate(signals):
        visit.check(len({row[place] for row in seen}) > len(answers) / 2, f"the picture of the {signal['name']} stays as it is")
    visit.page.keyboard.press("End")
    check_shades(visit, trace, signals)

    unit = visit.find("#unit")
    unit.focus()
    visit.page.keyboard.press("Home")
    first = visit.text("#equation")
    if trace["layers"][0]["name"].startswith("LSTM"):
        visit.check(first.startswith("memory "), f"tells no sum of an LSTM's unit: '{first}'")
    visit.page.keyboard.press("ArrowRight")
    visit.settle()
    visit.check(visit.text("#unit-number").startswith("2 of ") and visit.text("#equation") != first, "the right arrow key does not go to the next unit")
    visit.find("#maps canvas").first.click(position={"x": 3, "y": 3})
    visit.settle()
    visit.check(visit.text("#unit-number").startswith("1 of "), "touching a square does not choose its unit")

    visit.find("#numbers summary").click()
    expect(visit.find("#table tbody tr")).to_have_count(len(answers))
    visit.page.evaluate("() => document.activeElement.blur()")
    visit.page.keyboard.press("ArrowLeft")
    expect(visit.find("#step-number")).to_have_text(f"{len(answers) - 1} of {len(answers)}")
    play.click()
    expect(visit.find("#step-number")).to_have_text(f"{len(answers)} of {len(answers)}")
    expect(play).to_have_text("Play")


def check_shades(visit, trace, signals):
    """The unit whose gate is most open stands out most from the page's paper."""
    visit.settle()
    units = len(signals[0]["values"][0])
    values = signals[0]["values"][-1]
    shades = """([most, least, units]) => {
      const canvas = document.querySelector('#maps canvas');
      let rows = Math.max(1, Math.floor(Math.sqrt(units / 2)));
      while (rows > 1 && (units % rows || units / rows > 6 * rows)) rows--;
      const columns = units / rows;
      const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
      return [most, least].map((unit) => {
        const x = Math.floor(((unit % columns) + 0.5) * canvas.width / columns);
        const y = Math.floor((Math.floor(unit / columns) + 0.5) * canvas.height / rows);
        return [...pixels.slice(4 * (y * canvas.width + x), 4 * (y * canvas.width + x) + 3)];
      });
    }"""
    order = sorted(range(units), key=lambda unit: values[unit])
    most, least = visit.page.evaluate(shades, [order[-1], order[0], units])
    is_light = visit.page.evaluate("() => matchMedia('(prefers-color-scheme: light)').matches")
    visit.check((sum(most) < sum(least)) == is_light, "the most open gate is paler than the most closed")


# MARK: The tasks


def images(browser, address, model, problems):
    ways = [(1600, "light", "mouse"), (1600, "dark", "pen"), (400, "light", "touch"), (400, "dark", "keyboard")]
    for width, scheme, kind in ways:
        visit = Visit(browser, address, f"image-{width}-{scheme}", problems, width, scheme)
        expect(visit.find("#image-view")).to_be_visible()
        visit.choose(model)
        visit.look("empty")
        for digit in DIGITS if kind != "keyboard" else "0123456789":
            write_by_button(visit, digit) if kind == "keyboard" else draw(visit, digit, kind)
        visit.page.wait_for_timeout(2500)
        visit.look("reading")
        follow(visit, model["outputs"])
        visit.look("read")
        visit.check_tabs()
        write_by_button(visit, "4")
        before = visit.text("#final")
        visit.find("#undo").click()
        expect(visit.find("#final")).not_to_have_text(before, timeout=PATIENCE)
        clear(visit)
        visit.close()


def stillness(browser, address, model, problems):
    """Nothing moves by itself where no motion is wanted."""
    visit = Visit(browser, address, "still", problems, motion="reduce")
    expect(visit.find("#image-view")).to_be_visible()
    visit.choose(model)
    visit.page.get_by_role("button", name="Draw a 7 for me").click()
    expect(visit.find("#final")).to_contain_text("sure of", timeout=PATIENCE)
    visit.page.wait_for_timeout(600)
    visit.check(visit.text("#step-number") == "28 of 28", f"is at {visit.text('#step-number')} by itself")
    visit.check(visit.text("#play") == "Play", "plays by itself")
    layers = visit.last_trace()["layers"]
    for layer in layers if len(layers) > 1 else []:
        visit.find("#layer").select_option(label=layer["name"])
        visit.settle()
        shown = visit.find("#maps figcaption b").all_inner_texts()
        visit.check(sorted(shown) == sorted(signal["name"] for signal in layer["signals"]), f"shows {shown} of {layer['name']}")
        units = len(layer["signals"][0]["values"][0])
        visit.check(visit.text("#unit-number").endswith(f" of {units}"), f"{layer['name']}: unit {visit.text('#unit-number')}")
    visit.look("layers")
    visit.close()


def series(browser, address, models, files, problems):
    for width, scheme in [(1600, "light"), (400, "dark")]:
        visit = Visit(browser, address, f"series-{width}-{scheme}", problems, width, scheme)
        expect(visit.find("#model option").first).to_be_attached()
        if forecast := models.get("forecast"):
            visit.choose(forecast)
            visit.find("#file").set_input_files(files / "wave.csv")
            expect(visit.find("#series-said")).to_have_text("The next 12 rows are drawn dotted.")
            visit.check(visit.find("#chart path.forecast").count() == 1, "the forecast is not drawn")
            visit.find("#series-numbers summary").click()
            expect(visit.find("#series-table tbody tr")).to_have_count(12)
            visit.find("#horizon").fill("5")
            visit.find("#horizon").press("Enter")
            expect(visit.find("#series-said")).to_have_text("The next 5 rows are drawn dotted.")
            visit.look("forecast")
            visit.check_tabs()
            visit.expects_refusal = True
            text = "month,passengers\n1,2\n"
            visit.page.evaluate(
                """(text) => {
                  const dropped = new DataTransfer();
                  dropped.items.add(new File([text], "short.csv", { type: "text/csv" }));
                  document.querySelector("#drop").dispatchEvent(new DragEvent("drop", { dataTransfer: dropped, bubbles: true, cancelable: true }));
                }""", text)
            expect(visit.find("#problem")).not_to_be_empty()
            visit.check("\n" not in visit.text("#problem"), "an error has more than one line")
            print(f"{visit.name}: {visit.text('#problem')}")
            visit.look("refused")
            visit.expects_refusal = False
        if label := models.get("label"):
            visit.choose(label)
            visit.find("#file").set_input_files(files / "room.csv")
            expect(visit.find("#series-said")).to_contain_text(" rows: ")
            visit.check(visit.find("#chart rect").count() > 20, "the answers about rows are not drawn")
            visit.look("label")
        visit.close()


def writing(browser, address, model, problems):
    for width, scheme in [(1600, "dark"), (400, "light")]:
        visit = Visit(browser, address, f"text-{width}-{scheme}", problems, width, scheme)
        expect(visit.find("#model option").first).to_be_attached()
        visit.choose(model)
        visit.look("empty")
        visit.find("#prompt").fill("The cell ")
        visit.find("#length").fill("300")
        visit.find("#write").click()
        expect(visit.find("#written-note")).to_have_text("300 characters.")
        written = visit.find("#written").text_content()
        visit.check(written.startswith("The cell ") and len(written) == 309, f"wrote {len(written)} characters: '{written[:40]}'")
        visit.find("#write").click()
        expect(visit.find("#written-note")).to_have_text("300 characters.")
        visit.check(visit.find("#written").text_content() == written, "the same seed wrote another text")
        visit.look("written")
        visit.find("#length").fill("10000")
        # Stopped as soon as something is written: a fast server would be done before a second call comes.
        visit.page.evaluate("""() => new Promise((done) => {
          new MutationObserver((_, observer) => {
            observer.disconnect();
            document.querySelector("#stop").click();
            done();
          }).observe(document.querySelector("#written"), { subtree: true, characterData: true });
          document.querySelector("#write").click();
        })""")
        expect(visit.find("#written-note")).to_have_text("Stopped.")
        visit.check(len(visit.find("#written").text_content()) < 10_009, "wrote all, though it was stopped")
        visit.check_tabs()
        visit.close()


def tokens(browser, address, token, problems):
    visit = Visit(browser, address, "token", problems)
    visit.expects_refusal = True
    expect(visit.find("#token-form")).to_be_visible()
    visit.look("wanted")
    visit.find("#token").fill("wrong")
    visit.page.keyboard.press("Enter")
    expect(visit.find("#problem")).not_to_be_empty()
    visit.find("#token").fill(token)
    visit.page.keyboard.press("Enter")
    expect(visit.find("#image-view")).to_be_visible()
    visit.expects_refusal = False
    expect(visit.find("#token-form")).to_be_hidden()
    write_by_button(visit, "7")
    visit.close()


def main(chromium, folder, files, address, closed="", token=""):
    Visit.folder = pathlib.Path(folder)
    Visit.folder.mkdir(parents=True, exist_ok=True)
    problems = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        # The page's own policy allows no request from here.
        request = playwright.request.new_context()
        models = request.get(f"{address}/v1/models").json()["models"]
        request.dispose()
        digits = [model for model in models if model["image"]]
        tasks = {model["task"]: model for model in models if not model["image"]}
        expect.set_options(timeout=PATIENCE)
        checks = [
            (images, address, digits[0]),
            (stillness, address, digits[-1]),
            (series, address, tasks, pathlib.Path(files)),
            (writing, address, tasks["write"]),
        ] + ([(tokens, closed, token)] if closed else [])
        for check, *what in checks:
            try:
                check(browser, *what, problems)
            except AssertionError as error:
                problems.append(f"{check.__name__}: {error}")
        browser.close()
    for problem in problems:
        print(f"FAILED: {problem}", file=sys.stderr)
    print(f"{len(problems)} problems on the page of {len(models)} models")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""Opens pages in headless Chromium as people do: narrow and wide, light and dark, by keyboard and touch.

Usage: check_pages.py CHROMIUM SCREENSHOTS PAGE...

A page fails that says anything in the console, asks for anything but itself, is wider than its window, or
breaks a rule of axe-core's for WCAG 2.1 A and AA (contrast, labels, roles, keyboard). Pages of one explained
example are gone through step by step, too. Screenshots are left in the folder.
"""

import pathlib
import sys
import time

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

WIDTHS = [400, 1600]
SCHEMES = ["light", "dark"]
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
# Where focus can go, in the order of the page.
FOCUSABLE = (
    "a[href], button, input:not([type=radio]), input[type=radio]:checked, select, summary,"
    " [tabindex='0']"
)


def check(browser, page_path, folder, problems):
    address = page_path.resolve().as_uri()
    for width in WIDTHS:
        for scheme in SCHEMES:
            name = f"{page_path.parent.name}-{page_path.stem}-{width}-{scheme}"

            def fail(message):
                problems.append(f"{name}: {message}")

            context = browser.new_context(
                viewport={"width": width, "height": 900},
                color_scheme=scheme,
                has_touch=width == 400,
                device_scale_factor=1,
            )
            page = context.new_page()
            page.on("console", lambda message: fail(f"console: {message.text}"))
            page.on("pageerror", lambda error: fail(f"error: {error}"))
            requests = []
            page.on("request", lambda request: requests.append(request.url))
            start = time.perf_counter()
            page.goto(address)
            is_explanation = page.locator("#step").count() > 0
            if is_explanation:
                page.wait_for_function("document.documentElement.classList.contains('drawn')")
            page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
            seconds = time.perf_counter() - start
            others = [url for url in requests if url != address and not url.startswith("data:")]
            if others:
                fail(f"asks for {others[:3]}")
            sizes = page.evaluate("() => [document.documentElement.scrollWidth, window.innerWidth]")
            if sizes[0] > sizes[1]:
                fail(f"is {sizes[0]} pixels wide in a window of {sizes[1]}")
            for violation in Axe().run(page, options=RULES).response["violations"]:
                places = [" ".join(map(str, node["target"])) for node in violation["nodes"]]
                fail(f"axe {violation['id']}: {violation['help']}: {places[:3]}")
            reached = set()
            expected = page.locator(FOCUSABLE).count()
            # A group of radio buttons, such as the points of a chart, is one stop.
            groups = page.evaluate(
                "() => new Set([...document.querySelectorAll('input[type=radio]')].map((one) => one.name)).size"
            )
            for _ in range(expected + groups + 3):
                page.keyboard.press("Tab")
                reached.add(page.evaluate(
                    "(focusable) => [...document.querySelectorAll(focusable)].indexOf(document.activeElement)",
                    FOCUSABLE,
                ))
            hidden = page.evaluate(
                "(focusable) => [...document.querySelectorAll(focusable)]"
                ".filter((one) => !one.checkVisibility()).length",
                FOCUSABLE,
            )
            if len(reached - {-1}) < expected - hidden:
                fail(f"the Tab key reaches {len(reached - {-1})} of {expected - hidden} controls")
            if is_explanation:
                follow(page, width, fail)
            page.evaluate("() => window.scrollTo(0, 0)")
            page.screenshot(path=folder / f"{name}.png", full_page=True)
            size = page_path.stat().st_size
            print(f"{name}: {size / 1e6:.2f} MB, drawn after {seconds:.2f} s")
            context.close()


def follow(page, width, fail):
    """Goes through the steps of an explained example by keyboard, pointer and touch."""
    sentence = page.locator("#sentence")
    step = page.locator("#step")

    def settled():
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return sentence.inner_text(), step.input_value()

    last = settled()
    step.focus()
    page.keyboard.press("ArrowLeft")
    before = settled()
    if before == last or int(before[1]) != int(last[1]) - 1:
        fail(f"the left arrow key goes from step {last[1]} to {before[1]}")
    page.keyboard.press("Home")
    if settled()[1] != "1":
        fail("the Home key does not go to the first step")
    maps = page.locator("#maps canvas")
    if maps.count():
        box = maps.first.bounding_box()
        maps.first.scroll_into_view_if_needed()
        place = {"x": box["width"] * 0.5, "y": box["height"] * 0.5}
        if width == 400:
            maps.first.tap(position=place)
        else:
            maps.first.click(position=place)
        if settled()[1] == "1":
            fail("touching a picture does not go to a step")
        unit = page.locator("#unit")
        unit.focus()
        page.keyboard.press("Home")
        first = page.locator("#arithmetic-place").inner_text()
        page.keyboard.press("ArrowRight")
        settled()
        if page.locator("#arithmetic-place").inner_text() == first:
            fail("the right arrow key does not go to the next unit")
    for choice in page.locator("input[name=attribution]").all():
        choice.check()
        settled()


def main(chromium, folder, *pages):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    problems = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for page in pages:
            check(browser, pathlib.Path(page), folder, problems)
        browser.close()
    for problem in problems:
        print(f"FAILED: {problem}", file=sys.stderr)
    print(f"{len(pages)} pages, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""A person at the pages, in headless Chromium, driven by WebDriver (https://www.w3.org/TR/webdriver2/).

browser.py PORT AUDITOR_TOKEN OPERATOR_TOKEN [FOLDER]

Prints "all of it works" or what does not. With FOLDER it leaves screenshots there, in light, dark and phone width.
"""
import base64
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

PORT, AUDITOR, OPERATOR = sys.argv[1:4]
FOLDER = sys.argv[4] if len(sys.argv) > 4 else None
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
# A loaded machine is slow; nothing here is a measurement.
PATIENCE = 120


class Driver:
    """One browser. Every failure is an exception."""

    def __init__(self, profile):
        self.process = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            found = re.search(r"started successfully on port (\d+)", line)
            if found:
                break
        self.base = f"http://127.0.0.1:{found.group(1)}"
        arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                     "--disable-background-networking", "--disable-component-update", "--disable-sync",
                     "--disable-dev-shm-usage", "--window-size=1200,900", "--user-data-dir=" + profile]
        options = {"browserName": "chrome", "timeouts": {"implicit": 0, "pageLoad": PATIENCE * 1000},
                   "goog:chromeOptions": {"args": arguments}}
        answer = self.call("POST", "/session", {"capabilities": {"alwaysMatch": options}})
        self.base += "/session/" + answer["sessionId"]

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=2 * PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path} {body}: {error.read().decode()[:600]}") from error

    def close(self):
        try:
            self.call("DELETE", "")
        finally:
            self.process.terminate()
            self.process.wait()

    def open(self, path):
        self.call("POST", "/url", {"url": f"http://localhost:{PORT}{path}"})

    def script(self, text):
        return self.call("POST", "/execute/sync", {"script": text, "args": []})

    def path(self):
        return re.sub(r"^https?://[^/]+", "", self.call("GET", "/url"))

    def find(self, css):
        return self.call("POST", "/element", {"using": "css selector", "value": css})[ELEMENT]

    def count(self, css):
        return len(self.call("POST", "/elements", {"using": "css selector", "value": css}))

    def text(self, css="body"):
        return self.call("GET", f"/element/{self.find(css)}/text")

    def type(self, css, text):
        self.call("POST", f"/element/{self.find(css)}/value", {"text": text})

    def click(self, css):
        """Clicks, and waits until another page is there."""
        self.script("window.stillHere = true")
        self.call("POST", f"/element/{self.find(css)}/click", {})
        until = time.monotonic() + PATIENCE
        while self.script("return window.stillHere === true || document.readyState !== 'complete'"):
            assert time.monotonic() < until, "no other page after clicking " + css
            time.sleep(0.02)

    def link(self, text):
        """The selector of the link with that text."""
        found = self.script(
            "const all = [...document.querySelectorAll('a')].filter(a => a.textContent.trim() === %s);"
            "if (all.length) all[0].setAttribute('data-found', '1'); return all.length" % json.dumps(text))
        assert found, f"no link {text!r} on {self.path()}: {self.text()}"
        return "a[data-found]"

    def media(self, scheme):
        self.call("POST", "/goog/cdp/execute", {"cmd": "Emulation.setEmulatedMedia", "params": {
            "features": [{"name": "prefers-color-scheme", "value": scheme}]}})

    def width(self, width, height=900):
        self.call("POST", "/goog/cdp/execute", {"cmd": "Emulation.setDeviceMetricsOverride", "params": {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}})

    def shoot(self, name):
        height = self.script("return document.documentElement.scrollHeight")
        self.width(self.script("return window.innerWidth"), min(max(height, 600), 4000))
        with open(os.path.join(FOLDER, name + ".png"), "wb") as file:
            file.write(base64.b64decode(self.call("GET", "/screenshot")))


def expect(condition, what):
    if not condition:
        raise AssertionError(f"{what}\n{browser.path()}\n{browser.text()}")


def sign_in(token, path="/"):
    browser.open(path)
    expect(browser.path().startswith("/login"), "without a sign-in it leads there")
    expect("person" not in browser.text(), "nothing is shown before")
    browser.type("#token", token)
    browser.click("form.stack button")


# What reaches beyond the window on the right: nothing, or the document and the elements that do.
WIDE = """
const root = document.documentElement;
if (root.scrollWidth <= window.innerWidth) return [];
return ['document ' + root.scrollWidth + ' of ' + window.innerWidth].concat(
    [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > window.innerWidth)
    .map(e => e.tagName + '.' + e.className));
"""


def check_page():
    """What holds for every page."""
    where = browser.path()
    expect(browser.count("script") == 0, "no script element")
    expect(browser.count("h1") == 1 and browser.count("html[lang]") == 1 and browser.count("main#main") == 1, "a frame")
    unlabelled = browser.script(
        "return [...document.querySelectorAll('input:not([type=hidden]), select')]"
        ".filter(field => field.labels.length === 0).map(field => field.name)")
    expect(not unlabelled, f"labels for {unlabelled}")
    unreachable = browser.script(
        "return [...document.querySelectorAll('pre, .table, .scroll')].filter(box => box.tabIndex !== 0).length")
    expect(unreachable == 0, "what scrolls can be reached by keyboard")
    for width in (360, 1200):
        browser.width(width)
        # A window is laid out anew some time after it was resized.
        wide = WIDE
        deadline = time.monotonic() + 60
        while wide and time.monotonic() < deadline:
            wide = browser.script(WIDE)
        expect(not wide, f"{where} fits into {width} pixels, but for {wide}")


def test():
    sign_in("paliad_wrong")
    expect("not a token" in browser.text("[role=alert]"), "a wrong token is told")
    sign_in(AUDITOR, "/targets/production/runs?outcome=applied")
    expect(browser.path() == "/targets/production/runs?outcome=applied", "back to where it was asked for")
    expect("grace auditor" in browser.text("header"), "who it is")

    # Filter, open a run, follow to the migration.
    browser.click(browser.link("Runs"))
    expect(browser.count("tbody tr:not(.more)") == 5, "all runs")
    browser.click(browser.link("Targets"))
    browser.click(browser.link("production"))
    expect(browser.count("svg.chart rect") == 5, "a bar for each run")
    expect(browser.count("form.act") == 0, "an auditor is offered no action")
    expect(re.search(r"Branch's head\s+[0-9a-f]{12}", browser.text(".facts")), "the branch's head")
    browser.click(browser.link("All of them"))
    browser.script("document.querySelector('#outcome').value = 'failed'")
    browser.click(".filters button")
    expect(browser.count("tbody tr:not(.more)") == 1, "one run failed")
    browser.click("tbody tr a")
    expect("division by zero" in browser.text(), "why it failed")
    expect("SELECT 1 / (SELECT count(*) FROM person);" in browser.text("article pre"), "the SQL that ran")
    check_page()
    browser.click("article h3 a")
    expect("Migration 4" in browser.text("h1") and "not applied" in browser.text(), "the migration")
    expect("failed" in browser.text(".timeline"), "its history")
    check_page()

    # An entry full of markup is text.
    browser.open("/targets/production/migrations/2")
    expect("office <script>alert(1)" in browser.text("h1"), "markup in a name is text")
    expect("paliad-gitops 2 " not in browser.text("footer"), "the footer has the program's version")
    expect("<script>document.title = 'owned'</script>" in browser.text("pre"), "markup in SQL is text")
    expect(browser.script("return document.title").startswith("Migration 2"), "nothing ran")
    check_page()

    # The other pages; the keyboard's first stop.
    for path, words in {"/": "production", "/targets/production/migrations": "4 on the branch",
                        "/targets/production/migrations?only=differences": "pending",
                        "/targets/production/ledger": "Verify it yourself", "/targets/broken": "no database",
                        "/targets/production/runs?outcome=rejected": "syntax",
                        "/targets/production": "Newest runs"}.items():
        browser.open(path)
        expect(words in browser.text(), f"{words!r} on {path}")
        check_page()
    keys = {"type": "key", "id": "keys", "actions": [{"type": "keyDown", "value": "\ue004"},
                                                     {"type": "keyUp", "value": "\ue004"}]}
    browser.call("POST", "/actions", {"actions": [keys]})
    expect(browser.script("return document.activeElement.className") == "skip", "the first stop skips to the content")

    # Sign out; nothing is shown any more.
    browser.click("header form button")
    expect(browser.path() == "/login", "signed out")
    browser.open("/targets/production")
    expect(browser.path().startswith("/login"), "and out it is")

    # An operator acts.
    sign_in(OPERATOR, "/targets/production")
    browser.type("#reason", "the summer sale")
    browser.click("button[formaction$=suspend]")
    expect("suspended" in browser.text(".badge.big") and "the summer sale" in browser.text(), "suspended, and why")
    expect("by ada" in browser.text(), "and by whom")
    browser.type("#reason", "it is over")
    browser.click("button[formaction$=resume]")
    expect("ready" in browser.text(".badge.big"), "resumed")


def screenshots():
    browser.open("/targets/production/runs?outcome=failed")
    run = browser.script("return document.querySelector('tbody a').getAttribute('href')")
    pages = {"targets": "/", "target": "/targets/production", "runs": "/targets/production/runs", "run": run,
             "migrations": "/targets/production/migrations", "migration": "/targets/production/migrations/2",
             "ledger": "/targets/production/ledger"}
    for scheme, width in (("light", 1200), ("dark", 1200), ("light", 360), ("dark", 360)):
        browser.media(scheme)
        for name, path in pages.items():
            browser.width(width)
            browser.open(path)
            browser.shoot(f"{name}-{scheme}-{width}")


with tempfile.TemporaryDirectory() as profile:
    browser = Driver(profile)
    try:
        test()
        if FOLDER:
            screenshots()
    finally:
        browser.close()
print("all of it works")

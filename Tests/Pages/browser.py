"""Chromium, driven by the DevTools protocol over a pipe; the standard library is all it needs."""

import base64
import fcntl
import itertools
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

from children import die_with_parent

MODIFIERS = {"Alt": 1, "Control": 2, "Meta": 4, "Shift": 8}
KEY_CODES = {"Enter": 13, "Escape": 27, "Tab": 9, "Backspace": 8, "ArrowUp": 38, "ArrowDown": 40,
             "Home": 36, "End": 35, ".": 190, "z": 90, "a": 65}


def find():
    """The path of a Chromium, or None."""
    names = ["chromium", "chromium-browser", "google-chrome", "chrome"]
    return next(filter(None, map(shutil.which, names)), None)


class PageError(Exception):
    """Something that the page or the browser reported."""


class Browser:
    """A headless browser with an empty profile; use it in a `with` statement."""

    def __init__(self, path):
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        command_read, self._commands = os.pipe()
        self._messages, message_write = os.pipe()
        # Chromium reads commands from descriptor 3 and writes to descriptor 4. Both ends go
        # through high numbers, so that neither dup2 closes the other's source.
        command_high, message_high = (_duplicate_high(end) for end in (command_read, message_write))

        def place():
            die_with_parent()
            os.dup2(command_high, 3)
            os.dup2(message_high, 4)

        self._process = subprocess.Popen(
            [path, "--headless=new", "--remote-debugging-pipe", "--no-first-run", "--no-sandbox",
             "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
             "--disable-background-networking", "--disable-background-timer-throttling",
             "--disable-backgrounding-occluded-windows", "--disable-renderer-backgrounding",
             "--force-device-scale-factor=1", f"--user-data-dir={self._profile.name}"],
            preexec_fn=place, close_fds=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for end in (command_read, message_write, command_high, message_high):
            os.close(end)
        self._ids = itertools.count(1)
        self._buffer = b""
        self._replies = {}
        self._listeners = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.call("Browser.close")
            self._process.wait(10)
        except (PageError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait(10)
        self._profile.cleanup()

    def tab(self, url, width=1280, height=800, script=None):
        """Opens a page in a profile of its own, as another person would.

        `script` runs before those of the page.
        """
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)
        attached = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        tab = Tab(self, attached["sessionId"], context)
        tab.resize(width, height)
        if script is not None:
            tab.call("Page.addScriptToEvaluateOnNewDocument", source=script)
        tab.load(url)
        return tab

    def call(self, method, session=None, **parameters):
        """Sends a command and gives its result; what else arrives goes to the listeners."""
        number = self.send(method, session, **parameters)
        deadline = time.monotonic() + 60
        while number not in self._replies:
            self._receive(deadline, method)
        reply = self._replies.pop(number)
        if "error" in reply:
            raise PageError(f"{method}: {reply['error']['message']}")
        return reply["result"]

    def send(self, method, session=None, **parameters):
        """Sends a command, and does not wait for its end."""
        number = next(self._ids)
        message = {"id": number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        return number

    def listen(self, session, listener):
        self._listeners[session] = listener

    def _receive(self, deadline, method):
        if not select.select([self._messages], [], [], max(0, deadline - time.monotonic()))[0]:
            raise PageError(f"no answer to {method}")
        received = os.read(self._messages, 1 << 20)
        if not received:
            raise PageError("the browser has ended")
        *messages, self._buffer = (self._buffer + received).split(b"\0")
        for message in map(json.loads, messages):
            if "id" in message:
                self._replies[message["id"]] = message
            elif message.get("sessionId") in self._listeners:
                self._listeners[message["sessionId"]](message["method"], message["params"])


class Tab:
    """One page."""

    def __init__(self, browser, session, context):
        self._browser = browser
        self._session = session
        self._context = context
        #: What the page threw or logged as an error.
        self.errors = []
        browser.listen(session, self._event)
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")
        # Every tab behaves as the one in front, as on the screens of several people.
        self.call("Emulation.setFocusEmulationEnabled", enabled=True)

    def load(self, url):
        self.call("Page.navigate", url=url)
        self.wait("location.href !== 'about:blank' && document.readyState === 'complete'")

    def reload(self):
        self.evaluate("window.isOld = true")
        self.call("Page.reload")
        self.wait("!window.isOld && document.readyState === 'complete'")

    def call(self, method, **parameters):
        return self._browser.call(method, self._session, **parameters)

    def evaluate(self, expression):
        """The value of an expression; a promise is awaited."""
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True,
                           returnByValue=True)
        if "exceptionDetails" in answer:
            raise PageError(json.dumps(answer["exceptionDetails"].get("exception")))
        return answer["result"].get("value")

    def wait(self, condition, seconds=30):
        """Waits until a condition holds in the page, and gives its value."""
        deadline = time.monotonic() + seconds
        # An element comes as {}, and is there.
        while (value := self._try(condition)) in (None, False, 0, ""):
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {seconds} s: {condition}")
            time.sleep(0.02)
        return value

    def _try(self, condition):
        """The value of a condition; None or False while one page goes and the next comes."""
        try:
            return self.evaluate(f"document.readyState === 'complete' && ({condition})")
        except PageError as error:
            if "navigated" in str(error) or "context" in str(error):
                return None
            raise

    def type(self, text):
        """Types a text, a key at a time, as input events see it."""
        for character in text:
            if character == "\n":
                self.press("Enter")
            else:
                self.call("Input.insertText", text=character)

    def paste(self, text):
        """Puts in a text as one edit."""
        self.call("Input.insertText", text=text)

    def press(self, keys):
        """Presses a key, such as "Tab" or "Control+Shift+z"."""
        *held, key = keys.split("+")
        event = {"key": key, "modifiers": sum(MODIFIERS[name] for name in held),
                 "windowsVirtualKeyCode": KEY_CODES[key], "code": key if len(key) > 1 else ""}
        text = {"text": "\r"} if key == "Enter" else {}
        self.call("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown",
                  **event, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", **event)

    def resize(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=False)

    def scheme(self, name):
        """Asks for "light" or "dark"."""
        self.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": name}])

    def screenshot(self, path):
        picture = self.call("Page.captureScreenshot", format="png")["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(picture))

    def close(self):
        self._browser.call("Target.disposeBrowserContext", browserContextId=self._context)

    def _event(self, method, parameters):
        if method == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get("description", details["text"]))
        elif method == "Page.javascriptDialogOpening":
            self._browser.send("Page.handleJavaScriptDialog", self._session, accept=True)
        elif method == "Log.entryAdded" and parameters["entry"]["level"] == "error":
            entry = parameters["entry"]
            self.errors.append(f"{entry['text']} {entry.get('url', '')}")


def _duplicate_high(descriptor):
    """A copy of a descriptor, inheritable, with a number out of the way."""
    copy = fcntl.fcntl(descriptor, fcntl.F_DUPFD, 100)
    os.set_inheritable(copy, True)
    return copy

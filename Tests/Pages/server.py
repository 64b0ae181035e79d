"""A Hunch server of one's own: its home is temporary, its port chosen by the system."""

import json
import os
import pathlib
import re
import select
import signal
import subprocess
import tempfile
import time

from children import die_with_parent

READY = re.compile(rb"http://127\.0\.0\.1:(\d+)/")


class Server:
    """Serves while a `with` statement lasts; with the demo models, or to those who have a key."""

    def __init__(self, binary, key=None):
        self._binary = binary
        self._home = tempfile.TemporaryDirectory(prefix="hunch-pages-", ignore_cleanup_errors=True)
        self._port = 0
        self._key = key
        self._process = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self):
        if self._key is not None:
            folder = pathlib.Path(self._home.name, "environments", "dev")
            folder.mkdir(parents=True)
            keys = [{"token": self._key, "role": "operator"}]
            environment = {"models": [], "limits": {}, "keys": keys, "origins": []}
            (folder / "environment.json").write_text(json.dumps(environment))
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()
        self._home.cleanup()

    def start(self):
        """Starts it, on the same port as before, and waits until it listens."""
        command = [self._binary, "serve", "--home", self._home.name, "--port", str(self._port)]
        self._process = subprocess.Popen(
            command if self._key else [*command, "--demo"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, preexec_fn=die_with_parent)
        self._port = int(self._read(READY, seconds=120).group(1))

    def kill(self):
        """Ends it as a power cut would: nothing is written any more."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(30)
        self._process.stdout.close()

    def _read(self, pattern, seconds):
        output = self._process.stdout.fileno()
        read = b""
        deadline = time.monotonic() + seconds
        while (match := pattern.search(read)) is None:
            if not select.select([output], [], [], max(0, deadline - time.monotonic()))[0]:
                raise TimeoutError(f"the server is not there after {seconds} s")
            received = os.read(output, 1 << 12)
            if not received:
                raise ChildProcessError(f"the server has ended: {self._process.wait()}")
            read += received
        return match

"""What the tests of the pages share: a browser, a server, the pages, and what is looked for in them."""

import argparse
import json
import secrets
import unittest

import browser
from server import Server

UTTERANCE = "please refund the second payment, i was charged twice"
READY = "document.getElementById('text')?.readOnly === false"
LIVE = "document.getElementById('connection').textContent === 'Live'"
TEXT = "document.getElementById('text').value"
LINES = "[...document.querySelectorAll('.line')]"
NOTES = """\
Maria was charged twice and wants the second payment back
The parcel for the Lisbon office has not moved since Friday, and the carrier does not answer
Single sign-on fails with a blank page since the update
Jonas: call the carrier before noon

It would be great if exports could be scheduled
Let us meet on Thursday at ten and go through what is left
The replacement was here the next morning, brilliant
My neighbour's cat sleeps on the router
"""
INTENTS = f"{LINES}.map((line) => line.querySelector('.label')?.textContent ?? '')"
SAVED = "document.getElementById('saved').dataset.saved === 'true'"
SUGGESTIONS = "document.querySelectorAll('.suggestion').length"

options = argparse.Namespace(url=None, server=None, screenshots=None)


class Page(unittest.TestCase):
    """Each test has a document of its own."""

    @classmethod
    def setUpClass(cls):
        path = browser.find()
        if path is None:
            raise unittest.SkipTest("there is no Chromium here (Debian: scripts/setup chromium)")
        cls.server = cls.enterClassContext(Server(options.server)) if options.server else None
        cls.url = cls.server.url if cls.server else options.url
        cls.browser = cls.enterClassContext(browser.Browser(path))

    def setUp(self):
        self.document = f"demo/test-{secrets.token_hex(4)}"
        self.tabs = []

    def tearDown(self):
        errors = [error for tab in self.tabs for error in tab.errors]
        for tab in self.tabs:
            tab.close()
        self.assertEqual(errors, [])

    def open(self, address, ready, **settings):
        tab = self.browser.tab(f"{self.url}/{address}", **settings)
        self.tabs.append(tab)
        tab.wait(ready)
        return tab

    def editor(self, **settings):
        return self.open(f"#{self.document}", READY, **settings)

    def console(self, **settings):
        return self.open("console", LIVE, **settings)

    def assert_text(self, tab, text):
        tab.wait(f"{TEXT} === {json.dumps(text)}")

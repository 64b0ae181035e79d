#!/usr/bin/env python3
"""The pages in a real browser, against a running server.

    browser_test.py (--server BINARY | --url http://127.0.0.1:7777) [--screenshots DIR] [TEST …]

`--server` starts a server for the tests, and only with it are those run that restart the server.
Without a Chromium all tests are skipped.
"""

import argparse
import itertools
import json
import pathlib
import secrets
import unittest

# Their tests are found by being here.
from console_test import ConsoleTests
from page import (
    INTENTS, LINES, LIVE, NOTES, READY, SAVED, SUGGESTIONS, TEXT, UTTERANCE, Page, options)
from server import Server
from suggestions_test import SuggestionsTests

DISCONNECTED = "document.getElementById('connection').textContent.includes('No connection')"
WITH_ENTITY = """\
const { set } = Object.getOwnPropertyDescriptor(WebSocket.prototype, "onmessage");
Object.defineProperty(WebSocket.prototype, "onmessage", { set(listener) {
    set.call(this, ({ data }) => {
        const message = JSON.parse(data);
        if (message.kind === "intent") {
            for (const entry of message.results) {
                entry.entities = [{ entity: "action", range: [0, 4], confidence: 1 }];
            }
        }
        listener({ data: JSON.stringify(message) });
    });
} });
"""
# Feedback names a prediction that there is not.
UNKNOWN_PREDICTION = """\
const { send } = WebSocket.prototype;
WebSocket.prototype.send = function (data) {
    const message = JSON.parse(data);
    if (message.type === "feedback") message.prediction = "none";
    send.call(this, JSON.stringify(message));
};
"""


class EditorTests(Page):
    """The text, its intents, and the others who write."""

    def test_a_line_typed_in_one_tab_appears_in_the_other_with_its_intent(self):
        one, other = self.editor(), self.editor()
        one.type(UTTERANCE)
        self.assert_text(other, UTTERANCE)
        for tab in (one, other):
            tab.wait(f"{INTENTS}[0] !== ''")
        self.assertEqual(one.evaluate(INTENTS), other.evaluate(INTENTS))
        one.wait(SAVED)

    def test_a_line_that_stands_elsewhere_names_the_place(self):
        word = secrets.token_hex(4)
        line = f"the contract {word} has to be signed again before the end of the month"
        one = self.editor()
        one.type(line)
        one.wait(SAVED)
        elsewhere = f"demo/other-{word}"
        other = self.open(f"#{elsewhere}", READY)
        hint = "document.getElementById('duplicates')"
        other.type(f"{line}\nsomething else")
        one.wait(f"{hint}.textContent === 'This line also stands in {elsewhere}.'")
        other.wait(f"{hint}.hidden")
        other.press("ArrowUp")
        other.wait(f"!{hint}.hidden")
        address = other.evaluate(f"{hint}.querySelector('a').hash")
        self.assertEqual(address, "#" + self.document.replace("/", "%2F"))
        one.type(" and now it reads otherwise in so many words that nobody calls it a copy of it")
        other.wait(f"{hint}.hidden")

    def test_two_tabs_that_type_at_once_end_equal(self):
        one, other = self.editor(), self.editor()
        for left, right in itertools.zip_longest("the quick brown fox\n", "jumps over it\n"):
            one.type(left or "")
            other.type(right or "")
        for tab in (one, other):
            tab.wait(SAVED)
            tab.wait(f"{TEXT}.length === 34")
        self.assertEqual(one.evaluate(TEXT), other.evaluate(TEXT))

    def test_notes_stay_beside_their_lines_when_lines_wrap(self):
        tab = self.editor(width=700)
        tab.type(f"{UTTERANCE} and then {UTTERANCE} and once more {UTTERANCE}\n{UTTERANCE}")
        tab.wait(f"{INTENTS}.filter(Boolean).length === 2")
        heights = tab.evaluate(f"{LINES}.map((line) => line.offsetHeight)")
        self.assertGreater(heights[0], 1.9 * heights[1])
        # The textarea measures as high as the rows: both wrap alike.
        # The rows follow the text by a frame.
        tab.wait("(() => { const text = document.getElementById('text');"
                 "text.style.height = 0; const height = text.scrollHeight; text.style.height = '';"
                 f"return height === {LINES}.reduce((sum, line) => sum + line.offsetHeight, 0); }})()")

    def test_an_intent_is_corrected_by_keys_alone(self):
        tab = self.editor()
        tab.paste(UTTERANCE)
        before = tab.wait(f"{INTENTS}[0]")
        tab.press("Control+.")
        tab.wait("document.activeElement.role === 'menuitemradio'")
        tab.press("ArrowDown")
        chosen = tab.evaluate("document.activeElement.querySelector('.label').textContent")
        self.assertNotEqual(chosen, before)
        tab.press("Enter")
        tab.wait("document.querySelector('[data-level=corrected]')")
        self.assertEqual(tab.evaluate(INTENTS), [chosen])
        # Once the server has kept it, the note says so, to the eye and to a screen reader.
        tab.wait("document.querySelector('[data-level=corrected] .share')?.textContent === '✓'")
        told = tab.evaluate("document.querySelector('.intent').ariaLabel")
        self.assertEqual(told, f"Line 1: {chosen}, reported instead of {before}")
        tab.wait("document.activeElement.id === 'text'")

    def test_an_intent_is_corrected_by_two_clicks_and_the_console_hears_of_it(self):
        console, tab = self.console(), self.editor()
        tab.paste(UTTERANCE)
        before = tab.wait(f"{INTENTS}[0]")
        tab.evaluate("document.querySelector('.intent').click()")
        tab.wait("document.querySelector('#choices button')")
        tab.evaluate("document.querySelector('#choices [aria-checked=false]').click()")
        tab.wait("document.querySelector('[data-level=corrected] .share')?.textContent === '✓'")
        self.assertNotEqual(tab.evaluate(f"{INTENTS}[0]"), before)
        console.wait("document.querySelector('.log [data-type=feedback]')")

    def test_a_correction_that_the_server_refuses_is_taken_back(self):
        tab = self.editor(script=UNKNOWN_PREDICTION)
        tab.paste(UTTERANCE)
        before = tab.wait(f"{INTENTS}[0]")
        tab.evaluate("document.querySelector('.intent').click()")
        tab.wait("document.querySelector('#choices button')")
        tab.evaluate("document.querySelector('#choices [aria-checked=false]').click()")
        tab.wait("document.getElementById('connection').textContent.startsWith('Not reported')")
        # The line is drawn anew a frame later.
        tab.wait(f"{INTENTS}[0] === {json.dumps(before)}")
        self.assertIsNone(tab.evaluate("document.querySelector('[data-level=corrected]')"))

    def test_undo_takes_back_what_was_typed_here_only(self):
        one, other = self.editor(), self.editor()
        one.type("mine")
        self.assert_text(other, "mine")
        other.evaluate("document.getElementById('text').setSelectionRange(4, 4)")
        other.type(" and yours")
        self.assert_text(one, "mine and yours")
        one.press("Control+z")
        for tab in (one, other):
            self.assert_text(tab, " and yours")
        one.press("Control+Shift+z")
        for tab in (one, other):
            self.assert_text(tab, "mine and yours")

    def test_a_caret_stays_in_its_place_while_others_type(self):
        one, other = self.editor(), self.editor()
        one.type("abcdef")
        self.assert_text(other, "abcdef")
        one.evaluate("document.getElementById('text').setSelectionRange(3, 3)")
        other.evaluate("document.getElementById('text').setSelectionRange(0, 0)")
        other.type("12")
        self.assert_text(one, "12abcdef")
        self.assertEqual(one.evaluate("document.getElementById('text').selectionStart"), 5)

    def test_a_composition_goes_on_while_others_type(self):
        one, other = self.editor(), self.editor()
        one.call("Input.imeSetComposition", text="かん", selectionStart=2, selectionEnd=2)
        other.type("12")
        one.wait("document.querySelectorAll('#others li').length === 1")
        one.call("Input.imeSetComposition", text="かんじ", selectionStart=3, selectionEnd=3)
        other.wait(SAVED)
        one.paste("漢字")
        for tab in (one, other):
            self.assert_text(tab, "漢字12")

    def test_line_ends_of_other_systems_become_line_feeds(self):
        tab = self.editor()
        tab.evaluate("import('/hunch.js').then(async ({ connect }) => {"
                     "const client = connect(location.origin.replace('http', 'ws') + '/ws');"
                     f"const document = await client.open('{self.document}');"
                     "document.replace(0, 0, 'one\\r\\ntwo\\r\\n');"
                     "await document.saved(); client.close(); })")
        self.assert_text(tab, "one\ntwo\n")
        tab.wait(SAVED)
        self.assert_text(self.editor(), "one\ntwo\n")

    def test_others_are_shown_with_their_carets_until_they_leave(self):
        one, other = self.editor(), self.editor()
        one.type("hello")
        self.assert_text(other, "hello")
        one.wait("document.querySelectorAll('#others li').length === 1")
        other.evaluate("document.getElementById('text').setSelectionRange(2, 2)")
        one.wait("document.querySelector('.ghost .caret')?.previousSibling?.data === 'he'")
        self.tabs.remove(other)
        other.close()
        one.wait("document.querySelectorAll('#others li').length === 0")
        one.wait("document.querySelector('.ghost .caret') === null")

    def test_a_text_is_there_again_when_the_page_is_loaded_again(self):
        tab = self.editor()
        tab.type("one\ntwo 😀\n")
        tab.wait(SAVED)
        tab.reload()
        tab.wait(f"{READY} && {TEXT} === 'one\\ntwo 😀\\n'")

    def test_an_empty_document_invites_to_write_and_writes_an_example(self):
        tab = self.editor()
        tab.wait("document.getElementById('start').checkVisibility()")
        tab.press("Tab")
        tab.wait("document.activeElement.id === 'example'")
        tab.press("Enter")
        tab.wait(f"{INTENTS}.filter(Boolean).length >= 3")
        tab.wait("document.activeElement.id === 'text'")
        self.assertFalse(tab.evaluate("document.getElementById('start').checkVisibility()"))

    def test_selections_of_others_are_shown(self):
        one, other = self.editor(), self.editor()
        one.type("hello there\nyou")
        self.assert_text(other, "hello there\nyou")
        other.evaluate("document.getElementById('text').setSelectionRange(6, 14, 'backward')")
        selected = "[...document.querySelectorAll('.ghost .selection')].map((part) => part.textContent)"
        one.wait(f"{selected}.join() === 'there,yo'")
        one.wait("document.querySelector('.ghost .caret')?.previousSibling?.data === 'hello '")

    def test_entities_are_marked_and_move_with_the_text(self):
        # The demo model finds no entities: these are put into its results on their way.
        tab, other = self.editor(script=WITH_ENTITY), self.editor()
        tab.type("call the carrier on Friday")
        entity = "[...document.querySelectorAll('.ghost .entity')].map((part) => part.textContent)"
        tab.wait(f"{entity}.join() === 'call'")
        self.assert_text(other, "call the carrier on Friday")
        other.evaluate("document.getElementById('text').setSelectionRange(0, 0)")
        other.type("\n")
        tab.wait(f"{TEXT}.startsWith('\\n') && {entity}.join() === 'call'")

    def test_a_server_with_keys_asks_for_one(self):
        if options.server is None:
            self.skipTest("no --server")
        with Server(options.server, key="secret") as server:
            asked = "document.querySelector('#access input')"
            for address, ready in ((f"{server.url}/#{self.document}", READY),
                                   (f"{server.url}/console", LIVE)):
                tab = self.browser.tab(address)
                self.tabs.append(tab)
                tab.wait(asked)
                tab.type("secret")
                tab.evaluate("window.isOld = true")
                tab.press("Enter")
                tab.wait(f"!window.isOld && {ready}")
                self.assertIsNone(tab.evaluate(asked))

    def test_a_killed_server_loses_and_doubles_nothing(self):
        if self.server is None:
            self.skipTest("no --server")
        one, other = self.editor(), self.editor()
        # Each tab has letters of its own, so that the text tells what each has written, in order.
        sources = [(one, itertools.cycle("0123456789")), (other, itertools.cycle("abcdefghij"))]
        written = ["", ""]

        def write(count):
            for _ in range(count):
                for author, (tab, source) in enumerate(sources):
                    letter = next(source)
                    tab.type(letter)
                    written[author] += letter

        for _ in range(3):
            write(10)
            # What was typed last is on its way, and stays so.
            self.server.kill()
            write(5)
            for tab in (one, other):
                tab.wait(DISCONNECTED)
            write(5)
            self.server.start()
            write(10)
            for tab in (one, other):
                tab.wait(SAVED)
        one.wait(f"{TEXT}.length === {sum(map(len, written))}")
        text = one.evaluate(TEXT)
        for tab in (other, self.editor()):
            self.assert_text(tab, text)
        self.assertEqual("".join(filter(str.isdigit, text)), written[0])
        self.assertEqual("".join(filter(str.isalpha, text)), written[1])
        # A lost connection is an error in the browser's log, and here no mistake.
        for tab in (one, other):
            tab.errors = [error for error in tab.errors if "ERR_CONNECTION" not in error]

    def test_screenshots(self):
        if options.screenshots is None:
            self.skipTest("no --screenshots folder")
        folder = pathlib.Path(options.screenshots)
        folder.mkdir(parents=True, exist_ok=True)
        self.document = f"demo/support-call-{secrets.randbelow(90) + 10}"
        console = self.console()
        ada, grace = self.editor(width=1280, height=640), self.editor()
        for tab, name in ((ada, "Ada Lovelace"), (grace, "Grace Hopper")):
            tab.evaluate(f"localStorage.setItem('user', '{name}')")
            tab.reload()
            tab.wait(READY)
        ada.type(NOTES)
        self.assert_text(grace, NOTES)
        caret = NOTES.index(" could be scheduled")
        grace.evaluate(f"document.getElementById('text').setSelectionRange({caret}, {caret})")
        ada.press("Control+Home")
        ada.wait(f"{SUGGESTIONS} && {LINES}.length === {len(NOTES.splitlines()) + 1}")
        ada.wait("document.querySelector('.ghost .caret')?.previousSibling?.data.endsWith('exports')")
        for name, tab in (("editor", ada), ("console", console)):
            for scheme in ("dark", "light"):
                tab.scheme(scheme)
                tab.screenshot(folder / f"{name}-{scheme}.png")
        ada.resize(390, 844)
        ada.screenshot(folder / "editor-phone.png")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    server = parser.add_mutually_exclusive_group(required=True)
    server.add_argument("--server")
    server.add_argument("--url")
    parser.add_argument("--screenshots")
    _, rest = parser.parse_known_args(namespace=options)
    unittest.main(argv=[__file__, *rest])


if __name__ == "__main__":
    main()

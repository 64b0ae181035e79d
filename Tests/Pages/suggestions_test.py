"""The editor's recommendations in a real browser."""

from page import INTENTS, Page, SUGGESTIONS, UTTERANCE

# What the page has sent, newest last.
SENT = """\
window.sent = [];
const { send } = WebSocket.prototype;
WebSocket.prototype.send = function (data) {
    window.sent.push(JSON.parse(data));
    send.call(this, data);
};
"""


class SuggestionsTests(Page):
    """What is shown, and what the server is told of it."""

    def test_suggestions_are_reached_and_accepted_by_keys_alone(self):
        tab = self.editor()
        tab.paste(UTTERANCE)
        tab.wait(f"{SUGGESTIONS} && {INTENTS}[0] !== ''")
        tab.press("Tab")
        tab.wait("document.activeElement.className === 'intent'")
        tab.press("Tab")
        tab.wait("document.activeElement.matches('.title')")
        tab.press("Tab")
        tab.wait("document.activeElement.matches('.accept')")
        tab.press("Enter")
        tab.wait("document.querySelector('.suggestion.accepted')")
        tab.press("Escape")
        tab.wait("document.activeElement.id === 'text'")

    def test_a_dismissed_suggestion_goes(self):
        tab = self.editor()
        tab.paste(UTTERANCE)
        title = "document.querySelector('.suggestion .title')?.textContent"
        first = tab.wait(title)
        tab.evaluate("document.querySelector('.suggestion .dismiss').click()")
        self.assertNotEqual(tab.evaluate(title), first)

    def test_what_is_dismissed_comes_back_with_undo(self):
        tab = self.editor(script=SENT)
        tab.paste(UTTERANCE)
        shown = "[...document.querySelectorAll('.suggestion .title')].map((title) => title.textContent)"
        tab.wait(f"{SUGGESTIONS} > 1 && {INTENTS}[0] !== ''")
        before = tab.evaluate(shown)
        tab.evaluate("document.querySelector('.suggestion .dismiss').focus()")
        tab.press("Enter")
        tab.wait("document.activeElement.matches('.undo')")
        self.assertEqual(tab.evaluate(shown), before[1:])
        tab.press("Enter")
        tab.wait("document.activeElement.matches('.dismiss')")
        self.assertEqual(tab.evaluate(shown), before)
        actions = ("sent.filter(({ type, item }) => type === 'interact' && item !== undefined)"
                   ".map(({ action }) => action)")
        self.assertEqual(tab.evaluate(actions), ["dismiss", "undo"])

    def test_a_list_that_stands_for_a_while_is_told_to_be_seen_once(self):
        tab = self.editor(script=SENT)
        tab.paste(UTTERANCE)
        seen = "sent.filter(({ action }) => action === 'impression')"
        tab.wait(f"{seen}.length === 1")
        self.assertIsNone(tab.evaluate(f"{seen}[0].item ?? null"))
        tab.press("Enter")
        tab.press("ArrowUp")
        tab.wait(f"{SUGGESTIONS} > 0")
        # Another line's list is another, and seen for itself: the first was not told again by then.
        tab.press("ArrowDown")
        tab.type("the parcel is stuck at customs")
        tab.wait(f"{seen}.at(-1).recommendation !== {seen}[0].recommendation")
        told = tab.evaluate(f"{seen}.map(({{ recommendation }}) => recommendation)")
        self.assertEqual(len(told), len(set(told)))

    def test_a_title_opens_its_suggestion_and_tells_one_click(self):
        tab = self.editor(script=SENT)
        tab.paste(UTTERANCE)
        tab.wait(f"{SUGGESTIONS} && {INTENTS}[0] !== ''")
        title = "document.querySelector('.suggestion .title')"
        details = "document.querySelector('.suggestion .details').checkVisibility()"
        for is_open in (True, False, True):
            tab.evaluate(f"{title}.click()")
            self.assertEqual(tab.evaluate(f"{title}.ariaExpanded === 'true'"), is_open)
            self.assertEqual(tab.evaluate(details), is_open)
        self.assertEqual(tab.evaluate("sent.filter(({ action }) => action === 'click').length"), 1)

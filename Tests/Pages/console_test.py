"""The console in a real browser."""

import contextlib

from page import Page, SAVED, UTTERANCE

# Two versions of a recommender, of which one is in use, and one stage.
TWO_VERSIONS = """\
const text = `hunch_model_live{model="a@1",kind="ranker"} 0
hunch_model_live{model="a@2",kind="ranker"} 1
hunch_online_metric{corpus="c",source="editor",model="a@1",arm="",metric="ctr"} 0.25
hunch_online_metric{corpus="c",source="editor",model="a@2",arm="",metric="ctr"} 0.5
hunch_stage_seconds_sum{model="a@2",stage="score"} 0.002
hunch_stage_seconds_count{model="a@2",stage="score"} 4
`;
window.fetch = async () => new Response(text);
"""
# Lists of a recommender that explains itself.
EXPLAINED = """\
const { send } = WebSocket.prototype;
const { set } = Object.getOwnPropertyDescriptor(WebSocket.prototype, "onmessage");
const weights = { first: [["low", 0.25], ["none", 0], ["high", -0.5]], second: [["only", 1]] };
let tell;
Object.defineProperty(WebSocket.prototype, "onmessage", { set(listener) {
    tell = (message) => listener({ data: JSON.stringify(message) });
    set.call(this, ({ data }) => {
        const message = JSON.parse(data);
        if (message.event === "recommendations") {
            Object.assign(message, { recommendation: "r", items: ["first", "second", "third"] });
        }
        tell(message);
    });
} });
WebSocket.prototype.send = function (data) {
    const { type, id, recommendation, item } = JSON.parse(data);
    if (type !== "explain") return send.call(this, data);
    const contributions = weights[item]?.map(([feature, weight]) => ({ feature, weight }));
    tell(contributions === undefined
        ? { type: "error", id, code: "unknown_item", message: "There is no such item." }
        : { type: "explanation", id, recommendation, item, model: "a@2", bias: 1, contributions });
};
"""


class ConsoleTests(Page):
    """The event log, the figures, and what is shown of recommenders."""

    def test_the_console_shows_events_and_filters_them(self):
        console, tab = self.console(), self.editor()
        rows = "[...document.querySelectorAll('.log li')]"
        tab.type(UTTERANCE)
        console.wait(f"{rows}.some((row) => row.dataset.doc === '{self.document}')")
        kind = console.evaluate(f"(() => {{ const row = {rows}.at(-1);"
                                "row.querySelector('[data-filter=type]').click();"
                                "return row.dataset.type; })()")
        console.wait(f"{rows}.length")
        self.assertTrue(console.evaluate(f"{rows}.every((row) => row.dataset.type === '{kind}')"))
        console.evaluate("document.getElementById('pause').click()")
        count = console.evaluate("document.querySelectorAll('.log li').length")
        tab.type(" please")
        tab.wait(SAVED)
        console.wait("document.getElementById('lost').textContent.includes('waiting')")
        self.assertEqual(console.evaluate("document.querySelectorAll('.log li').length"), count)

    def test_the_console_shows_all_its_figures(self):
        console, tab = self.console(), self.editor()
        # Quantiles are of what came between two readings: more typing where that was nothing.
        for _ in range(10):
            tab.type("x")
            with contextlib.suppress(AssertionError):
                console.wait("![...document.querySelectorAll('.figures-row b')]"
                             ".some((figure) => figure.textContent === '–')", seconds=3)
                return
        self.fail(console.evaluate("document.querySelector('.figures-row').innerText"))

    def test_the_console_shows_versions_side_by_side_and_their_stages(self):
        console = self.console(script=TWO_VERSIONS)
        console.wait("document.querySelector('.charts figure')")
        self.assertEqual(
            console.evaluate("document.querySelector('.charts figure').innerText.split(/\\s*\\n\\s*/)"),
            ["ctr · editor", "a@1", "0.25", "a@2", "0.5"])
        self.assertEqual(console.evaluate("document.querySelectorAll('.charts polyline').length"), 2)
        live = "[...document.querySelectorAll('.charts .live')].map((entry) => entry.innerText)"
        self.assertEqual(len(console.evaluate(live)), 1)
        self.assertIn("score", console.evaluate("document.querySelector('.stages').innerText"))
        self.assertIn("500 µs", console.evaluate("document.querySelector('.stages').innerText"))

    def test_the_console_hides_recommenders_where_there_are_none(self):
        script = "window.fetch = async () => new Response('hunch_connections 7\\n')"
        console = self.console(script=script)
        console.wait("document.querySelector('.figures-row b').textContent === '7'")
        self.assertFalse(console.evaluate(
            "document.getElementById('recommenders').checkVisibility()"))

    def test_the_console_explains_a_list_item_by_item_by_keys_alone(self):
        console, tab = self.console(script=EXPLAINED), self.editor()
        tab.type(UTTERANCE)
        console.wait("document.querySelector('.log .explain')")
        console.evaluate("document.getElementById('pause').click()")
        console.evaluate("document.querySelector('.log .explain').focus()")
        console.press("Enter")
        rows = "[...document.querySelectorAll('.parts tbody tr, .parts tfoot tr')]"
        texts = f"{rows}.map((row) => row.innerText.trim().split(/\\s+/).join(' '))"
        console.wait(f"{rows}.length === 4")
        self.assertEqual(
            console.evaluate(texts), ["bias +1", "high −0.5", "low +0.25", "score +0.75"])
        self.assertIn("1 feature adds nothing", console.evaluate(
            "document.querySelector('.parts').innerText"))
        console.wait("document.activeElement.id === 'explained'")
        console.press("ArrowDown")
        console.wait(f"{texts}.includes('only +1')")
        console.press("ArrowDown")
        console.wait("document.querySelector('.parts [role=alert]')?.textContent"
                     " === 'There is no such item.'")
        console.press("Escape")
        console.wait("!document.getElementById('explanation').open")

    def test_the_console_takes_a_list_of_the_server_apart(self):
        console, tab = self.console(), self.editor()
        tab.type(UTTERANCE)
        # The list that stays is told to have been seen; those before it may be forgotten.
        console.wait("document.querySelector('.log li[data-type=interact]')")
        console.evaluate("[...document.querySelectorAll('.log .explain')].at(-1).click()")
        console.wait("document.querySelector('.parts tfoot tr')")
        parts = console.evaluate("document.querySelector('.parts').innerText")
        for name in ("textSimilarity", "coverage", "score"):
            self.assertIn(name, parts)
        # What the features add is what the score is, as far as it is shown.
        weights = console.evaluate("[...document.querySelectorAll('.parts tbody tr, .parts tfoot tr')]"
                                   ".map((row) => Number(row.innerText.trim().split(/\\s+/).at(-1)"
                                   ".replace('−', '-')))")
        self.assertAlmostEqual(sum(weights[:-1]), weights[-1], delta=0.05)

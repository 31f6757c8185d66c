"""The page and the built files: size, layout, embedding, and texts that try to be more than text."""

from __future__ import annotations

import gzip
import json
import re
from html.parser import HTMLParser

import pytest
from hostile import TEXTS, answers, summary
from person import SHIFT

from bot.channels.site import PAGE, PAGE_FOLDER

MOST_BYTES = 25_000


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_whatever_stands_in_a_payload_is_shown_as_text(visit, state, text) -> None:
    state.answers["*"], state.summary = answers(text), summary(text)
    talk = visit(viewport={"width": 360, "height": 740}).open().agree().say(text)
    talk.page.get_by_role("article").wait_for()
    talk.page.locator(".sources summary").click()
    talk.page.evaluate("window.print = () => {}")
    talk.tap("Print or save as PDF")
    page = talk.page
    assert page.evaluate("window.hacked") is None
    assert talk.own == [text]
    assert page.locator(".log > .bot").nth(1).evaluate("e => e.childNodes[1].textContent") == text
    assert page.get_by_role("article").locator(".badge").first.inner_text().endswith(text)
    made = page.evaluate(
        "() => [...document.querySelectorAll('vitamin-d-chat, vitamin-d-report')].flatMap(h => [h, ...h.shadowRoot"
        ".querySelectorAll('*')]).flatMap(e => [...e.attributes].map(a => [e.localName, a.name, a.value]))"
    )
    assert not [one for one in made if one[1].startswith("on") or (one[1] == "href" and "javascript:" in one[2])]
    assert {one[0] for one in made}.isdisjoint({"script", "img", "iframe", "b-link"})
    assert talk.overflows() == []
    page.get_by_role("button", name="Correct:").first.click()
    assert talk.overflows() == []
    page.keyboard.press("Escape")
    page.reload()
    page.get_by_role("article").wait_for()
    assert page.evaluate("window.hacked") is None


@pytest.mark.parametrize("answer", [[], [{}], [{"text": "", "custom": {"type": "assessment", "card": {}}}], {"a": 1}])
def test_an_odd_answer_breaks_nothing(talk, state, answer) -> None:
    state.answers["odd"] = answer if isinstance(answer, list) else [answer]
    talk.say("odd", answered=False).page.wait_for_timeout(100)
    talk.say("hello")
    assert state.handled == ["odd", "hello"]


def test_the_whole_widget_is_small(built) -> None:
    sizes = {name: len(gzip.compress((PAGE_FOLDER / name).read_bytes())) for name in ("vitamin-d-chat.js", "page.css")}
    assert sum(sizes.values()) <= MOST_BYTES, sizes


def test_the_build_is_the_files_that_are_served(built) -> None:
    files = {path.name for path in PAGE_FOLDER.iterdir() if not path.name.startswith(".")}
    assert files == {name for name, _ in PAGE.values()}


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list) -> None:
        self.tags.append((tag, dict(attributes)))


def test_the_page_needs_nothing_inline_and_nothing_from_elsewhere(built) -> None:
    for tag, attributes in Tags((PAGE_FOLDER / "index.html").read_text()).tags:
        assert tag != "style"
        assert tag != "script" or attributes.get("src")
        assert not [name for name in attributes if name == "style" or name.startswith("on")]
        address = attributes.get("src") or attributes.get("href")
        assert address is None or re.fullmatch(r"/[a-z.-]+|#[a-z]+|tel:\d+", address)
    script = (PAGE_FOLDER / "vitamin-d-chat.js").read_text()
    hosts = set(re.findall(r"https?://([\w.-]+)", script))
    assert hosts <= {"www.w3.org"}  # the name of SVG's namespace, not an address


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_nothing_moves_while_the_page_loads(visit, width) -> None:
    talk = visit(viewport={"width": width, "height": 800}).open()
    assert talk.page.evaluate(SHIFT) == 0
    assert talk.overflows() == []


def test_nothing_moves_while_one_talks(visit) -> None:
    talk = visit(viewport={"width": 1280, "height": 900}).open().agree()
    outside = ["header.bar", "main", "footer"]
    before = [talk.page.locator(name).bounding_box() for name in outside]
    talk.say("my left calf keeps twitching").say("night work").say("chest pain")
    assert [talk.page.locator(name).bounding_box() for name in outside] == before


@pytest.mark.parametrize(
    ("attributes", "scheme", "dark"),
    [("", "light", False), ("", "dark", True), ("theme=dark", "light", True), ("theme=light", "dark", False)],
)
def test_colours_follow_the_system_or_the_attribute(visit, state, attributes, scheme, dark) -> None:
    state.pages["/embedded"] = page_with(attributes)
    talk = visit(color_scheme=scheme).open("/embedded")
    colour = talk.page.locator(".chat").evaluate("e => getComputedStyle(e).backgroundColor")
    red = int(re.findall(r"\d+", colour)[0])
    assert (red < 128) is dark


def test_a_site_sets_its_own_colours_and_size(visit, state) -> None:
    state.pages["/themed.css"] = b"vitamin-d-chat { --vd-accent: rgb(120, 0, 90); --vd-height: 30rem; }"
    state.pages["/embedded"] = page_with("", b"<link rel=stylesheet href=/themed.css>")
    talk = visit().open("/embedded")
    # The stand-in serves every page as HTML, so the sheet is set as a script would.
    talk.page.evaluate(
        "css => { const s = new CSSStyleSheet(); s.replaceSync(css); document.adoptedStyleSheets = [s]; }",
        state.pages["/themed.css"].decode(),
    )
    agree = talk.page.get_by_role("button", name="I agree")
    assert agree.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(120, 0, 90)"
    assert talk.page.locator("vitamin-d-chat").bounding_box()["height"] == 480


def page_with(attributes: str, head: bytes = b"") -> bytes:
    return (
        b"<!doctype html><html lang=en><title>A clinic</title>" + head + b"<main><h1>A clinic</h1>"
        b"<script type=module src=/vitamin-d-chat.js></script>"
        b"<vitamin-d-chat " + attributes.encode() + b"></vitamin-d-chat></main>"
    )


def test_a_report_of_the_policy_would_be_seen(browser, stand_in) -> None:
    """The other tests count none; here one is provoked, so that a count of none means something."""
    stand_in.state.pages["/bad"] = b"<!doctype html><title>x</title><script>1</script>"
    page = browser.new_page()
    with page.expect_request("**/csp"):
        page.goto(stand_in.url + "/bad")
    page.wait_for_timeout(100)
    page.close()
    assert "script-src" in json.dumps(stand_in.state.reports)

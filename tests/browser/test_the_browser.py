"""The browser the page tests stand on: Debian's Chromium, with a Chinese font, and no way out."""

import pytest
from playwright.sync_api import Error, Page

pytestmark = pytest.mark.browser


def test_the_browser_knows_no_other_machine(page: Page):
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("http://example.org/")


def test_chinese_text_is_drawn_with_a_font_that_has_it(page: Page):
    page.set_content("<meta charset=utf-8><p lang=zh-CN>整改销号</p>")
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    paragraph = session.send("DOM.querySelector", {"nodeId": root, "selector": "p"})["nodeId"]
    fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": paragraph})["fonts"]
    assert [(font["familyName"].split(" CJK")[0], font["glyphCount"]) for font in fonts] in (
        [("Noto Sans", 4)],
        [("Noto Serif", 4)],
    )

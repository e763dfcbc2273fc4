"""大屏: the cockpit on one dark sheet, with the same numbers and nothing to click but the way out."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from tests.cast import Cast
from tests.web.ledger_sample import make_ledger, make_round
from tests.web.test_ledger_pages import as_, words

pytestmark = pytest.mark.django_db


def test_the_wall_shows_the_numbers_of_the_cockpit(cast: Cast):
    make_ledger(cast, problems=8)
    make_round(cast)
    client = as_(cast.leader)
    cockpit, wall = client.get(reverse("today")), client.get(reverse("wall"))
    assert reverse("wall") in cockpit.content.decode()
    tiles = re.findall(r'<span class="tile-n">([\d,]+)</span>', cockpit.content.decode())
    shown = re.findall(r"<dd>([\d,]+)</dd>", wall.content.decode())
    assert len(tiles) == 6
    assert shown == tiles
    assert sum(int(n) for n in shown) == 16
    said = words(wall)
    for word in ("江源省整改情况", "朔岭市", "合计", "已报率", "数据截至"):
        assert word in said


def test_the_wall_is_dark_refreshes_itself_and_has_no_way_in_but_the_way_out(cast: Cast):
    make_ledger(cast, problems=2)
    page = as_(cast.leader).get(f"{reverse('wall')}?region={cast.city.pk}").content.decode()
    assert 'data-theme="wall"' in page
    assert f'hx-get="{reverse("wall")}?region={cast.city.pk}"' in page
    assert 'hx-trigger="every 60s"' in page
    links = re.findall(r'<a (?!class="skip")[^>]*href="([^"]+)"', page.split("<body", 1)[1])
    assert links == [f"{reverse('board')}?region={cast.city.pk}"]
    assert 'class="side"' not in page


def test_the_wall_of_a_place_out_of_sight_is_not_there(cast: Cast):
    assert as_(cast.city_reviewer).get(f"{reverse('wall')}?region={cast.province.pk}").status_code == 404

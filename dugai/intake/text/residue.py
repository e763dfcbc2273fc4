"""What a web page, a document site or a newspaper adds around a text."""

from __future__ import annotations

import re

from dugai.intake.grammar.labels import role_of
from dugai.intake.text.edits import Edit
from dugai.intake.text.lines import Line

_STRONG = re.compile(
    r"查看原文|阅读原文|继续滑动|向上滑动|向下滑动|一键订阅|点击.{0,8}(?:订阅|关注|阅读|留言|收藏|分享|查看|上方|下方|下载|蓝字)"
    r"|(?:扫描?|长按).{0,8}(?:二维码|识别)|扫一扫.{0,12}(?:打开|手机|关注|分享)|扫码|转载请注明|未经授权.{0,6}(?:转载|不得)|版权(?:所有|归|声明)|免责声明|您可能也?对|猜你喜欢"
    r"|文章有问题|未经处理的缓存|微信公众号|公众号[:“]|关注我们|喜欢此内容的人还喜欢|预览时标签不可点|轻触阅读|微信扫一扫"
    r"|(?:字体|字号)[:\s]*[\[(]?\s*[大中小]|打印本页|关闭(?:本页|窗口)|当前位置|您(?:现在)?(?:所在)?的?位置|首页\s*[>»]|分享到|浏览次数|阅读量|点击数|访问量"
    r"|上一篇|下一篇|相关(?:阅读|链接|推荐|文章|新闻)|推荐阅读|近期要闻|往期(?:回顾|推荐|精彩)|热门推荐|延伸阅读|网站地图|ICP备|公网安备|网站标识码"
    r"|由会员分享|可在线阅读|珍藏版|请在.{1,12}上搜索|更多相关《|文档(?:下载|大全|分享)|豆丁网|道客巴巴|百度文库|原创力文档|下载积分"
    r"|编辑整理|责任编辑|责编[:\s]|审核[:]|校对[:]|排版[:]|监制[:]|签发人?[:](?=.{2,8}$)|供稿[:]|投稿(?:邮箱|热线)|客服|广告|订阅.{0,10}杂志|预售进行中|在看$|点赞"
)
_SOURCE_LINE = re.compile(
    r"^(?:[(\[]?\s*)(?:来?源|稿件来源|文章来源|信息来源|稿源|供图|图片来源)\s*[:]\s*\S.{0,40}$"
)
_HEAD_LINE = re.compile(
    r"^(?:发布(?:时间|日期)|发文时间|时间|日期|更新时间|作者|来源|信息来源|文章来源|发布机构|索引号|浏览|阅读|点击)\s*[:].{0,80}$"
    r"|^[^\d。,;!?]{0,24}\s*(?:19|20)\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?(?:\s*(?:来源|星期|浏览|阅读|发表于|作者).{0,40})?$"
)
_FOOT = re.compile(
    r"转载请注明|一键订阅|近期要闻|相关(?:阅读|链接|推荐|文章)|推荐阅读|往期|猜你喜欢|点击留言|继续滑动|上一篇|责任编辑|责编[:]"
)


def residue_lines(lines: list[Line]) -> list[Line]:
    """Lines that belong to the carrier, not to the document."""
    found = [line for line in lines if _is_residue(line)]
    feet = [
        i
        for i, line in enumerate(lines)
        if i > len(lines) * 0.5 and _FOOT.search(line.text) and len(line) < 60
    ]
    if feet:
        found += [ln for ln in lines[feet[0] :] if ln not in found and _is_tail(ln)]
    head = [i for i, line in enumerate(lines[:12]) if line in found or _is_page_head(line)]
    found += [lines[i] for i in head if lines[i] not in found]
    return sorted(found, key=lambda ln: ln.start)


def _is_residue(line: Line) -> bool:
    if len(line) <= 100 and _STRONG.search(line.text):
        return True
    return bool(_SOURCE_LINE.match(line.text)) and len(line) <= 48


def _is_tail(line: Line) -> bool:
    return len(line) <= 70 and not line.text.endswith(("。", ";"))


def _is_page_head(line: Line) -> bool:
    if len(line) > 100:
        return False
    if re.fullmatch(r"(?:19|20)\d{2}年\d{1,2}月\d{1,2}日", line.text):
        return False
    first = line.text.split()[0] if line.text.split() else ""
    return bool(_HEAD_LINE.match(line.text)) and role_of(first) is None


def residue_edits(lines: list[Line]) -> list[Edit]:
    """Site residue as removals."""
    why = "网站、报纸或文库附加的内容，不属于正文"
    return [Edit(ln.start, ln.end, "", "site_boilerplate", why) for ln in residue_lines(lines)]


_PAGE_NUMBER = re.compile(
    r"^[-·]?\s*(?:第\s*)?\d{1,3}\s*(?:页)?(?:\s*[,/共]\s*共?\s*\d{1,3}\s*页?)?\s*[-·]?$"
)


def running_heads(lines: list[Line]) -> list[Edit]:
    """The head of each page printed again beside a page number; its first place stays."""
    seen: set[str] = set()
    edits: list[Edit] = []
    for index, line in enumerate(lines):
        beside = [lines[i].text for i in (index - 1, index + 1) if 0 <= i < len(lines)]
        if line.text in seen and 6 <= len(line) <= 60 and any(_PAGE_NUMBER.match(t) for t in beside):
            edits.append(Edit(line.start, line.end, "", "site_boilerplate", "页眉，每页重复"))
        seen.add(line.text)
    return edits

"""How Chinese names are said, and where one syllable ends and the next begins in what somebody types."""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from itertools import product
from threading import Event, Lock

os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")  # all its phrases take 45 MB of every process; see learn_phrases
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "1")  # nobody changes what it knows of single characters

# The library itself is imported by the first name that is read: it takes 10 MB, and a worker that makes a file reads none.

VARIANTS = 4
"""Readings of one name, and ways to part one word into syllables, that are looked at."""

_TEXT = """
    a ai an ang ao ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu ca cai can cang cao ce cen ceng cha chai
    chan chang chao che chen cheng chi chong chou chu chua chuai chuan chuang chui chun chuo ci cong cou cu cuan cui cun cuo da
    dai dan dang dao de den deng di dian diao die ding diu dong dou du duan dui dun duo e en eng er fa fan fang fei fen feng
    fiao fo fou fu ga gai gan gang gao ge gei gen geng gong gou gu gua guai guan guang gui gun guo ha hai han hang hao he hei
    hen heng hong hou hu hua huai huan huang hui hun huo ji jia jian jiang jiao jie jin jing jiong jiu ju juan jue jun ka kai
    kan kang kao ke ken keng kong kou ku kua kuai kuan kuang kui kun kuo la lai lan lang lao le lei leng li lia lian liang liao
    lie lin ling liu lo long lou lu luan lun luo lv lve ma mai man mang mao me mei men meng mi mian miao mie min ming miu mo mou
    mu na nai nan nang nao ne nei nen neng ni nian niang niao nie nin ning niu nong nou nu nuan nun nuo nv nve ou pa pai pan
    pang pao pei pen peng pi pian piao pie pin ping po pou pu qi qia qian qiang qiao qie qin qing qiong qiu qu quan que qun ran
    rang rao re ren reng ri rong rou ru rua ruan rui run ruo sa sai san sang sao se sen seng sha shai shan shang shao she shen
    sheng shi shou shu shua shuai shuan shuang shui shun shuo si song sou su suan sui sun suo ta tai tan tang tao te teng ti
    tian tiao tie ting tong tou tu tuan tui tun tuo wa wai wan wang wei wen weng wo wu xi xia xian xiang xiao xie xin xing xiong
    xiu xu xuan xue xun ya yan yang yao ye yi yin ying yo yong you yu yuan yue yun za zai zan zang zao ze zei zen zeng zha zhai
    zhan zhang zhao zhe zhen zheng zhi zhong zhou zhu zhua zhuai zhuan zhuang zhui zhun zhuo zi zong zou zu zuan zui zun zuo
"""
_SYLLABLES = frozenset(_TEXT.split())
_BEGINNINGS = frozenset(syllable[:length] for syllable in _SYLLABLES for length in range(1, len(syllable) + 1))
_LONGEST = max(map(len, _SYLLABLES))

_TABLE = """
    行 hang xing · 重 zhong chong · 长 chang zhang · 乐 le yue · 都 du dou · 厦 xia sha · 朝 chao zhao · 盛 sheng cheng
    晟 cheng sheng · 六 liu lu · 单 dan shan · 曾 zeng ceng · 仇 qiu chou · 解 jie xie · 查 cha zha · 区 qu ou
    朴 pu piao · 覃 qin tan · 翟 zhai di · 尉 wei yu · 车 che ju · 藏 cang zang · 蚌 bang beng · 番 fan pan
    莘 shen xin · 会 hui kuai · 传 chuan zhuan · 参 can shen · 宿 su xiu · 佛 fo fu · 校 xiao jiao · 绿 lv lu
    贾 jia gu · 柏 bai bo · 薄 bo bao · 调 diao tiao
"""
_ALSO = {entry.split()[0]: tuple(entry.split()[1:]) for line in _TABLE.strip().splitlines() for entry in line.split("·")}
"""Characters that names of people, places and firms read in several ways."""

_CONTEXT = 3
"""Characters that are looked at to tell how the middle one is read."""


_learning, _learned = Lock(), Event()


def learn_phrases() -> None:
    """Know the phrases that decide readings; done by the first name that is read, and once in a process.

    It takes a third of a second, which most commands need not wait for; a server learns before its first request.
    """
    with _learning:
        if not _learned.is_set():
            _keep_deciding(_phrases())
            _learned.set()


def _keep_deciding(phrases: Iterator[tuple[str, list[list[str]]]]) -> None:
    """Keep the phrases that can decide a reading, and their beginnings, by which text is parted into phrases; forget all others."""
    heads: set[str] = set()
    kept: dict[str, list[list[str]]] = {}
    for phrase, said in phrases:
        head = phrase[:_CONTEXT]
        if len(phrase) == 1 or not _ALSO.keys().isdisjoint(head):
            heads.add(head)
            if head == phrase:
                kept[phrase] = said
    from pypinyin import load_phrases_dict
    from pypinyin.seg.mmseg import seg

    seg.train(iter(heads))
    load_phrases_dict(kept)


def _phrases() -> Iterator[tuple[str, list[list[str]]]]:
    """Every phrase of the library and how it is said, one after the other: all at once they are 45 MB for a moment."""
    text = resources.files("pypinyin").joinpath("phrases_dict.json").read_text("utf-8")
    decode = json.JSONDecoder().raw_decode
    start = text.find('"')
    while start >= 0:
        phrase, end = decode(text, start)
        said, end = decode(text, text.index("[", end))
        yield phrase, said
        start = text.find('"', end)


def readings(run: str) -> list[list[str]]:
    """The syllables of a run of Han characters, without tones, ü written v: the reading in context first, then other likely ones.

    A character that has no known reading is said as ``u``.
    """
    doubtful = [place for place, character in enumerate(run) if character in _ALSO]
    main = [_said(character) for character in run]
    if not doubtful:
        return [main]
    for place in doubtful:
        main[place] = _in_context(run[max(0, place - 1) : place + 2], min(place, 1))
    choices = [[main[place], *(other for other in _ALSO[run[place]] if other != main[place])] for place in doubtful]
    return [_replaced(main, doubtful, chosen) for chosen, _count in zip(product(*choices), range(VARIANTS), strict=False)]


def syllables_in(word: str) -> Iterator[tuple[str, ...]]:
    """Ways to part ``word`` into two or more syllables, the last of which may be unfinished; longest first syllables first.

    >>> list(syllables_in("jishu"))
    [('ji', 'shu')]
    """
    ends = _ways_on(word)
    found = 0
    waiting: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    while waiting and found < VARIANTS:
        start, before = waiting.pop()
        if before and word[start:] in _BEGINNINGS:
            found += 1
            yield (*before, word[start:])
        longest = min(start + _LONGEST, len(word) - 1)
        nexts = (end for end in range(start + 1, longest + 1) if ends[end] and word[start:end] in _SYLLABLES)
        waiting.extend((end, (*before, word[start:end])) for end in nexts)


def _ways_on(word: str) -> list[bool]:
    """For every place of ``word``, whether syllables can lead from there to its end."""
    ways = [False] * (len(word) + 1)
    for start in range(len(word) - 1, -1, -1):
        ends = range(start + 1, min(start + _LONGEST, len(word)) + 1)
        ways[start] = word[start:] in _BEGINNINGS or any(ways[end] and word[start:end] in _SYLLABLES for end in ends)
    return ways


def _replaced(main: list[str], places: list[int], chosen: tuple[str, ...]) -> list[str]:
    said = list(main)
    for place, syllable in zip(places, chosen, strict=True):
        said[place] = syllable
    return said


@lru_cache(maxsize=50_000)
def _said(character: str) -> str:
    return _ascii(_lazy(character)[0])


@lru_cache(maxsize=50_000)
def _in_context(neighbours: str, place: int) -> str:
    """The reading beside its neighbours: 银行 is yin hang, 行动 is xing dong."""
    return _ascii(_lazy(neighbours)[place])


def _lazy(run: str) -> list[str]:
    from pypinyin import lazy_pinyin

    learn_phrases()
    return lazy_pinyin(run, errors=_unknown)  # type: ignore[arg-type]  # a list is accepted too, and keeps every character in its place


def _unknown(characters: str) -> list[str]:
    return ["u"] * len(characters)


def _ascii(syllable: str) -> str:
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", syllable) if letter.isascii() and letter.isalnum())
    return plain or "u"

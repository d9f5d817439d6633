"""Markdown becomes harmless HTML and honest blocks, quickly or not at all."""

from __future__ import annotations

import re
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.errors import Refused
from media.markdown import LONGEST, OPENING_BRACKETS, Block, Run, plain, to_blocks, to_html

TAG = re.compile(r"<[^>]*>")
SAFE = re.compile(r"</?(?:p|br|strong|em|del|ul|ol|li|blockquote|h[1-4]|hr|code|pre)>")


def test_chinese_bold_before_a_letter_is_bold() -> None:
    assert to_html("**注意：**请戴好安全帽") == "<p><strong>注意：</strong>请戴好安全帽</p>"


def test_a_typed_line_break_is_a_line_break() -> None:
    assert to_blocks("第一行\n第二行") == (Block("paragraph", (Run("第一行\n第二行"),)),)


def test_blocks_keep_order_kind_and_weight() -> None:
    blocks = to_blocks("# 题\n\n一**二**三\n\n- 甲\n- 乙\n\n1. 先\n2. 后\n\n> 引")
    assert [(block.kind, block.mark, block.text) for block in blocks] == [
        ("heading", "", "题"), ("paragraph", "", "一二三"), ("item", "•", "甲"), ("item", "•", "乙"),
        ("item", "1.", "先"), ("item", "2.", "后"), ("quote", "", "引"),
    ]  # fmt: skip
    assert blocks[1].runs == (Run("一"), Run("二", bold=True), Run("三"))


def test_plain_keeps_the_words_and_the_numbers() -> None:
    assert plain("## 题\n\n1. 先**停**\n2. 再问") == "题\n1. 先停\n2. 再问"


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))",
        "<svg/onload=alert(1)>",
        "![x](http://evil/x.png)", "<iframe src='//evil'>", "<p style='background:url(//evil)'>x</p>",
        "<a href='data:text/html,x'>x</a>", "<!--<p>--><b onclick=x>y</b>", "&lt;script&gt;",
        "<math><mtext></p><style>",
    ],
)  # fmt: skip
def test_nothing_but_structure_survives(attack: str) -> None:
    html = to_html(f"安全 {attack} 生产")
    assert all(SAFE.fullmatch(tag) for tag in TAG.findall(html))
    assert "<script" not in html


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("[" * 101, "markdown_brackets"),
        ("(" * 20 + "[" * 200, "markdown_brackets"),
        (("[" * 99 + " ") * 3, "markdown_brackets"),
        ("<a " * 201, "markdown_brackets"),
        ("字" * (LONGEST + 1), "too_long"),
        (">" * 50, "markdown_depth"),
        ("- " * 60 + "x", "markdown_depth"),
        ("\n".join("    " * depth + "- x" for depth in range(20)), "markdown_depth"),
    ],
)
def test_what_would_take_too_long_is_refused(text: str, rule: str) -> None:
    with pytest.raises(Refused) as refusal:
        to_blocks(text)
    assert refusal.value.rule == rule


@pytest.mark.parametrize(
    "unit",
    [
        "[x](",
        "![",
        "*a **b ",
        "_a__",
        "`a``",
        "<a ",
        "&#",
        "- x\n",
        "> x\n",
        "[a]: b\n",
        "1. ",
        "\\",
        "[[] ",
        "(<",
        "**",
        "[" * 99 + " ",
        "*a",
        "a\n=\n",
        "<![C",
        "http://a ",
    ],
)
def test_text_up_to_the_limit_is_read_in_good_time(unit: str) -> None:
    before = time.process_time()
    with suppress(Refused):
        to_blocks((unit * LONGEST)[:LONGEST])
    assert time.process_time() - before < 3


@pytest.mark.parametrize("unit", ["[", "![", "[a](", "[a][", "<a ", "<![C", "[" * 99 + " "])
def test_as_many_brackets_as_allowed_are_read_in_good_time(unit: str) -> None:
    text = unit * (OPENING_BRACKETS // (unit.count("[") + unit.count("<")))
    before = time.process_time()
    with suppress(Refused):
        to_blocks((text + "字" * LONGEST)[:LONGEST])
    assert time.process_time() - before < 3


@given(
    st.text(
        st.one_of(st.sampled_from("*_`#>-+[]()!<>\\ \n1.安全"), st.characters(exclude_categories=["Cs"])), max_size=200
    )
)
@settings(deadline=None)
def test_any_text_gives_safe_html_and_blocks_or_a_refusal(text: str) -> None:
    try:
        html, blocks = to_html(text), to_blocks(text)
    except Refused:
        return
    assert all(SAFE.fullmatch(tag) for tag in TAG.findall(html))
    assert all(block.text.strip() for block in blocks)

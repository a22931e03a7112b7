from __future__ import annotations

import pytest

from core.domain.names.kana import has_kana, reading_key, romanise


@pytest.mark.parametrize(
    ("kana", "hepburn"),
    [
        ("はる", "haru"),
        ("しんいち", "shinichi"),
        ("つじ", "tsuji"),
        ("とうきょう", "toukyou"),
        ("はっとり", "hattori"),
        ("いっちゃん", "itchan"),
        ("ジェフ・ウィル", "jefu・wiru"),
        ("フィリップ", "firippu"),
        ("サトー", "sato"),
        ("ｼｭﾝ", "shun"),
        ("佐藤はるBest", "佐藤haruBest"),
        ("っ", ""),
        ("ゃあぁ", "aaa"),  # with which no word begins
        ("ティナ", "tina"),
    ],
)
def test_kana_are_romanised_as_hepburn_has_it(kana: str, hepburn: str) -> None:
    assert romanise(kana) == hepburn


@pytest.mark.parametrize(
    "spellings",
    [
        ("はる", "ハル", "ﾊﾙ", "haru", "Haru"),
        ("しんいち", "シンイチ", "shin'ichi", "Shin’ichi", "shinichi", "Sin'iti", "Shin-ichi"),
        ("ようこ", "ヨーコ", "yoko", "youko", "Yōko", "Yôko", "Yohko"),
        ("つじ", "tsuji", "tuji", "tuzi"),
        ("きょう", "kyo", "kyou", "Kyō", "KYO"),
        ("おおの", "Ohno", "Oono", "ono", "Ōno"),
        ("さとう", "Satoh", "sato", "サトウ"),
        ("しんぺい", "Shimpei", "shinpei"),
        ("じゅんじ", "junji", "jyunji", "zyunzi"),
        ("まっちゃ", "matcha", "maccha"),
        ("ゆうき", "yuuki", "Yūki", "yuki"),
        ("みづき", "mizuki", "miduki", "midzuki"),
        ("さとう はる", "Sato Haru", "satōharu"),
    ],
)
def test_spellings_of_one_reading_have_the_same_key(spellings: tuple[str, ...]) -> None:
    assert {reading_key(spelling) for spelling in spellings} == {reading_key(spellings[0])}


@pytest.mark.parametrize(
    ("one", "another"), [("はる", "はな"), ("けん", "けい"), ("ゆり", "ゆい"), ("かな", "かんな"), ("りょう", "りよう")]
)
def test_other_names_have_other_keys(one: str, another: str) -> None:
    assert reading_key(one) != reading_key(another)


def test_every_kana_of_the_table_becomes_roman_letters() -> None:
    hiragana = [chr(code) for code in range(0x3042, 0x3095) if chr(code) not in "ぃぅぇぉっゃゅょゎ"]
    assert [kana for kana in hiragana if not romanise(kana).isascii()] == []
    assert len({romanise(kana) for kana in hiragana}) == len(hiragana) - 5  # ぢ, づ, ゐ, ゑ and を are read like others


@pytest.mark.parametrize(
    ("text", "answer"), [("春", False), ("はる", True), ("ﾊﾙ", True), ("Haru", False), ("佐々木", False)]
)
def test_kana_are_told_from_other_letters(text: str, answer: bool) -> None:
    assert has_kana(text) is answer

"""A small share of what `make bench` does to the decoder with 10,000 damaged pictures."""

from __future__ import annotations

from benchmarks.faces.hostile import attack
from benchmarks.helpers.damaged_files import make_damaged_files, valid_files
from core.vision.decoding.decode import SafeDecoder


def test_two_hundred_damaged_pictures_get_their_codes_from_two_processes_at_most():
    figures = attack(200)
    assert figures["200 mutants: processes started"] <= 2
    assert {name.split(": ")[1] for name in figures} >= {"read", "broken-image", "cut-off"}


def test_the_mutants_are_the_same_each_time_and_most_are_damaged():
    made = list(make_damaged_files(50))
    assert made == list(make_damaged_files(50))
    assert len(set(made)) > 45
    assert sum(data in valid_files() for data in made) < 5


def test_what_they_are_made_of_can_be_read():
    with SafeDecoder() as decoder:
        assert all(decoder.decode(data).shape[2] == 3 for data in valid_files())

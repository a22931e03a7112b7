"""Buttons and selects under drawn faces."""

from __future__ import annotations

from typing import Any

from bot.features.generate.views import DrawnButton, DrawnSelect, drawn_view
from core.domain.generation import (
    MAX_SEED,
    Face,
)
from core.domain.jobs import JobKind
from tests.unit.bot.fakes import JOB_ID, a_job
from tests.unit.bot.features.generate.builders import EN, SNOWFLAKE, a_grid_job, generation_result


def ids(view: Any) -> list[str]:
    return [] if view is None else [item.item.custom_id for item in view.children]


async def test_under_a_grid_there_is_what_makes_sense_with_it() -> None:
    traits = ("smile", "glasses")
    job, few = a_grid_job(), generation_result(range(41, 49), traits=traits)
    starter = generation_result(range(41, 49), version_id=None)
    like, smiling = a_grid_job(like=Face(5)), a_grid_job(traits={"smile": 1.0})

    for one in (job, smiling):
        assert ids(drawn_view(EN, one, few)) == [
            f"drawn:again:{JOB_ID}:0",
            f"drawn:film:{JOB_ID}:0",
            f"drawn:like:{JOB_ID}:0s",
            f"drawn:near:{JOB_ID}:0s",
            f"drawn:trait:{JOB_ID}:0s",
        ]
    assert ids(drawn_view(EN, job, starter))[2:] == [f"drawn:like:{JOB_ID}:0s"]
    assert (
        ids(drawn_view(EN, a_grid_job(1), generation_result([41])))[1] == f"drawn:like:{JOB_ID}:0s"
    )  # no film of one face
    assert ids(drawn_view(EN, like, generation_result(range(8)))) == [f"drawn:again:{JOB_ID}:0"]
    assert drawn_view(EN, a_job(kind=JobKind.FILM), generation_result(traits=traits)) is None


async def test_of_many_faces_one_is_chosen_first() -> None:
    view: Any = drawn_view(EN, a_grid_job(64), generation_result(range(41, 105), traits=("smile",) * 20))

    selects = [item.item for item in view.children[2:]]
    assert [select.custom_id.split(":")[1] for select in selects] == ["face", "face", "face", "trait"]
    assert [option.value for select in selects[:3] for option in select.options] == [
        str(seed) for seed in range(41, 105)
    ]
    assert all(len(select.options) <= 25 and len(select.placeholder) <= 150 for select in selects)
    assert selects[1].placeholder == "👤 More of a face (Face 66 – Face 90)"


async def test_custom_ids_are_short_enough_and_found_again() -> None:
    job = a_grid_job(26, MAX_SEED - 64)
    long = a_job(kind=JobKind.GENERATE, params=job.params, id=SNOWFLAKE)
    view: Any = drawn_view(EN, long, generation_result(range(26), traits=("smile",)))

    for item in view.children:
        template = type(item).__discord_ui_compiled_template__
        other = DrawnButton if isinstance(item, DrawnSelect) else DrawnSelect
        assert template.fullmatch(item.item.custom_id)
        assert not other.__discord_ui_compiled_template__.fullmatch(item.item.custom_id)
        assert len(item.item.custom_id) <= 100

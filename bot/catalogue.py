"""All commands, buttons, forms and answerers: what a feature adds is listed here, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import discord

from bot.delivery.progress_texts import ProgressRenderer
from bot.feature_set import FeatureSet
from bot.features.about.commands import about, health, help_
from bot.features.age.answer import AgeAnswerer
from bot.features.age.commands import age, age_faces
from bot.features.age.views import AgeButton, AgedFacesSelect
from bot.features.classify.answer import ClassifyAnswerer
from bot.features.classify.commands import classify, who_is_this
from bot.features.dataset.answer import CurateAnswerer
from bot.features.dataset.commands import dataset
from bot.features.dataset.views import KeepButton
from bot.features.generate.answer import DrawnAnswerer
from bot.features.generate.commands import generate, mix, morph
from bot.features.generate.views import DrawnButton, DrawnSelect
from bot.features.jobs.commands import jobs, show
from bot.features.jobs.views import CancelButton, cancel_view
from bot.features.label import card
from bot.features.label import name_form as card_name_form
from bot.features.label.commands import label
from bot.features.label.learning import LearnAnswerer
from bot.features.model import promotion
from bot.features.model.answer import EvaluateAnswerer
from bot.features.model.commands import model
from bot.features.model.views import RecallButton, VersionButton
from bot.features.optimize.answer import OptimizedAnswerer
from bot.features.optimize.commands import optimize
from bot.features.optimize.progress import render_optimize_progress
from bot.features.optimize.views import OptimizedButton
from bot.features.people import faces_form, name_form, split_views
from bot.features.people.change_views import PersonChangeButton
from bot.features.people.commands import people
from bot.features.people.export import ExportAnswerer
from bot.features.people.face_views import FaceButton, FacesSelect
from bot.features.people.list_views import PageButton
from bot.features.people.old_prompt import PersonSelect
from bot.features.people.why import WhyAnswerer
from bot.features.privacy.commands import privacy
from bot.features.privacy.views import ForgetMeButton, ForgetPersonButton, ReceiptButton
from bot.features.settings.commands import settings
from bot.features.settings.panel import SettingSelect
from bot.features.teach import form as teach_form
from bot.features.teach.answer import TeachAnswerer
from bot.features.teach.commands import teach, teach_faces
from bot.features.train.answer import SnapshotAnswerer
from bot.features.train.commands import train
from bot.features.train.status.updater import StatusMessageUpdater
from bot.features.train.views import BackButton, RunButton, StartButton
from bot.features.worker.commands import worker
from bot.form_router import FormHandler
from bot.intake.face_choice import FaceChoiceSelect
from core.domain.jobs import JobKind

if TYPE_CHECKING:
    from bot.context import Answerer, Commands

COMMANDS: Commands = (
    classify,
    who_is_this,
    generate,
    morph,
    mix,
    age,
    age_faces,
    optimize,
    show,
    jobs,
    people,
    teach,
    teach_faces,
    label,
    train,
    dataset,
    model,
    privacy,
    settings,
    help_,
    about,
    health,
    worker,
)
ITEMS: tuple[type[discord.ui.DynamicItem[Any]], ...] = (
    AgeButton,
    AgedFacesSelect,
    CancelButton,
    card.CardButton,
    card.CardFacesSelect,
    card.CardNameButton,
    KeepButton,
    DrawnButton,
    DrawnSelect,
    FaceChoiceSelect,
    OptimizedButton,
    FaceButton,
    FacesSelect,
    faces_form.FacesButton,
    PageButton,
    PersonChangeButton,
    PersonSelect,
    split_views.SheetButton,
    split_views.SplitButton,
    ForgetPersonButton,
    ForgetMeButton,
    ReceiptButton,
    SettingSelect,
    RunButton,
    BackButton,
    StartButton,
    VersionButton,
    RecallButton,
    promotion.ForceButton,
)
FORMS: Mapping[re.Pattern[str], FormHandler] = {
    name_form.FORM: name_form.handle_name_form,
    faces_form.FORM: faces_form.handle_faces_form,
    split_views.FORM: split_views.handle_split_form,
    promotion.FORM: promotion.handle_force_form,
    card_name_form.FORM: card.handle_new_name_form,
    teach_form.FORM: teach_form.handle_teach_form,
}

PAGES: Mapping[JobKind, ProgressRenderer] = {JobKind.OPTIMIZE: render_optimize_progress}


def answerers() -> dict[JobKind, Answerer]:
    """Map each kind of job to what builds its answer; background kinds have none."""
    drawn = dict.fromkeys(
        (JobKind.GENERATE, JobKind.MORPH, JobKind.MIX, JobKind.FILM, JobKind.NEAREST), DrawnAnswerer()
    )
    return {
        JobKind.AGE: AgeAnswerer(),
        JobKind.CLASSIFY: ClassifyAnswerer(),
        JobKind.EVALUATE: EvaluateAnswerer(),
        JobKind.SNAPSHOT: SnapshotAnswerer(),
        JobKind.CURATE: CurateAnswerer(),
        JobKind.WHY: WhyAnswerer(),
        JobKind.EXPORT: ExportAnswerer(),
        JobKind.SHEET: split_views.SheetAnswerer(),
        JobKind.LEARN: LearnAnswerer(),
        JobKind.OPTIMIZE: OptimizedAnswerer(),
        JobKind.TEACH: TeachAnswerer(),
        **drawn,
    }


def feature_set() -> FeatureSet:
    """Put all of it together, for a client."""
    return FeatureSet(COMMANDS, ITEMS, FORMS, answerers(), PAGES, cancel_view, StatusMessageUpdater)

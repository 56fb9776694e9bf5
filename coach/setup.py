"""Which speech model the coach hears with: saying it, adding the public one, and going back to its own."""

from __future__ import annotations

from collections.abc import Iterator

from coach import fetch, models, naming, settings
from coach.errors import CoachError

PUBLIC, OWN = "setup --public-model", "setup --own-model"


def tell() -> Iterator[str]:
    """What the coach hears with, why, and what else can be chosen; nothing is fetched or changed.

    Raises NoModelError where there is no model at all, not even the coach's own.
    """
    ear = models.choose(None, settings.load().model)
    if ear.complaint:
        yield ear.complaint
    yield f"The coach hears with the speech model {ear}: {ear.why.value}."
    yield "It works as it is, on this computer and without the internet; nothing needs to be fetched."
    if ear.why is models.Why.SETTINGS:
        yield f"To hear with the coach's own again: {naming.command(OWN)}"
    else:
        megabytes = f"{fetch.SMALL_ENGLISH.size / 1e6:.0f} MB"
        yield f"To hear with the public English model instead ({megabytes}, fetched once): {naming.command(PUBLIC)}"


def use_public() -> Iterator[str]:
    """Fetch the public model, where it isn't there yet, and hear with it from now on. Raises CoachError."""
    settings.load()  # A mistake in the settings is better said before 41 MB than after them.
    folder = fetch.fetch_model()
    settings.save("model", folder)
    yield f"The coach hears with the public model from now on, without the internet: {folder}"
    yield f"To hear with its own again: {naming.command(OWN)}"


def use_own() -> Iterator[str]:
    """Hear with the coach's own model from now on; a fetched one stays where it is. Raises CoachError."""
    folder = models.own_model()
    if folder is None:
        raise CoachError(
            "The coach's own speech model, which should have come with it, is not here, so nothing was changed; "
            "get the coach anew to have it."
        )
    settings.save("model", None)
    yield f"The coach hears with its own model from now on, without the internet: {folder}"

"""The coach: a local, offline, voice-guided exercise coach."""

__version__ = "0.1.0"

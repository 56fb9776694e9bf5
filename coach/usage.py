"""Mistakes on the command line, and outputs that can't be written: one plain sentence each, and status 2."""

from __future__ import annotations

import errno
import os
import re
import sys
from typing import Any, NoReturn

import click
from click.exceptions import BadOptionUsage, MissingParameter, NoSuchOption

from coach import naming
from coach.errors import CoachError

MISTAKE, INTERRUPTED = 2, 130


class Group(click.Group):
    """A group of commands that answers for what goes wrong in any of them; no traceback."""

    def main(self, *arguments: Any, **named: Any) -> NoReturn:
        """Run a command, and end with its status."""
        try:
            status = super().main(*arguments, **(named | {"standalone_mode": False}))
        except click.UsageError as error:
            _end(usage_sentence(error), MISTAKE)
        except click.ClickException as error:
            _end(error.format_message(), MISTAKE)
        except click.Abort:
            _end("", INTERRUPTED)
        except OSError as error:
            _discard_output()
            _end(_failed(error), MISTAKE)
        sys.exit(status if isinstance(status, int) else 0)

    def invoke(self, ctx: click.Context) -> Any:
        """See click; a sentence for what a person can do something about."""
        try:
            return super().invoke(ctx)
        except CoachError as error:
            _end(str(error), MISTAKE)
        except BrokenPipeError:
            # Whoever read our output has had enough: nothing to report.
            _discard_output()
            ctx.exit(0)
        except KeyboardInterrupt:
            _end("", INTERRUPTED)


class Number(click.ParamType[float]):
    """A number in a range; what is none ("nan") is in no range."""

    name = "number"

    def __init__(self, kind: type[int] | type[float], lowest: float, highest: float) -> None:
        self._kind, self._lowest, self._highest = kind, lowest, highest

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """See click."""
        what = f"a {'whole ' if self._kind is int else ''}number from {self._lowest:g} to {self._highest:g}"
        try:
            number = self._kind(value)
            if self._lowest <= number <= self._highest:
                return number
        except (ValueError, OverflowError):
            pass
        self.fail(f'must be {what}, not "{value}"', param, ctx)


def usage_sentence(error: click.UsageError) -> str:
    """What is wrong with how the coach was started, and what tells how to do it."""
    command = error.ctx.command_path if error.ctx else naming.program()
    return f"{_what(error)} To see what there is: {command} --help"


def _what(error: click.UsageError) -> str:
    message = error.message.rstrip(".")
    if isinstance(error, NoSuchOption):
        near = f'; did you mean "{error.possibilities[0]}"?' if error.possibilities else "."
        return f'There is no option "{error.option_name}"{near}'
    if isinstance(error, BadOptionUsage):
        return f'The option "{error.option_name}" {"needs" if "requires" in message else "can not have"} a value.'
    if isinstance(error, MissingParameter):
        return f"{_parameter(error)} must be given."
    if isinstance(error, click.BadParameter):
        kind = error.param.type if error.param else None
        if isinstance(kind, click.Choice):
            message = f"must be one of {', '.join(kind.choices)}"
        return f"{_parameter(error)} {message}."
    if command := re.match("No such command '(.*)'", message):
        return f'There is no command "{command[1]}".'
    if extra := re.match(r"Got unexpected extra arguments? \((.*)\)", message):
        return f'"{extra[1]}" is more than this command takes.'
    return f"{message[:1].upper()}{message[1:]}."


def _parameter(error: click.BadParameter) -> str:
    """The option as it is typed, or the argument as the help has it."""
    if isinstance(error.param, click.Option):
        return max(error.param.opts, key=len)
    return str(error.param.make_metavar(error.ctx)).strip("[].") if error.param and error.ctx else "A value"


def _failed(error: OSError) -> str:
    why = "it is closed" if error.errno == errno.EBADF else error.strerror or str(error)
    if error.filename is not None:
        return f"{os.fsdecode(error.filename)} can't be used ({why})."
    return f"What the coach prints can't be written ({why}); give its output another place."


def _discard_output() -> None:
    """What could not be written must not be tried again at the end, when nobody answers for it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _end(sentence: str, status: int) -> NoReturn:
    if sentence:
        click.echo(sentence, err=True)
    sys.exit(status)

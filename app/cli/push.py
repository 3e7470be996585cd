"""`tiendo push`: the command for provincial servers, as a command of the installed service."""

import typer

from tiendo_push.command import main

AS_THEY_ARE = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}


def push(context: typer.Context) -> None:
    """Report from a file: preview it, show what is refused, store the rest. `tiendo push --help` says more."""
    raise typer.Exit(main(context.args))

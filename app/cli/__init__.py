"""The command line, for those who run the service and those who report to it."""


def main() -> None:
    """Run the command that was asked for."""
    # Only now: each worker of `serve` imports this module anew when it is spawned, and runs no command.
    from app.cli.run import run  # noqa: PLC0415

    run()

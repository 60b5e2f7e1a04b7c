from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from benchmarks.seeding import NotEmpty, seed


class Command(BaseCommand):
    help = (
        "Fill an empty PostgreSQL database with coherent claims for measurements: the same for the same seed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--claims", type=int, default=10_000, help="about how many (default: %(default)s)"
        )
        parser.add_argument(
            "--seed", type=int, default=1, help="another seed, other copies (default: %(default)s)"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Seed, and tell what is being done. Raises CommandError beside other data."""
        try:
            seed(claims=options["claims"], seed=options["seed"], tell=self.stdout.write)
        except NotEmpty as refused:
            raise CommandError(str(refused)) from None

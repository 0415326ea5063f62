"""`manage.py seed_demo`: the phantom challenge, by the running workers; shows progress and logins."""

import argparse
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.common.errors import DomainError
from backend.demo import seed, texts
from backend.demo.waiting import SeedingFailed


class Command(BaseCommand):
    help = "Build the synthetic demo challenge with the running workers; a finished one is left as it is."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--tiny", action="store_true", help="three small cases, for tests")

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()

        def say(sentence: str) -> None:
            self.stdout.write(f"demo {time.monotonic() - began:5.0f} s  {sentence}")
            self.stdout.flush()

        plan = seed.Plan(cases=3, open_cases=1, tiny=True) if options["tiny"] else seed.Plan()
        try:
            challenge = seed.seed(plan, say=say)
        except (SeedingFailed, DomainError) as error:
            raise CommandError(str(error)) from error
        say(f"the demo is ready: /challenges/{challenge.slug}")
        self.stdout.write(f"\n  {texts.TITLE} (synthetic). Log in with the password {seed.PASSWORD} as\n")
        for role, username in (
            ("organizer", seed.ORGANIZER),
            ("rater", seed.RATERS[0]),
            ("participant", seed.PARTICIPANTS[0]),
        ):
            self.stdout.write(f"    {username:<14} {role}")
        self.stdout.write("")

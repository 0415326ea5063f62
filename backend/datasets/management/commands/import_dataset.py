"""`manage.py import_dataset PATH`: an organizer's import of a folder or archive on this machine."""

import argparse
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.accounts.models import User
from backend.challenges.models import Challenge, Role
from backend.common.archives import ArchiveError, pack_folder
from backend.common.errors import DomainError
from backend.datasets import import_services, inspection, services, storing
from backend.datasets.models import Dataset, DatasetImport

Status = DatasetImport.Status
MOST_LINES = 40


class Command(BaseCommand):
    help = "Import a folder or an archive (.zip, .tar, .tar.gz) into a dataset."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="a folder, .zip, .tar or .tar.gz")
        parser.add_argument("--challenge", required=True, help="slug of the challenge")
        parser.add_argument("--dataset", required=True, help="name of the dataset")
        parser.add_argument("--create", action="store_true", help="make the dataset where it does not exist")
        parser.add_argument("--scheme", default="brats2017", help="label scheme of a new dataset (brats2017)")
        parser.add_argument("--user", help="username of the organizer in whose name it is imported")
        parser.add_argument(
            "--rater",
            action="append",
            default=[],
            metavar="NAME=USERNAME",
            help="whose labelmaps those of NAME are; repeat for each",
        )
        parser.add_argument("--yes", action="store_true", help="store without asking")
        parser.add_argument("--preview", action="store_true", help="only show what was recognised")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._import(options)
        except (DomainError, ArchiveError) as error:
            raise CommandError(error.sentence) from error

    def _import(self, options: dict[str, Any]) -> None:
        path: Path = options["path"]
        if not path.exists():
            raise CommandError(f"{path} does not exist.")
        challenge = _challenge(options["challenge"])
        user = _organizer(challenge, options["user"])
        dataset = _dataset(challenge, user, options)
        raters = _raters(options["rater"])
        found = self._receive(dataset, user, path)
        inspection.inspect_import(import_id=found.pk, listener=self._count("Inspecting"))
        found.refresh_from_db()
        self._show(found)
        if found.status == Status.REFUSED:
            raise CommandError(found.reason)
        if options["preview"] or not (options["yes"] or self._agreed(found)):
            import_services.discard_import(import_id=found.pk, user=user)
            self.stdout.write("Nothing was stored.")
            return
        import_services.confirm_import(import_id=found.pk, user=user, raters=raters)
        storing.store_import(import_id=found.pk, listener=self._count("Storing"))
        found.refresh_from_db()
        if found.version is None:
            self.stdout.write(found.reason)
            return
        count = found.version.cases.count()
        self.stdout.write(self.style.SUCCESS(f"{found.version}: {count} cases."))

    def _receive(self, dataset: Dataset, user: User, path: Path) -> DatasetImport:
        if path.is_file():
            return import_services.receive_import_file(
                dataset_id=dataset.pk, path=path, archive_name=path.name, user=user
            )
        with tempfile.TemporaryDirectory(prefix="consilium-import-") as folder:
            packed = Path(folder) / "folder.zip"
            pack_folder(path, packed)
            return import_services.receive_import_file(
                dataset_id=dataset.pk, path=packed, archive_name=path.resolve().name, user=user
            )

    def _count(self, doing: str) -> Callable[[int, int], None]:
        def show(done: int, total: int) -> None:
            self.stdout.write(f"\r{doing} case {done} of {total}", ending="\n" if done == total else "")
            self.stdout.flush()

        return show

    def _show(self, found: DatasetImport) -> None:
        if found.preview:
            self._show_preview(found.preview, [item["key"] for item in found.dataset.sequences])
        severities = Counter(row["severity"] for row in found.report)
        shown = [row for row in found.report if row["severity"] != "info"]
        for row in shown[:MOST_LINES]:
            style = self.style.ERROR if row["severity"] == "error" else self.style.WARNING
            self.stdout.write(f"  {style(row['severity'])}: {row['sentence']}")
        if len(shown) > MOST_LINES:
            self.stdout.write(f"  … and {len(shown) - MOST_LINES} more")
        self.stdout.write(f"{severities['error']} errors, {severities['warning']} warnings.")

    def _show_preview(self, preview: dict[str, Any], sequences: list[str]) -> None:
        self.stdout.write(f"Layout: {preview['layout']}")
        for case in preview["cases"][:MOST_LINES]:
            parts = [key for key in sequences if key in case["images"]]
            parts += ["reference"] if case["reference"] else []
            parts += [f"labelmap of {rater}" for rater in case["raters"]]
            mark = "+" if case["storable"] else self.style.ERROR("x")
            self.stdout.write(f"  {mark} {case['name']}: {', '.join(parts)}")
        if len(preview["cases"]) > MOST_LINES:
            self.stdout.write(f"  … and {len(preview['cases']) - MOST_LINES} more cases")
        for item in preview["ignored"][:MOST_LINES]:
            self.stdout.write(f"  - {item['file']}: {item['reason']}")
        if len(preview["ignored"]) > MOST_LINES:
            self.stdout.write(f"  … and {len(preview['ignored']) - MOST_LINES} more ignored files")

    def _agreed(self, found: DatasetImport) -> bool:
        storable = found.preview["counts"]["storable"]
        return input(f"Store {storable} cases in {found.dataset}? [y/N] ").strip().lower() in {"y", "yes"}


def _challenge(slug: str) -> Challenge:
    challenge = Challenge.objects.filter(slug=slug).first()
    if challenge is None:
        raise CommandError(f"There is no challenge {slug!r}.")
    return challenge


def _organizer(challenge: Challenge, username: str | None) -> User:
    organizers = challenge.memberships.filter(role=Role.ORGANIZER).select_related("user")
    if username is not None:
        organizers = organizers.filter(user__username=username)
    membership = organizers.order_by("created_at").first()
    if membership is None:
        who = username or "anybody"
        raise CommandError(f"{challenge.title} is not organized by {who}; name an organizer with --user.")
    return membership.user


def _dataset(challenge: Challenge, user: User, options: dict[str, Any]) -> Dataset:
    name = options["dataset"]
    dataset = challenge.datasets.filter(name=name).first()
    if dataset is not None:
        return dataset
    if not options["create"]:
        raise CommandError(f"{challenge.title} has no dataset {name!r}; make it with --create.")
    return services.create_dataset(challenge=challenge, user=user, name=name, scheme_slug=options["scheme"])


def _raters(pairs: list[str]) -> dict[str, int]:
    raters = {}
    for pair in pairs:
        name, separator, username = pair.rpartition("=")
        person = User.objects.filter(username=username).first()
        if not separator or person is None:
            raise CommandError(f"--rater {pair}: write NAME=USERNAME, of a person who has an account.")
        raters[name] = person.pk
    return raters

"""A site whose media lie in a bucket: backup, restore, doctor, readiness and words while the store is up and away."""

from __future__ import annotations

import io
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from media.bucket import bucket
from media.errors import Away
from server import backup, doctor
from server.app import create_app
from server.blobs import open_blobs
from server.config import BadSetting, Config, read_config
from server.faults import translate
from server.parts import Parts
from server.start import open_parts, prepare
from server.words import say
from tests import postgres
from tests.rclone import Store, store_in
from tests.server.blank import CHEAP


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    (tmp_path / "store").mkdir()
    with store_in(tmp_path / "store") as made:
        yield made
    bucket.cache_clear()


@pytest.fixture
def site(store: Store, tmp_path: Path) -> Iterator[Parts]:
    given = {"data": tmp_path / "site", "s3_url": store.url, "password_mb": CHEAP, "locale": "en"}
    parts = opened(read_config(postgres.clean(), **given)[0])
    yield parts
    parts.db.close()


def opened(config: Config) -> Parts:
    parts = open_parts(config)
    prepare(parts)
    return parts


def told(config: Config) -> list[str]:
    return [found.said("en") for found in doctor.examine(config) if found.topic == "media"]


def test_a_first_start_puts_its_pictures_into_the_bucket(site: Parts, store: Store) -> None:
    held = {path.name for path in (site.config.data / "media").rglob("*") if path.is_file()}
    assert held
    assert held <= store.held()


def test_a_backup_holds_what_only_the_bucket_holds_and_a_restore_gives_it_back(
    site: Parts, store: Store, tmp_path: Path
) -> None:
    elsewhere = open_blobs(site.config, tmp_path / "elsewhere").put(b"from another node", "png")
    assert not (site.config.data / "media" / elsewhere[:2] / elsewhere).exists()
    backup.write(site, tmp_path / "b.tar")
    held = store.held()
    site.blobs.gather()
    bucket(store.url).remove([key for key, _ in bucket(store.url).listing()])
    site.db.close()  # nobody may be there then
    new = replace(site.config, data=tmp_path / "new")
    backup.restore(new, tmp_path / "b.tar")
    assert store.held() == held
    assert (new.data / "media" / elsewhere[:2] / elsewhere).read_bytes() == b"from another node"


def test_with_the_store_away_a_backup_is_refused_and_a_restore_replaces_nothing(
    site: Parts, store: Store, tmp_path: Path
) -> None:
    backup.write(site, tmp_path / "b.tar")
    store.send(signal.SIGKILL)
    with pytest.raises(BadSetting, match="not written"):
        backup.write(site, tmp_path / "c.tar")
    assert not (tmp_path / "c.tar").exists()
    site.db.close()
    new = replace(site.config, data=tmp_path / "new")
    with pytest.raises(BadSetting, match=r"shared media cannot be reached.*Nothing was replaced"):
        backup.restore(new, tmp_path / "b.tar")
    assert not (new.data / "paomadeng.db").exists()


def test_the_doctor_uses_the_bucket_and_leaves_nothing_in_it(site: Parts, store: Store) -> None:
    held = store.held()
    assert told(site.config) == [say("doctor.media.well", "en")]
    assert store.held() == held
    (wrong,) = told(replace(site.config, s3_url=store.address("wrong")))
    assert "AccessDenied" in wrong
    assert "wrong" not in wrong
    (missing,) = told(replace(site.config, s3_url=store.url.replace("/media", "/none")))
    assert "NoSuchBucket" in missing
    assert told(replace(site.config, s3_url="")) == []


def test_with_the_store_away_a_node_is_ready_warns_and_serves_what_it_holds(site: Parts, store: Store) -> None:
    client = create_app(site)[0].test_client()
    assert client.get("/readyz").get_json()["warnings"] == []
    store.send(signal.SIGKILL)
    answer = client.get("/readyz")
    assert answer.get_json()["checks"]["database"] == "ok"
    assert "shared media cannot be reached" in " ".join(answer.get_json()["warnings"])
    held = next(path.name for path in (site.config.data / "media").rglob("*.png"))
    assert site.blobs.path(held).read_bytes()


@pytest.mark.parametrize(
    ("locale", "word"), [("zh", "共用的图片库连不上"), ("en", "The shared media cannot be reached")]
)
def test_a_store_that_is_away_is_told_in_the_users_words(locale: str, word: str) -> None:
    problem = translate(Away("AccessDenied"))
    assert problem is not None
    assert (problem.status, say(f"problem.{problem.slug}", locale)) == (503, word)
    assert "AccessDenied" in say(problem.detail, locale, **problem.params)


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    return out.getvalue()


def test_an_upload_that_cannot_be_shared_enters_nothing_and_may_be_repeated(site: Parts, store: Store) -> None:
    from server.accounts.model import system
    from server.accounts.site import first
    from server.library import service
    from server.library.model import AssetQuery

    who = system(first(site).id)
    before = service.listing(site, who, AssetQuery()).items
    store.send(signal.SIGKILL)
    with pytest.raises(Away):
        service.add(site, who, picture(), "红.png")
    assert service.listing(site, who, AssetQuery()).items == before
    store.start()
    bucket.cache_clear()
    assert service.add(site, who, picture(), "红.png").new

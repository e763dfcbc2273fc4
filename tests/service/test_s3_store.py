"""Files in an object store, by a setting: the same bytes, the same digest, against a real local S3 server."""

from __future__ import annotations

import hashlib
import io
from urllib.request import Request, urlopen

import boto3
import pytest
from moto.server import ThreadedMotoServer

from dugai.files import queries, services, store
from dugai.kernel.errors import Refused
from tests.cast import Cast

pytestmark = pytest.mark.django_db
TEXT = "老城区管网改造验收记录".encode()
BUCKET = "dugai-files"
KEYS = {"aws_access_key_id": "local", "aws_secret_access_key": "local", "region_name": "us-east-1"}


@pytest.fixture
def bucket(settings):
    """A server on this machine, a bucket in it, and the settings that point there."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    # All servers of a process hold the same objects: what another test damaged there is thrown away first.
    with urlopen(Request(f"{address}/moto-api/reset", method="POST"), timeout=30):
        pass
    client = boto3.client("s3", endpoint_url=address, **KEYS)
    client.create_bucket(Bucket=BUCKET)
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": BUCKET,
                "endpoint_url": address,
                "access_key": "local",
                "secret_key": "local",
                "region_name": "us-east-1",
                "signature_version": "s3v4",
                "file_overwrite": False,
            },
        },
    }
    yield client
    server.stop()


def test_a_file_is_stored_once_under_its_digest_and_read_back(cast: Cast, bucket):
    kept = [
        services.store_file(actor=cast.county_clerk, name="记录.txt", stream=io.BytesIO(TEXT)) for _ in "ab"
    ]
    digest = hashlib.sha256(TEXT).hexdigest()
    assert not store.is_local()
    assert {row.blob_id for row in kept} == {digest}
    listed = bucket.list_objects_v2(Bucket=BUCKET)["Contents"]
    assert [row["Key"] for row in listed] == [store.key_of(digest)]
    with queries.open_checked(cast.county_clerk, kept[0]) as handle:
        assert handle.read() == TEXT


def test_a_damaged_object_is_refused(cast: Cast, bucket):
    kept = services.store_file(actor=cast.county_clerk, name="记录.txt", stream=io.BytesIO(TEXT))
    bucket.put_object(Bucket=BUCKET, Key=store.key_of(kept.blob_id), Body=b"forged")
    with pytest.raises(Refused, match="已损坏"):
        queries.open_checked(cast.county_clerk, kept)

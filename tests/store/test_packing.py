"""Octets come out as they went in, and smaller in between where that pays."""

import os
import subprocess
import sys
import zlib

from hypothesis import given
from hypothesis import strategies as st

from mailgate.store.packing import pack, unpack


@given(st.binary(max_size=20_000))
def test_what_is_packed_comes_out_again(raw: bytes) -> None:
    assert unpack(*pack(raw)) == raw


@given(st.binary(max_size=20_000))
def test_the_format_is_that_of_the_standard_library_whatever_packs(raw: bytes) -> None:
    codec, content = pack(raw * 2)
    assert codec == 0 or zlib.decompress(content) == raw * 2
    assert unpack(1, zlib.compress(raw)) == raw


def test_text_is_compressed_and_noise_is_left_as_it_is() -> None:
    assert pack(b"word " * 10_000)[0] == 1
    assert pack(os.urandom(50_000))[0] == 0
    assert pack(b"Subject: a\r\n" * 100 + os.urandom(500_000))[0] == 0
    assert pack(b"") == (0, b"")


def test_the_reading_process_loads_nothing_of_the_database() -> None:
    program = "import sys, mailgate.service.reading; print('sqlalchemy' in sys.modules, 'asyncio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout == b"False False\n"

"""A certificate authority of the test's own and a server that it vouches for; made by the openssl command."""

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest


def authority(directory: Path, name: str = "localhost") -> tuple[str, ssl.SSLContext]:
    """The path of the authority's certificate, and the context of a server called `name` (and 127.0.0.1)."""
    if shutil.which("openssl") is None:
        pytest.skip("needs the openssl command to make certificates")
    ca, ca_key, certificate, key, request = (
        str(directory / each) for each in ("ca.pem", "ca.key", "server.pem", "server.key", "server.csr")
    )
    new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    extensions = directory / "extensions"
    extensions.write_text(f"subjectAltName=DNS:{name}\nauthorityKeyIdentifier=keyid\n")
    ca_extensions = ("-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")
    signing = ("-days", "2", "-extfile", str(extensions))
    for command in (
        ("req", "-x509", *new_key, "-subj", "/CN=Test CA", "-days", "2", *ca_extensions, "-keyout", ca_key, "-out", ca),
        ("req", "-new", *new_key, "-subj", f"/CN={name}", "-keyout", key, "-out", request),
        ("x509", "-req", "-in", request, "-CA", ca, "-CAkey", ca_key, "-CAcreateserial", *signing, "-out", certificate),
    ):
        subprocess.run(("openssl", *command), check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return ca, context

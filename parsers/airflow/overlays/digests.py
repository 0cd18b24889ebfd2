"""`uuid`, `hashlib`, `hmac`, `secrets`."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from typing import TYPE_CHECKING, Any

from parsers.airflow.evaluator.values import ClassValue, Instance, Native, Value
from parsers.airflow.overlays.plain import (
    NOT_KNOWN,
    constants,
    lower,
    model_type,
    opaque_call,
    pure,
    pures,
    run_plain,
    unknown_because,
)
from parsers.airflow.overlays.registry import make_class, overlay

if TYPE_CHECKING:
    from parsers.airflow.evaluator.interpreter import Interpreter


UUID = model_type(
    uuid.UUID,
    "uuid.UUID",
    methods="__str__",
    attributes="hex int bytes urn version fields node time",
)


@overlay("uuid")
def uuid_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """uuid: name-based ones are computed, random ones are not known."""
    return {
        "UUID": UUID,
        **pures(uuid, "uuid3 uuid5"),
        **constants(uuid, "NAMESPACE_DNS NAMESPACE_URL NAMESPACE_OID NAMESPACE_X500"),
        "uuid1": opaque_call("uuid.uuid1", "is different each time"),
        "uuid4": opaque_call("uuid.uuid4", "is different each time"),
        "getnode": opaque_call("uuid.getnode", "is a fact of the machine"),
    }


def _digest(name: str) -> Native:
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        chosen = name
        rest = list(args)
        if name == "new":
            chosen = str(lower(rest.pop(0) if rest else kwargs.get("name")))
        options = {k: lower(v) for k, v in kwargs.items() if k not in ("data", "string", "name")}
        unknown = next((v for v in options.values() if isinstance(v, NOT_KNOWN)), None)
        if unknown is not None:
            return unknown_because(interp, f"hashlib.{name}", unknown, site)
        made = run_plain(interp, hashlib.new, (chosen,), {"usedforsecurity": False, **options})
        attrs = {"name": chosen, "digest_size": made.digest_size, "block_size": made.block_size}
        instance = Instance(HASH, attrs, made)
        given = rest[0] if rest else kwargs.get("data", kwargs.get("string"))
        if given is not None:
            _update(interp, [instance, given], {}, site)
        return instance

    return Native(f"hashlib.{name}", call)


def _update(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    instance, data = args[0], lower(args[1])
    if not isinstance(data, bytes | bytearray):
        if isinstance(data, NOT_KNOWN):
            instance.attrs["unknown"] = data
            return None
        raise interp.error("TypeError", "Strings must be encoded before hashing")
    instance.native.update(bytes(data))
    return None


def _result(method: str) -> Native:
    def call(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
        instance = args[0]
        if "unknown" in instance.attrs:
            return unknown_because(interp, "hashlib", instance.attrs["unknown"], site)
        return run_plain(interp, getattr(instance.native, method), [lower(a) for a in args[1:]], {})

    return Native(f"hash.{method}", call)


HASH: ClassValue = make_class(
    "HASH",
    "hashlib.HASH",
    (),
    {
        "update": Native("hash.update", _update),
        "digest": _result("digest"),
        "hexdigest": _result("hexdigest"),
        "copy": Native("hash.copy", lambda i, a, k, s: Instance(HASH, dict(a[0].attrs), a[0].native.copy())),
    },
)
ALGORITHMS = "md5 sha1 sha224 sha256 sha384 sha512 sha3_224 sha3_256 sha3_384 sha3_512 blake2b blake2s new"


@overlay("hashlib")
def hashlib_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """hashlib."""
    return {n: _digest(n) for n in ALGORITHMS.split()}


def _hmac(interp: Interpreter, args: list[Value], kwargs: dict[str, Value], site: Any) -> Value:
    names = dict(zip(("key", "msg", "digestmod"), args, strict=False)) | kwargs
    chosen = names.get("digestmod")
    algorithm = chosen.name.rpartition(".")[2] if isinstance(chosen, Native) else lower(chosen)
    given = [lower(names.get("key")), algorithm]
    unknown = next((v for v in given if isinstance(v, NOT_KNOWN)), None)
    if unknown is not None:
        return unknown_because(interp, "hmac.new", unknown, site)
    made = run_plain(interp, hmac.new, (given[0],), {"digestmod": algorithm})
    instance = Instance(HASH, {"name": f"hmac-{algorithm}", "digest_size": made.digest_size}, made)
    if names.get("msg") is not None:
        _update(interp, [instance, names["msg"]], {}, site)
    return instance


@overlay("hmac", "secrets")
def random_bytes_module(interp: Interpreter, name: str) -> dict[str, Value]:
    """hmac's comparison; secrets are random."""
    if name == "hmac":
        return {
            "compare_digest": pure("hmac.compare_digest", hmac.compare_digest),
            "digest": pure("hmac.digest", hmac.digest),
            "new": Native("hmac.new", _hmac),
        }
    names = ("token_hex", "token_urlsafe", "token_bytes", "choice", "randbelow", "randbits")
    return {n: opaque_call(f"secrets.{n}", "is different each time") for n in names}

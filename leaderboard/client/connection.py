"""Talking to a competition's server: its errors become ours, and what passes by itself is tried again."""

from __future__ import annotations

import ipaddress
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any, TypeVar

import httpx

from benchmark.errors import UserError
from leaderboard.client.plain import one_line
from leaderboard.record.refusal import STATUS, Refusal

PATIENCE = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between the attempts of a request that reaches no server, or one that is busy."""
LONGEST_WAIT = 60.0
_PASSING = ("unavailable", "too many requests")
_TOKEN = re.compile(r"[\x21-\x7e]{1,200}")
_TIMEOUT = httpx.Timeout(60, connect=10)
_CHECKING = httpx.Timeout(60, connect=10, read=600)  # a server checks all files before it answers


T = TypeVar("T")


class Away(UserError):
    """No server answers at the address."""


class Connection:
    """The server at `url`, spoken to in the name of the token's team. Requests can be repeated without harm.

    Unless it is `patient`, a request is made once.
    """

    def __init__(self, url: str, token: str, patient: bool = True) -> None:
        self.url = url
        self._patience = PATIENCE if patient else ()
        headers = {
            "User-Agent": f"classmark/{version('classmark')}",
            "Authorization": f"Bearer {required_token(token)}",
        }
        self._client = httpx.Client(base_url=url, headers=headers, timeout=_TIMEOUT)

    def get(self, path: str) -> Any:
        """The JSON at a path below the server's address."""
        return self._json(self._send("GET", path))

    def put(self, path: str, content: Any) -> Any:
        return self._json(self._send("PUT", path, json=content))

    def post(self, path: str, **form: Any) -> Any:
        """Send a form, with httpx's words for it. Files in it can be read from their beginning again."""
        return self._json(self._send("POST", path, timeout=_CHECKING, **form))

    @contextmanager
    def streaming(self, path: str, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
        """An answer that is read piece by piece; one attempt. Away where the connection breaks meanwhile."""
        try:
            with self._client.stream("GET", path, headers=dict(headers)) as response:
                if response.status_code >= 300:
                    response.read()
                    raise self._refusal(response)
                yield response
        except httpx.TransportError as error:
            raise self._away(error) from None

    def patiently(self, attempt: Callable[[], T]) -> T:
        """What an attempt gives, made again after a while where the server is away or busy."""
        for wait in self._patience:
            try:
                return attempt()
            except Away as error:
                self._wait(wait, error)
            except Refusal as error:
                if error.code not in _PASSING or error.retry_after > LONGEST_WAIT:
                    raise
                self._wait(max(wait, error.retry_after), error)
        return attempt()

    def _wait(self, seconds: float, error: UserError) -> None:
        print(f"{error.problem} Trying again in {seconds:g} s.", file=sys.stderr, flush=True)
        time.sleep(seconds)

    def _send(self, method: str, path: str, **request: Any) -> httpx.Response:
        def attempt() -> httpx.Response:
            try:
                response = self._client.request(method, path, **request)
            except httpx.TransportError as error:
                raise self._away(error) from None
            if not response.is_success:
                raise self._refusal(response)
            return response

        return self.patiently(attempt)

    def _json(self, response: httpx.Response) -> Any:
        try:
            return response.json()
        except ValueError:
            raise self._stranger(response) from None

    def _away(self, error: httpx.TransportError) -> Away:
        what = one_line(error) or type(error).__name__
        return Away(
            f"The server at {self.url} cannot be reached.",
            given=what,
            do="Look at the address and your network; else try again later.",
        )

    def _stranger(self, response: httpx.Response) -> UserError:
        """The error for an answer that no server of a competition gives."""
        if response.is_redirect:
            return UserError(
                f"{self.url} sends its visitors elsewhere.",
                given=one_line(response.headers.get("location", "")),
                do="Join at the address to which it leads.",
            )
        return no_competition(self.url, f"HTTP {response.status_code} from {one_line(response.url)}")

    def _refusal(self, response: httpx.Response) -> UserError:
        """The server's error as it would be here."""
        try:
            error = response.json()["error"]
            texts = {key: one_line(error[key]) for key in ("code", "problem", "allowed", "given", "do")}
            faults = {one_line(task): list(listed) for task, listed in error["faults"].items()}
            request = one_line(error["request_id"])
            assert texts["code"] in STATUS
            listing = faults_text(faults)
        except (ValueError, KeyError, TypeError, AttributeError, AssertionError):
            if response.status_code in (502, 503, 504):  # of a proxy before the server
                return Refusal("unavailable", f"The server at {self.url} is down.", do="Try again later.")
            return self._stranger(response)
        if texts["code"] == "failed":
            texts["given"] = f"request {request}"
        waiting = response.headers.get("retry-after", "")
        return Refusal(
            texts["code"],
            texts["problem"] + listing,
            allowed=texts["allowed"],
            given=texts["given"],
            do=texts["do"],
            retry_after=int(waiting) if waiting.isdecimal() else 0,
            faults=faults,
        )


def no_competition(url: str, given: str = "") -> UserError:
    """The error for an address at which another server answers, or this one with another page."""
    do = "Look at the address: it is that of the competition's first page."
    return UserError(f"There is no classmark competition at {url}.", given=given, do=do)


def faults_text(faults: Mapping[str, list[dict[str, Any]]]) -> str:
    """The faults of files, a line each, to stand below the problem."""
    if not faults:
        return ""
    from benchmark.predictions import Fault

    found = [
        f"\n  - {task}: {one_line(Fault(**{**fault, 'rows': tuple(fault['rows'])}))}"
        for task, listed in faults.items()
        for fault in listed
    ]
    return "".join(found)


def required_token(token: str) -> str:
    """A token that can be sent. UserError for text that no token is."""
    if not _TOKEN.fullmatch(token.strip()):
        raise UserError(
            "This is no token.",
            allowed="the text cm_... that the organizer gave to your team",
            do="Give it with --token, in CLASSMARK_JOIN_TOKEN, or when you are asked.",
        )
    return token.strip()


def required_url(text: str, insecure: bool = False) -> str:
    """The address of a server without the slash at its end.

    UserError where it is none, and for http to another machine, unless `insecure`: whoever stands on the way could
    read the token.
    """
    try:
        url = httpx.URL(text.strip())
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in ("http", "https") or not url.host or url.userinfo:
        raise UserError(
            "This is no address of a server.",
            allowed="https://HOST or http://localhost:PORT",
            given=one_line(text),
            do=f"Did you mean 'https://{one_line(text)}'?" if text and "://" not in text else "",
        )
    if url.scheme == "http" and not insecure and not _is_this_machine(url.host):
        raise UserError(
            "The token would travel in the clear: whoever stands on the way could submit in your name.",
            allowed="https, or http to this machine",
            given=one_line(text),
            do=f"Use {url.copy_with(scheme='https')}, or --insecure in a network that you trust.",
        )
    return str(url.copy_with(query=None, fragment=None)).rstrip("/")


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")

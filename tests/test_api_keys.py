"""Keys on the command line, and who is let in beyond this machine."""

import socket

import pytest

from api.cli import answered
from api.security import Guard, NoEntry, has_keys, is_loopback
from api.serving import Serving, serve
from api.store import open_store
from api.trouble import Trouble, WrongUsage


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


def test_a_key_is_made_listed_and_taken_back(home, capsys):
    assert (
        answered(["keys", "add", "李", "--role", "planner", "--data", str(home), "--lang", "zh"], "zh") == 0
    )
    told = capsys.readouterr()
    token = told.out.strip()
    assert "仅显示这一次" in told.err
    store = open_store(home)
    author = Guard(store, True).author(token)
    assert (author.who.partition("#")[0], author.role) == ("李", "planner")
    answered(["keys", "list", "--data", str(home)], "en")
    number = token.split("_")[1]
    listed = capsys.readouterr().out
    assert number in listed
    assert token.split("_", 2)[2] not in listed
    assert answered(["keys", "revoke", number, "--data", str(home)], "en") == 0
    with pytest.raises(NoEntry, match="taken back"):
        Guard(store, True).author(token)
    assert not has_keys(store)
    store.close()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["keys", "add", "li", "--role", "king"], "There is no role king; there are: viewer, planner"),
        (["keys", "add", " "], "1 to 60 printable"),
        (["keys", "revoke", "nothing"], "There is no key nothing"),
        (["serve", "--host", "0.0.0.0"], "keys are demanded; make one"),  # noqa: S104 - that it is refused
        (["serve", "--database", "mysql://x"], "is no address of a database"),
    ],
)
def test_what_cannot_be_is_said(home, capsys, words, complaint):
    assert answered([*words, "--data", str(home)], "en") in (1, 2)
    assert complaint in capsys.readouterr().err


def test_beyond_this_machine_keys_are_demanded(home):
    with pytest.raises(WrongUsage, match="keys are demanded"):
        serve(Serving("0.0.0.0", 0, home), print)  # noqa: S104 - that it is refused


def test_a_port_that_is_taken_is_told(home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Trouble, match=f"cannot listen at 127.0.0.1, port {port}"):
            serve(Serving(port=port, folder=home, work=False), print)


@pytest.mark.parametrize(
    ("host", "own"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("10.0.0.1", False)]
)
def test_what_is_this_machine(host, own):
    assert is_loopback(host) is own

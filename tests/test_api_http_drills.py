"""Drills, plans and what-ifs through the service: by HTTP, and as they go on by WebSocket."""

import json
import threading

import pytest
from plan_county import write_planned
from serving import done, served
from stores import bring, opened
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from api.security import add_key, revoke_key

DESK, BUREAU = "Desk 119", "Bureau"
SPEC = {
    "name": {"zh": "夜间氨泄漏", "en": "Leak at night"},
    "scenario": "planned",
    "seed": 3,
    "start": "2026-01-07T02:00:00",
    "hours": 3,
    "lead_h": 1,
    "accident": {"kind": "leak", "site": "X1", "after_min": 5, "grade": 1},
    "players": [
        {"name": DESK, "holds": [{"what": "send", "limit_min": 4}]},
        {"name": BUREAU, "holds": [{"what": "report", "tier": "bureau", "limit_min": 30}]},
    ],
    "injects": [
        {"number": "1", "time": "+7", "to": DESK, "message": "People cough at the gate"},
        {"number": "2", "time": "+8", "to": BUREAU, "message": "The press is calling"},
    ],
}
LISTENERS = 20


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("home")) as store:
        bring(store, write_planned(tmp_path_factory.mktemp("planned")), "planned")
        yield store


@pytest.fixture(scope="module")
def client(store):
    with served(store) as client:
        yield client


def make(client, *acts):
    """Make a drill and do some things in it; gives its address."""
    made = client.post("/api/drills", json=SPEC)
    assert made.status_code == 201, made.text
    url = made.headers["location"]
    for act in acts:
        do(client, url, **act)
    return url


def do(client, url, *, role="director", who="Li", **act):
    answer = client.post(f"{url}/actions", json=act, params={"role": role, "who": who})
    assert answer.status_code == 200, answer.text
    return answer.json()


BEGIN = ({"act": "ready"}, {"act": "start"}, {"act": "pause", "reason": "rules"})


def test_a_drill_is_led_played_branched_and_reviewed(client):
    url = make(client, *BEGIN)
    do(client, url, act="run_until", to="+7")
    sent = {"do": "send", "unit": "E1", "capability": "engine"}
    do(client, url, role="player", who=DESK, act="decide", decision=sent)
    do(client, url, act="step", minutes=10)
    before = client.get(f"{url}/events", params={"role": "director"}).json()["items"]
    other = client.post(f"{url}/branches", json={})
    assert other.status_code == 201
    do(client, other.headers["location"], act="step", minutes=30)
    assert client.get(f"{url}/events", params={"role": "director"}).json()["items"] == before
    do(client, url, act="end")
    ended = client.get(url).json()
    assert (ended["state"], ended["status"]) == ("ended", "Exercise")
    assert client.post(f"{url}/actions", json={"act": "start"}).status_code in (409, 422)
    for lang, stamp in (("zh", "演练"), ("en", "EXERCISE")):
        assert stamp in client.get(f"{url}/report", params={"lang": lang}).text
    word = client.get(f"{url}/report", params={"form": "docx"})
    assert word.content.startswith(b"PK")
    assert "<status>Exercise</status>" in client.get(f"{url}/cap/1").text
    assert len(client.get("/api/drills").json()["items"]) >= 2


def test_a_player_sees_only_what_is_for_them(client):
    url = make(client, *BEGIN, {"act": "run_until", "to": "+10"})

    def injects(**who):
        found = client.get(f"{url}/events", params=who).json()["items"]
        return [event["inject"]["message"] for event in found if event["type"] == "inject"]

    assert injects(role="player", who=DESK) == ["People cough at the gate"]
    assert injects(role="player", who=BUREAU) == ["The press is calling"]
    assert len(injects(role="director")) == 2


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"scenario": "nowhere"}, 404),
        ({"scenario": "../../etc"}, 404),
        ({"scenario": "/etc"}, 404),
        ({"start": "2026-01-07T02:00:00+08:00"}, 422),
        ({"injects": [{"number": "1", "message": " "}]}, 422),
        ({"accident": {"kind": "leak"}}, 422),
    ],
)
def test_a_drill_that_makes_no_sense_is_refused(client, change, status):
    answer = client.post("/api/drills", json=SPEC | change)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_there_is_no_such_drill(client):
    assert client.get("/api/drills/0123456789ab").status_code == 404


def listen(client, url, got, *, until, ready, **how):
    """Collect what one listener hears."""
    address = f"{str(client.base_url).replace('http', 'ws')}{url}/stream?role=director"
    with connect(address.replace("//api", "/api"), **how) as socket:
        ready.release()
        while not got or got[-1].get("state") != until:
            got.append(json.loads(socket.recv(timeout=60)))


def test_twenty_listeners_hear_every_event_once_and_in_order(client):
    url = make(client, *BEGIN)
    heard, ready = [[] for _ in range(LISTENERS)], threading.Semaphore(0)
    threads = [
        threading.Thread(target=listen, args=(client, url, got), kwargs={"until": "ended", "ready": ready})
        for got in heard
    ]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert ready.acquire(timeout=60)
    do(client, url, act="speed", speed=600)
    do(client, url, act="resume")
    do(client, url, act="pause")
    do(client, url, act="run_until", to="+60")
    do(client, url, act="end")
    for thread in threads:
        thread.join(60)
    whole = client.get(f"{url}/events", params={"role": "director"}).json()["items"]
    assert len(whole) > 10
    assert [event["seq"] for event in whole] == sorted({event["seq"] for event in whole})
    for got in heard:
        assert [event["seq"] for event in got if event["type"] != "clock"] == [e["seq"] for e in whole]


def test_roles_hold_for_keys_on_both_ways(store, client):
    url = make(client, *BEGIN)
    desk = add_key(store, DESK, "viewer")[1]
    with served(store, working=False, demand_keys=True) as guarded:
        me = {"Authorization": f"Bearer {desk}"}
        assert guarded.get(url, params={"role": "director"}, headers=me).status_code == 403
        assert guarded.get(url, params={"role": "player", "who": BUREAU}, headers=me).status_code == 403
        assert guarded.get(url, params={"role": "player"}, headers=me).json()["role"] == "player"
        assert guarded.post("/api/drills", json=SPEC, headers=me).status_code == 403
        ready, got = threading.Semaphore(0), []
        for how in ({}, {"additional_headers": me}):
            with pytest.raises(InvalidStatus, match="403"):
                listen(guarded, url, got, until="ended", ready=ready, **how)


def test_a_key_taken_back_ends_what_it_opened_and_a_player_is_no_onlooker(store, client):
    url = make(client, *BEGIN)
    key, secret = add_key(store, BUREAU, "viewer")
    me = {"Authorization": f"Bearer {secret}"}
    with served(store, working=False, demand_keys=True) as guarded:
        assert guarded.get(url, params={"role": "observer"}, headers=me).status_code == 403
        address = f"{str(guarded.base_url).replace('http', 'ws').rstrip('/')}{url}/stream?role=player"
        with connect(address, additional_headers=me) as socket:
            socket.recv(timeout=60)
            revoke_key(store, key.id)
            with pytest.raises(ConnectionClosed, match="1008"):
                list(socket)


@pytest.mark.filterwarnings("ignore:constrained_layout not applied")
def test_a_plan_is_put_to_the_test(client):
    wanted = {"kind": "evaluation", "scenario": "planned", "plan": "leak", "accidents": 4}
    plans = [
        name[6:-5] for name in client.get("/api/scenarios/planned/files").json()["items"] if "plans/" in name
    ]
    job = client.post("/api/jobs", json=wanted | {"plan": plans[0]}).json()
    ended = done(client, job["id"])
    assert ended["state"] == "done", ended["error"]
    result = client.get(ended["links"]["result"]).json()["result"]
    assert result["figures"]["accidents"] == 4
    assert "<html" in client.get(ended["links"]["report"], params={"lang": "en"}).text
    failed = done(client, client.post("/api/jobs", json=wanted | {"plan": "nothing"}).json()["id"])
    assert (failed["state"], "nothing" in failed["error"]) == ("failed", True)


def test_a_what_if_gives_differences_with_intervals_and_a_map(client):
    wanted = {
        "kind": "what_if",
        "scenario": "planned",
        "variants": {"farther": ["move unit E1 to base S2"]},
        "replications": 4,
        "days": 20,
    }
    job = client.post("/api/jobs", json=wanted).json()
    assert job["state"] in ("queued", "running"), job
    ended = done(client, job["id"])
    assert (ended["state"], ended["done"], ended["total"]) == ("done", 8, 8), ended["error"]
    figures = client.get(ended["links"]["result"]).json()["result"]["figures"]
    assert figures["replications"] == 4
    assert figures["variants"]["farther"]["changes"]["en"]
    assert client.get(ended["links"]["figures"]).json()["items"]
    for nonsense in ({"variants": {"x": ["move the moon"]}}, {"measure": "luck"}, {"policy": "by lot"}):
        assert client.post("/api/jobs", json=wanted | nonsense).status_code == 422

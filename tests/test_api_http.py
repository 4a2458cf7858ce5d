"""The service over HTTP: the same numbers by every door, nothing harmful in, nothing undocumented out."""

import io
import json
import os
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import polars as pl
import pytest
from serving import done, served
from stores import bring, files_in, opened

from api import service
from api.limits import Limits
from api.security import Gate, add_key, revoke_key
from api.uploads import Room, packed_files
from sim.scenarios.template import template

ROOT = Path(__file__).resolve().parent.parent
RUN = {"kind": "run", "scenario": "tiny", "days": 5.0, "replications": 2, "seed": 3}
FEW = Room(packed=300_000, unpacked=400_000, files=40, ratio=50)
PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """The tiny county as files."""
    from conftest import TINY

    folder = tmp_path_factory.mktemp("tiny")
    for name, text in TINY.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def store(tmp_path_factory, county):
    with opened(tmp_path_factory.mktemp("home")) as store:
        bring(store, county)
        yield store


@pytest.fixture(scope="module")
def client(store):
    with served(store, room=FEW) as client:
        yield client


@pytest.fixture(scope="module")
def run(client):
    """A run that is done, by its number."""
    number = client.post("/api/jobs", json=RUN).json()["id"]
    assert done(client, number)["state"] == "done"
    return number


def upload(client, data, code="new", method="POST", url="/api/scenarios", headers=None, **form):
    """Send a file as a browser would."""
    fields = {"code": code, **form} if method == "POST" and url.endswith("scenarios") else form
    return client.request(method, url, data=fields, files={"file": ("file.zip", data)}, headers=headers)


def zipped(entries):
    """Pack entries as they are, whatever they are."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in entries.items():
            packed.writestr(name, data)
    return whole.getvalue()


def test_three_doors_give_equal_numbers(client, run, county, tmp_path):
    request = service.RunRequest(str(county), 5.0, replications=2, seed=3, workers=1, out=tmp_path / "one")
    service.write_report(service.read_results(service.run_scenario(request)), "en")
    typed = f"run {county} --days 5 --replications 2 --seed 3 --workers 1 --out {tmp_path / 'two'}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "api.cli", *typed.split()]
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
    one, two = (json.loads((tmp_path / out / "summary.json").read_text()) for out in ("one", "two"))
    over_http = client.get(f"/api/jobs/{run}/result").json()["result"]["summary"]
    assert one == two == over_http
    assert over_http["calls"]["total"] > 0


def test_a_run_is_shown_as_tables_pictures_report_log_and_map(client, run):
    job = client.get(f"/api/jobs/{run}").json()
    assert (job["state"], job["done"], job["total"], job["interruptions"]) == ("done", 2, 2, 0)
    for link in job["links"].values():
        assert client.get(link).status_code == 200
    rows = client.get(f"/api/runs/{run}/tables/calls", params={"limit": 3}).json()
    csv = pl.read_csv(client.get(f"/api/runs/{run}/tables/calls", params={"form": "csv"}).content)
    parquet = client.get(f"/api/runs/{run}/tables/calls", params={"form": "parquet"}).content
    assert rows["total"] == len(csv) == len(pl.read_parquet(parquet))
    assert rows["columns"] == csv.columns
    assert len(rows["rows"]) == min(3, rows["total"])
    for lang in ("zh", "en"):
        page = client.get(f"/api/runs/{run}/report", params={"lang": lang})
        assert page.headers["content-security-policy"].startswith("default-src 'none'")
        assert f'lang="{lang}' in page.text[:300]
    names = client.get(f"/api/runs/{run}/figures").json()["items"]
    assert "response-times" in names
    assert client.get(f"/api/runs/{run}/figures/response-times.png").content.startswith(b"\x89PNG")
    assert "<svg" in client.get(f"/api/runs/{run}/figures/response-times.svg").text
    first = client.get(f"/api/runs/{run}/log", params={"limit": 2, "lang": "zh"}).json()
    assert (len(first["items"]), first["next"]) == (2, "2")
    places = client.get(f"/api/runs/{run}/layers/places").json()["features"]
    assert {feature["properties"]["code"] for feature in places} == {"T1", "T2"}
    assert places[0]["properties"]["first_arrival"]["mean"]


def test_the_map_of_a_county_is_geojson(client):
    for name in client.get("/api/scenarios/tiny/layers").json()["items"]:
        answer = client.get(f"/api/scenarios/tiny/layers/{name}")
        assert answer.headers["content-type"] == "application/geo+json"
        layer = answer.json()
        assert layer["type"] == "FeatureCollection"
        assert layer["features"]
    roads = client.get("/api/scenarios/tiny/layers/roads").json()["features"]
    assert [road["geometry"]["type"] for road in roads] == ["LineString"] * 6
    assert sum(road["properties"]["bridge"] for road in roads) == 1


def test_a_folder_comes_in_packed_with_or_without_its_own_name(client, county):
    flat = files_in(county)
    for number, files in enumerate((flat, {f"my county/{name}": data for name, data in flat.items()})):
        made = upload(client, zipped(files), f"packed-{number}", remark="by hand")
        assert made.status_code == 201, made.text
        assert (made.json()["version"], made.json()["note"]) == (1, "by hand")
        assert client.get(made.headers["location"]).json() == made.json()
    archive = client.get("/api/scenarios/packed-1/archive").content
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        assert {name: packed.read(name) for name in packed.namelist()} == flat


def test_a_workbook_takes_the_place_of_a_bases_tables(client):
    book = template("zh", None)
    made = upload(client, book, "booked", base="tiny")
    assert made.status_code == 201, made.text
    assert "scenario.xlsx" in client.get("/api/scenarios/booked/files").json()["items"]
    assert upload(client, book, "baseless").json()["detail"].startswith("Send a scenario folder as a zip")


BAD = {
    "no zip file": (lambda _: b"not a zip", 422, "neither a zip file"),
    "cut short": (lambda files: packed_files(files)[:2000], 422, "neither a zip file"),
    "no settings": (lambda _: zipped({"places.csv": b""}), 422, "no scenario.yaml"),
    "a way out": (lambda files: zipped({**files, "../evil.csv": b"x"}), 422, "no plain file inside"),
    "a root": (lambda files: zipped({**files, "/etc/evil.csv": b"x"}), 422, "no plain file inside"),
    "a drive": (lambda files: zipped({**files, "C:\\evil.csv": b"x"}), 422, "no plain file inside"),
    "a program": (lambda files: zipped({**files, "run.sh": b"x"}), 422, "no file of a scenario"),
    "deep folders": (lambda files: zipped({**files, "plans/a/b.yaml": b""}), 422, "no file of a scenario"),
    "a bomb": (lambda files: zipped({**files, "big.csv": bytes(60_000_000)}), 413, "far too much"),
    "a crowd": (lambda files: zipped({**files, **{f"{n}.csv": b"" for n in range(40)}}), 413, "more than 40"),
    "nothing": (lambda _: b"", 422, "empty"),
    "too large": (lambda _: os.urandom(300_001), 413, "MiB"),
    "far too large": (lambda _: os.urandom(2_000_000), 413, "Too large"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_upload_is_refused_and_leaves_nothing(client, county, name):
    make, status, words = BAD[name]
    answer = upload(client, make(files_in(county)))
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM), answer.text
    assert words in answer.json()["detail"]
    assert client.get("/api/scenarios/new").status_code == 404


def test_a_link_in_a_zip_file_is_refused(client, county):
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as packed:
        link = zipfile.ZipInfo("places.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        packed.writestr(link, "/etc/passwd")
        packed.writestr("scenario.yaml", files_in(county)["scenario.yaml"])
    assert "no plain file" in upload(client, whole.getvalue()).json()["detail"]


def test_a_size_that_is_a_lie_is_found_out(client, county):
    data = bytearray(packed_files({**files_in(county), "big.csv": bytes(100_000)}))
    place = data.rindex(b"big.csv") - 46 + 24
    data[place : place + 4] = (10).to_bytes(4, "little")
    assert upload(client, bytes(data)).status_code == 422


@pytest.mark.parametrize(("lang", "words"), [("en", "must be a number"), ("zh", "应为数字")])
def test_what_is_wrong_with_a_scenario_is_told_with_its_place(client, county, lang, words):
    files = files_in(county)
    files["stations.csv"] = files["stations.csv"].replace(b"T1,104,30", b"T1,east,30")
    answer = upload(client, zipped(files), headers={"Accept-Language": f"{lang}-XX,{lang};q=0.9"})
    assert answer.status_code == 422
    assert answer.headers["content-language"] == lang
    (problem,) = answer.json()["problems"]
    assert (problem["file"], problem["line"], problem["column"], problem["value"]) == (
        "stations.csv",
        2,
        6,
        "east",
    )
    assert words in problem["message"]
    checked = upload(client, zipped(files), url="/api/scenarios/validate").json()
    assert (checked["holds"], len(checked["problems"])) == (False, 1)
    assert upload(client, zipped(files_in(county)), url="/api/scenarios/validate").json()["holds"]


def test_two_planners_cannot_overwrite_each_other(client, county):
    made = upload(client, zipped(files_in(county)), "shared")
    tag, url = made.headers["etag"], "/api/scenarios/shared"
    assert client.get(url, headers={"If-None-Match": tag}).status_code == 304
    changed = client.put(f"{url}/files/SOURCES.md", content=b"# Li\n", headers={"If-Match": tag})
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    for late in (
        client.put(f"{url}/files/SOURCES.md", content=b"# Wang\n", headers={"If-Match": tag}),
        upload(client, zipped(files_in(county)), url=url, method="PUT", headers={"If-Match": tag}),
    ):
        assert late.status_code == 412
        assert "changed by local meanwhile: it is at version 2" in late.json()["detail"]
    assert upload(client, zipped(files_in(county)), url=url, method="PUT").status_code == 428
    assert client.get(f"{url}/files/SOURCES.md").content == b"# Li\n"
    assert [one["version"] for one in client.get(f"{url}/versions").json()["items"]] == [2, 1]
    broken = client.put(
        f"{url}/files/units.csv", content=b"x\n", headers={"If-Match": changed.headers["etag"]}
    )
    assert broken.status_code == 422
    assert client.get(url).json()["version"] == 2


def test_a_scenario_is_changed_by_edits_that_say_what_they_changed(client, county):
    made = upload(client, zipped(files_in(county)), "edited")
    url, tag = "/api/scenarios/edited/edits", {"If-Match": made.headers["etag"]}
    nonsense = client.post(url, json={"edits": ["move unit E9 to base S2"]}, headers=tag)
    assert (nonsense.status_code, "E9" in nonsense.json()["problems"][0]["message"]) == (422, True)
    done = client.post(url, json={"edits": ["move unit E1 to base S2"]}, headers=tag, params={"lang": "en"})
    assert (done.status_code, done.json()["version"]) == (200, 2), done.text
    assert "E1" in done.json()["changes"][0]
    units = client.get("/api/scenarios/edited/layers/units").json()["features"]
    assert {unit["id"]: unit["properties"]["station"] for unit in units}["E1"] == "S2"
    assert client.get("/api/scenarios/edited/files/SOURCES.md").content == files_in(county)["SOURCES.md"]
    assert client.post(url, json={"edits": ["move unit E1 to base S1"]}, headers=tag).status_code == 412


def test_a_job_is_made_once_for_each_idempotency_key(client):
    answers = [
        client.post("/api/jobs", json=RUN | {"days": 1.0}, headers={"Idempotency-Key": "a"}) for _ in "12"
    ]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert "idempotency-replayed" not in answers[0].headers
    assert answers[1].headers["idempotency-replayed"] == "true"
    other = client.post("/api/jobs", json=RUN | {"days": 2.0}, headers={"Idempotency-Key": "a"})
    assert (other.status_code, other.headers["content-type"]) == (422, PROBLEM)


def test_lists_come_in_pages(client, run):
    seen, after = [], ""
    while after is not None:
        page = client.get("/api/scenarios", params={"limit": 1, "after": after}).json()
        seen += [one["code"] for one in page["items"]]
        after = page["next"]
    assert seen == sorted({*seen})
    whole = client.get("/api/scenarios", params={"limit": len(seen)}).json()
    assert (len(whole["items"]), whole["next"]) == (len(seen), None)
    assert {"lanshui", "tiny"} <= {*seen}
    assert run in [job["id"] for job in client.get("/api/jobs", params={"state": "done"}).json()["items"]]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"days": 36525.0, "replications": 10_000, "scenario": "lanshui"}, "would simulate some"),
        ({"replications": 10_001}, "are more than the 10000"),
        ({"policy": "best"}, "There is no policy best"),
        ({"days": -1}, "not as it should be"),
        ({"days": "NaN"}, "not as it should be"),
        ({"workers": 99}, "not as it should be"),
    ],
)
def test_too_much_and_nonsense_are_refused(client, asked, words):
    answer = client.post("/api/jobs", json=RUN | asked)
    assert answer.status_code == 422, answer.text
    assert words in answer.json()["detail"]


def test_a_job_that_is_not_done_has_nothing_to_show(tmp_path, county):
    with opened(tmp_path) as store, served(store, working=False, limits=Limits(incidents=1e9)) as client:
        bring(store, county)
        number = client.post("/api/jobs", json=RUN | {"seed": 77}).json()["id"]
        assert client.get(f"/api/jobs/{number}/result").status_code == 409
        assert client.get(f"/api/runs/{number}/report").status_code == 409
        assert client.post(f"/api/jobs/{number}/cancel").json()["state"] == "cancelled"
        assert client.get(f"/api/jobs/{number}", params={"wait": 9}).json()["state"] == "cancelled"


def test_health_and_metrics(client, run):
    assert client.get("/health").json()["status"] == "ok"
    text = client.get("/metrics").text
    assert 'beiqin_jobs{state="done"}' in text
    assert 'route="/api/jobs/{number}"' in text
    assert run not in text


@pytest.fixture(scope="module")
def guarded(store):
    """A service as others than this machine would see it, and a key for each role."""
    keys = {role: add_key(store, role, role) for role in ("viewer", "planner", "director", "admin")}
    with served(store, working=False, demand_keys=True) as client:
        yield client, keys


def bearing(token):
    return {"Authorization": f"Bearer {token}"}


def test_without_a_key_nobody_comes_in(guarded):
    client, keys = guarded
    assert client.get("/health").status_code == 200
    right = keys["viewer"][1]
    for token in (None, "x", right[:-1], f"{right}x", "bq_00000000_x", right.replace("bq_", "")):
        answer = client.get("/api/scenarios", headers=bearing(token) if token else {})
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert client.get("/api/scenarios", headers=bearing(right)).status_code == 200


def test_each_role_may_do_so_much(guarded):
    client, keys = guarded
    viewer, planner, admin = (bearing(keys[role][1]) for role in ("viewer", "planner", "admin"))
    refused = client.post("/api/jobs", json=RUN, headers=viewer)
    assert (refused.status_code, refused.json()["detail"]) == (
        403,
        "This takes the role planner; yours is viewer.",
    )
    assert client.post("/api/jobs", json=RUN, headers=planner).json()["who"].startswith("planner#")
    assert client.get("/api/audit", headers=planner).status_code == 403
    latest = client.get("/api/audit", headers=admin, params={"limit": 1}).json()["items"][0]
    assert (latest["action"], latest["role"]) == ("job.create", "planner")


def test_a_key_taken_back_opens_nothing(guarded, store):
    client, _ = guarded
    key, token = add_key(store, "leaving", "viewer")
    assert client.get("/api/scenarios", headers=bearing(token)).status_code == 200
    revoke_key(store, key.id)
    assert client.get("/api/scenarios", headers=bearing(token)).status_code == 401
    assert token not in (store.folder / "beiqin.sqlite3").read_bytes().decode("latin-1")


def test_other_peoples_pages_cannot_ask_through_a_browser(client):
    assert client.get("/api/scenarios", headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.get("/api/scenarios", headers={"Host": "evil.example"}).status_code == 403
    own = str(client.base_url).rstrip("/")
    assert client.get("/api/scenarios", headers={"Origin": own}).status_code == 200


def test_who_asks_too_often_waits(store):
    with served(store, working=False, gate=Gate(0.5, 3.0)) as client:
        codes = [client.get("/api/jobs").status_code for _ in range(5)]
        assert codes == [200, 200, 200, 429, 429]
        assert int(client.get("/api/jobs").headers["retry-after"]) >= 1
        assert client.get("/health").status_code == 200


def test_a_gate_opens_again_with_time():
    now = [0.0]
    gate = Gate(1.0, 2.0, clock=lambda: now[0])
    from api.security import TooOften

    gate.check("li")
    gate.check("li")
    with pytest.raises(TooOften):
        gate.check("li")
    gate.check("wang")
    now[0] = 1.0
    gate.check("li")


@pytest.mark.parametrize("sense", ["POSITIVE", "NEGATIVE"])
def test_whatever_is_asked_nothing_breaks_and_nothing_undocumented_is_answered(store, sense):
    """Schemathesis over the document of the interface, with requests as documented and others."""
    import schemathesis
    from hypothesis import HealthCheck, Phase, given, settings
    from schemathesis import GenerationMode, checks
    from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

    held_to = [
        checks.not_a_server_error,
        checks.content_type_conformance,
        status_code_conformance,
        response_schema_conformance,
    ]
    few = settings(
        max_examples=4,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    asked = set()
    with served(store, working=False) as client:
        schema = schemathesis.openapi.from_url(f"{client.base_url}/api/openapi.json")
        for operation in (found.ok() for found in schema.get_all_operations()):

            @few
            @given(case=operation.as_strategy(GenerationMode[sense]))
            def ask(case):
                asked.add(case.operation.label)
                case.call_and_validate(checks=held_to)

            if sense == "POSITIVE" or has_limits(operation):
                ask()
    assert len(asked) >= 15


def has_limits(operation):
    """Tell whether there is anything to get wrong in a request."""
    return bool(list(operation.iter_parameters()) or operation.body)

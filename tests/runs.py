"""Run folders made of episodes, for tests of what reads them."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from codegym.episode import Episode, TurnRecord

PASS, WRONG, CRASH = "accepted", "wrong_answer", "runtime_error"


def turn(verdict: str = PASS, program: str = "print(1)\n", *, public: Sequence[str] = (), **more: Any) -> TurnRecord:
    fields = {"answer": program, "feedback": "" if verdict == PASS else "Please mend it.", "reward": 0.0} | more
    return TurnRecord(program=program, verdict=verdict, public_verdicts=tuple(public) or (verdict,), **fields)


def episode(problem_id: str, *turns: TurnRecord | str, solved: bool | None = None, **more: Any) -> Episode:
    """An episode of turns, or of turns with these verdicts; solved if the last program passes."""
    made = tuple(turn(t, f"print({n})\n") if isinstance(t, str) else t for n, t in enumerate(turns))
    passed = made[-1].verdict == PASS if made else False
    fields: dict[str, Any] = {"difficulty": "easy", "solved": passed if solved is None else solved, "seconds": 0.5}
    fields["verdict"] = PASS if fields["solved"] else WRONG if passed else made[-1].verdict if made else ""
    fields["private_verdicts"] = (fields["verdict"],) if passed else ()
    return Episode(problem_id, turns=made, **(fields | more))


def failed(problem_id: str, **more: Any) -> Episode:
    return Episode(problem_id, "easy", error="expected a box, got none", **more)


def write_run(folder: Path, episodes: Sequence[Episode], **about: Any) -> Path:
    settings = {"agent": "model", "turns": 3, "rollouts": 1, "feedback": "all_failures"}
    said = {"format": 1, "settings": settings, "problems": {"name": "made-up", "count": 2, "hash": "0"}}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "run.json").write_text(json.dumps(said | about))
    (folder / "episodes.jsonl").write_text("".join(f"{e.to_json()}\n" for e in episodes))
    return folder

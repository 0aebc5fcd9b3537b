"""The episodes of a run as chat messages, as the agent had them."""

from collections.abc import Iterator
from dataclasses import dataclass

from codegym.datasets import ProblemSet
from codegym.episode import Episode
from codegym.feedback import describe
from codegym.languages import find_language
from codegym.process import visible_in
from codegym.report.runs import Run
from codegym.report.statements import need_problems, settings_of

Message = dict[str, str]


@dataclass(frozen=True, slots=True)
class Dialogue:
    """An episode that ended.

    Attributes:
        run: name of the run.
        problem_id: which problem.
        difficulty: of the problem.
        rollout: which of several episodes on it.
        prompt: system message if there was one, and the problem.
        replies: the first answer, and then feedback and answer in turn.
        reward: sum over the turns.
        solved: whether the last program passes all tests.
        verdict: of the last program.
        program: the last one.
    """

    run: str
    problem_id: str
    difficulty: str
    rollout: int
    prompt: tuple[Message, ...]
    replies: tuple[Message, ...]
    reward: float
    solved: bool
    verdict: str
    program: str


def dialogues(run: Run, given: ProblemSet | None = None) -> Iterator[Dialogue]:
    """The episodes of a run that ended, by problem and rollout.

    Args:
        run: the run.
        given: its problems; by default they are looked for on this machine.

    Raises:
        UsageError: they are not to be found.
    """
    problems = need_problems(run, given)
    settings = settings_of(run)
    system, templates, language = settings.sampling.system, settings.templates, find_language(settings.language)
    name, text = "", ""
    for row, episode in run.episodes():
        if row.error:
            continue
        if row.problem_id != name:
            name, text = row.problem_id, describe(visible_in(problems[row.problem_id], language), templates)
        prompt = ([_message("system", system)] if system else []) + [_message("user", text)]
        yield Dialogue(
            run=run.name,
            problem_id=clean(row.problem_id),
            difficulty=clean(row.difficulty),
            rollout=row.rollout,
            prompt=tuple(prompt),
            replies=tuple(_replies(episode)),
            reward=row.reward,
            solved=row.solved,
            verdict=clean(row.verdict),
            program=clean(episode.turns[-1].program),
        )


def _replies(episode: Episode) -> Iterator[Message]:
    for number, turn in enumerate(episode.turns, 1):
        yield _message("assistant", turn.answer)
        if number < len(episode.turns):
            yield _message("user", turn.feedback)


def _message(role: str, content: str) -> Message:
    return {"role": role, "content": clean(content)}


def clean(text: str) -> str:
    """A text without surrogates, which no encoding has."""
    return text.encode("utf-8", "replace").decode()
